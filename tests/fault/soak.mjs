// All fault programs, the long way, one after the other: node soak.mjs build/plain [SECONDS [FILE]].
// Ends by itself when the time is over, whatever hangs: each program gets its share of it, and with
// the program ends what it started. Prints one table of what was tried, what was lost and what was
// measured, and writes the same to FILE (build/soak.json).

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { commit } from "../bench/machine.mjs";
import { lines, seed } from "./figures.mjs";

const [built, seconds = "1200", path = "build/soak.json"] = process.argv.slice(2);
const total = Number(seconds);
/* Of each program the seconds that its shortest run takes, and its share of what they leave. Together
 * that is more than all: kills come first and may take long where the machine is slow. */
const programs = {
	kill: [60, 1], nth: [45, 0.26], rekey: [30, 0.08], damage: [15, 0.05],
	full: [20, 0.05], clock: [55, 0.04], stall: [20, 0.06], hostile: [80, 0],
};
const reserve = 35; // seconds of the whole, for what takes longer than it may
const slack = 60; // seconds to come to its end, beyond its share; then it hangs
const shortest = Object.values(programs).reduce((sum, [least]) => sum + least, 0);

if (!built || !(total >= 400)) {
	console.error("usage: soak.mjs BUILD-DIRECTORY [SECONDS (400 at least) [FILE]]");
	process.exit(2);
}

const secondsLeft = () => total - performance.now() / 1000;

/* Each leaves to those behind it at least what they need. */
function secondsFor(name) {
	const names = Object.keys(programs);
	const later = names.slice(names.indexOf(name) + 1).reduce((sum, one) => sum + programs[one][0], 0);
	const [least, share] = programs[name];
	return Math.round(Math.min(least + share * (total - shortest - reserve), secondsLeft() - later));
}

/* 500 in the whole time; in less, as many as two cores manage that a host takes half away from. */
const killsIn = (seconds) => Math.min(500, Math.floor(0.8 * (seconds - 20)));

let running;

/* With all it started: they are a process group. */
function end() {
	try {
		process.kill(-running.pid, "SIGKILL");
	} catch (error) {
		if (error.code !== "ESRCH") {
			throw error;
		}
	}
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
	process.on(signal, () => {
		end();
		process.exit(1);
	});
}

function run(name, seconds) {
	const started = performance.now();
	const child = spawn(process.execPath, [`tests/fault/${name}.mjs`, built], {
		env: {
			HARK_KILLS: String(killsIn(seconds)), ...process.env,
			HARK_SOAK_SECONDS: String(seconds), HARK_SEED: String(seed),
		},
		stdio: ["ignore", "pipe", "inherit"],
		detached: true,
	});
	running = child;
	let output = "";
	child.stdout.on("data", (bytes) => (output += bytes));
	const hangs = setTimeout(end, Math.min(seconds + slack, secondsLeft()) * 1000);
	child.on("exit", end);
	return new Promise((resolve) => child.on("close", (code, signal) => {
		clearTimeout(hangs);
		const figures = /^# figures (\{.*\})$/m.exec(output);
		const failed = output.split("\n").filter((line) => line.startsWith("not ok"));
		resolve({
			name, code, signal, failed,
			seconds: Math.round((performance.now() - started) / 1000),
			...(figures ? JSON.parse(figures[1]) : { program: name, tried: {}, lost: {}, measured: {} }),
			output: code === 0 ? undefined : output,
		});
	}));
}

/* One row of as many lines as its longest cell. */
function row(cells, widths) {
	const height = Math.max(...cells.map((cell) => cell.length));
	return Array.from({ length: height }, (_, i) =>
		cells.map((cell, at) => (cell[i] ?? "").padEnd(widths[at])).join("  ").trimEnd()).join("\n");
}

function table(results) {
	const rows = [[["program"], ["tried"], ["lost"], ["how it ended, what it took"]], ...results.map((one) => [
		[one.program, `${one.seconds} s`, ...(one.code === 0 ? [] : [`FAILED (${one.signal ?? one.code})`])],
		lines(one.tried), lines(one.lost), lines(one.measured),
	])];
	const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.flatMap((cells) => cells[at].map((line) => line.length))));
	return rows.map((cells) => row(cells, widths)).join("\n\n");
}

const began = new Date();
const results = [];
for (const name of Object.keys(programs)) {
	const seconds = Math.max(1, secondsFor(name));
	console.log(`${name}: ${seconds} s`);
	results.push(await run(name, seconds));
	const { output } = results.at(-1);
	if (output !== undefined) {
		console.log(output.split("\n").filter((line) => !line.startsWith("ok ")).slice(-60).join("\n"));
	}
}

const memory = /MemTotal: +(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] * 1024 || totalmem();
const report = {
	date: began.toISOString(), commit: commit(), command: `make soak SOAK_SECONDS=${total}`, seed,
	seconds: Math.round((Date.now() - began) / 1000),
	machine: { processors: cpus().length, model: cpus()[0]?.model, memory_bytes: memory, kernel: release() },
	results: results.map(({ output, ...one }) => one),
};
writeFileSync(path, `${JSON.stringify(report, null, "\t")}\n`);
console.log(`\n${table(results)}\n`);
console.log(`${report.date}, ${report.machine.processors} processors (${report.machine.model}), ` +
	`${(memory / 2 ** 30).toFixed(1)} GiB, ${report.seconds} s, seed ${seed}, commit ${report.commit}; ${path}`);
const lostInAll = results.flatMap((one) => Object.values(one.lost)).reduce((sum, count) => sum + count, 0);
process.exit(lostInAll === 0 && results.every((one) => one.code === 0) ? 0 : 1);
