// All fault programs, the long way, one after the other: node soak.mjs build/plain [SECONDS [FILE]].
// Ends by itself: each program gets its share of the time. Prints one table of what was tried, what
// was lost and what was measured, and writes the same to FILE (build/soak.json).

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { lines, seed } from "./figures.mjs";

const [built, seconds = "1200", path = "build/soak.json"] = process.argv.slice(2);
const total = Number(seconds);
const shares = { kill: 0.36, nth: 0.22, rekey: 0.12, damage: 0.1, full: 0.04, clock: 0.05, stall: 0.04, hostile: 0.04 };
const slack = 90; // seconds to come to its end, beyond its share

if (!built || !(total >= 60)) {
	console.error("usage: soak.mjs BUILD-DIRECTORY [SECONDS (60 at least) [FILE]]");
	process.exit(2);
}

function run(name, share) {
	const started = performance.now();
	const child = spawn(process.execPath, [`tests/fault/${name}.mjs`, built], {
		env: { ...process.env, HARK_SOAK_SECONDS: String(Math.round(share * total)), HARK_SEED: String(seed) },
		stdio: ["ignore", "pipe", "inherit"],
	});
	let output = "";
	child.stdout.on("data", (bytes) => (output += bytes));
	const hangs = setTimeout(() => child.kill("SIGKILL"), (share * total + slack) * 1000);
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
for (const [name, share] of Object.entries(shares)) {
	console.log(`${name}: ${Math.round(share * total)} s`);
	results.push(await run(name, share));
	const { output } = results.at(-1);
	if (output !== undefined) {
		console.log(output.split("\n").filter((line) => !line.startsWith("ok ")).slice(-60).join("\n"));
	}
}

const memory = /MemTotal: +(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] * 1024 || totalmem();
const report = {
	date: began.toISOString(), command: `make soak SOAK_SECONDS=${total}`, seed,
	seconds: Math.round((Date.now() - began) / 1000),
	machine: { processors: cpus().length, model: cpus()[0]?.model, memory_bytes: memory, kernel: release() },
	results: results.map(({ output, ...one }) => one),
};
writeFileSync(path, `${JSON.stringify(report, null, "\t")}\n`);
console.log(`\n${table(results)}\n`);
console.log(`${report.date}, ${report.machine.processors} processors (${report.machine.model}), ` +
	`${(memory / 2 ** 30).toFixed(1)} GiB, ${report.seconds} s, seed ${seed}; ${path}`);
const lostInAll = results.flatMap((one) => Object.values(one.lost)).reduce((sum, count) => sum + count, 0);
process.exit(lostInAll === 0 && results.every((one) => one.code === 0) ? 0 : 1);
