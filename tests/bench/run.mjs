// make bench: Hark, a relay without a disk, and the store by itself, in interleaved rounds of one
// run on this machine. Prints a table and writes the figures. Loopback only; stops by itself.
//
//	node tests/bench/run.mjs BUILD_DIRECTORY OUT.json [ROUNDS] [SECONDS]

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

const [build, out, roundsText = "3", secondsText = "4"] = process.argv.slice(2);
const rounds = Number(roundsText);
const seconds = Number(secondsText);
const rooms = 100;
const supporters = 2;
const idleConnections = 5000;
const directory = mkdtempSync(join(process.env.TMPDIR ?? "/var/tmp", "hark-bench-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));

const data = join(directory, "data");
const pristine = join(directory, "pristine");
const program = (name) => join(build, name);

// ---- a school to load ----

// What a school leaves at its bounds and a benchmark must not meet; printed with the results.
const limits = {
	"limits.credits": 1000000,
	"limits.credits_per_s": 1000000,
	"limits.shared_credits": 100000000,
	"limits.shared_credits_per_s": 100000000,
	"limits.connections": 12000,
	"talk.cap": 100,
};

const config = join(directory, "hark.conf");
const inSection = {};
for (const [option, value] of Object.entries({ "storage.data_dir": data, ...limits })) {
	const [section, key] = option.split(".");
	(inSection[section] ??= []).push(`${key} = ${value}`);
}
writeFileSync(
	config,
	Object.entries(inSection)
		.map(([section, lines]) => `[${section}]\n${lines.join("\n")}\n`)
		.join(""),
);

function hark(args, input) {
	return execFileSync(program("hark"), ["--config", config, ...args], { input, stdio: ["pipe", "pipe", "inherit"] });
}

function makeSchool() {
	hark(["init", "manager", "Manager"]);
	for (let i = 0; i < supporters; i++) {
		hark(["account", "add", "supporter", `s${i}`, `Supporter ${i}`, "--password-stdin"], `a bench password ${i}\n`);
		hark(["shift", "add", `s${i}`, "mon-sun", "0:00-24:00"]);
	}
	renameSync(data, pristine);
}

// ---- processes ----

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/* Below the ports that Linux gives to outgoing connections: thousands of those are around. */
function freePort() {
	return 20000 + Math.floor(Math.random() * 12000);
}

// Each measurement begins with the school as it was set up: no rooms, an empty log.
function freshSchool() {
	rmSync(data, { recursive: true, force: true });
	cpSync(pristine, data, { recursive: true });
}

async function startHark() {
	freshSchool();
	const port = freePort();
	const began = performance.now();
	const child = spawn(program("harkd"), ["--config", config, `--server.port=${port}`], {
		stdio: ["ignore", "ignore", "ignore"],
	});
	for (;;) {
		try {
			if ((await fetch(`http://127.0.0.1:${port}/healthz`)).ok) {
				return { child, port, startMs: performance.now() - began };
			}
		} catch {
			if (child.exitCode !== null || performance.now() - began > 20000) {
				throw new Error("harkd did not start");
			}
			await sleep(1);
		}
	}
}

async function signIn(port, i) {
	const origin = `http://127.0.0.1:${port}`;
	const answer = await fetch(`${origin}/login`, {
		method: "POST",
		headers: { "Content-Type": "application/json", Origin: origin },
		body: JSON.stringify({ type: "sign.in", login: `s${i}`, password: `a bench password ${i}` }),
	});
	if (answer.status !== 204) {
		throw new Error(`signing in: ${answer.status}`);
	}
	return answer.headers.get("set-cookie").split(";")[0];
}

async function stop(child) {
	if (child.exitCode === null) {
		const ended = new Promise((resolve) => child.once("exit", resolve));
		child.kill("SIGTERM");
		await ended;
	}
}

async function startRelay() {
	const port = freePort();
	const child = spawn(program("tests/bench/limit_relay"), [String(port)], { stdio: ["ignore", "pipe", "inherit"] });
	await new Promise((resolve, reject) => {
		child.stdout.once("data", resolve);
		child.once("exit", () => reject(new Error("the relay did not start")));
	});
	return { child, port };
}

function load(args) {
	const run = spawnSync(program("tests/bench/load"), args.map(String), { encoding: "utf8" });
	if (run.status !== 0) {
		throw new Error(`load ${args.slice(0, 6).join(" ")}: ${run.stderr}`);
	}
	return JSON.parse(run.stdout);
}

// ---- measuring ----

const loads = [
	["saturate", 100],
	["saturate", 1600],
	["rate", 200],
	["rate", 1000],
];
const name = ([kind, amount]) => (kind === "rate" ? `${amount} a second` : `${amount} in flight`);

const results = { hark: {}, relay: {} };
const keep = (who, which, result) => (results[who][which] ??= []).push(result);
const starts = [];
const lateness = [];

async function measureHark(which) {
	const server = await startHark();
	starts.push(server.startMs);
	try {
		const cookies = [];
		for (let i = 0; i < supporters; i++) {
			cookies.push(await signIn(server.port, i));
		}
		const log = join(data, "hark.db-wal");
		keep("hark", name(which), load([server.port, "hark", which[0], rooms, which[1], seconds, server.child.pid, ...cookies]));
		const status = JSON.parse(hark(["--json", "status"]).toString().trim().split("\n").at(-1));
		lateness.push(status.loop_block_max_ms);
		results.walBytesMax = Math.max(results.walBytesMax ?? 0, statSync(log).size);
	} finally {
		await stop(server.child);
	}
}

async function measureRelay(which) {
	const relay = await startRelay();
	try {
		keep("relay", name(which), load([relay.port, "relay", which[0], rooms, which[1], seconds, relay.child.pid]));
	} finally {
		await stop(relay.child);
	}
}

async function measureIdle() {
	const server = await startHark();
	try {
		return load([server.port, "hark", "idle", idleConnections, 0, 0, server.child.pid]);
	} finally {
		await stop(server.child);
	}
}

function measureStore() {
	const file = join(directory, "store.json");
	const run = spawnSync(
		program("tests/bench/bench_store"),
		["--json", file, "--seconds", "2", "--rounds", String(rounds), "--directory", directory],
		{ encoding: "utf8" },
	);
	if (run.status !== 0) {
		throw new Error(`bench_store: ${run.stderr}`);
	}
	return JSON.parse(readFileSync(file, "utf8"));
}

/* Rooms opened again at once, from the cache, out of a history of 20,200 rows; medians of p50. */
function measureCachedReads() {
	const found = { plain: [], sealed: [] };
	for (let round = 0; round < rounds; round++) {
		const run = spawnSync(program("tests/bench/bench_store"),
			["--history", "20200", "--directory", directory], { encoding: "utf8" });
		if (run.status !== 0) {
			throw new Error(`bench_store: ${run.stderr}`);
		}
		for (const [, store, p50] of run.stdout.matchAll(/^open a room, again: (\w+), .* p50 ([\d.]+) ms/gm)) {
			found[store].push(1000 / Number(p50));
		}
	}
	return { plain: median(found.plain), sealed: median(found.sealed) };
}

// ---- figures ----

function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
}

const at = (who, which, pick) => median(results[who][which].map(pick));

function storeFigure(rows, store, inFlight, field) {
	const row = rows.find((r) => r.store === store && r.load === `${inFlight} in flight`);
	return row === undefined ? null : row[field];
}

function cpuModel() {
	return cpus()[0]?.model ?? "unknown";
}

async function main() {
	makeSchool();
	for (let round = 0; round < rounds; round++) {
		for (const which of loads) {
			process.stderr.write(`round ${round + 1} of ${rounds}: ${name(which)}\n`);
			await measureHark(which);
			await measureRelay(which);
		}
	}
	const idle = await measureIdle();
	process.stderr.write("the store by itself\n");
	const store = measureStore();
	const reads = measureCachedReads();

	const figures = {
		machine: {
			cores: cpus().length,
			cpu: cpuModel(),
			memory_gib: Math.round(totalmem() / 2 ** 30),
			kernel: release(),
			date: new Date().toISOString().slice(0, 10),
		},
		limits,
		hark: {
			durable_per_s: at("hark", "1600 in flight", (r) => r.per_s),
			durable_per_s_100_in_flight: at("hark", "100 in flight", (r) => r.per_s),
			p50_ms: at("hark", "200 a second", (r) => r.delivery.p50_ms),
			p99_ms: at("hark", "200 a second", (r) => r.delivery.p99_ms),
			p999_ms: at("hark", "200 a second", (r) => r.delivery.p999_ms),
			p50_ms_1000: at("hark", "1000 a second", (r) => r.delivery.p50_ms),
			p99_ms_1000: at("hark", "1000 a second", (r) => r.delivery.p99_ms),
			cpu_us_per_message: at("hark", "1600 in flight", (r) => r.cpu_us_per_message),
			cpu_us_per_message_200: at("hark", "200 a second", (r) => r.cpu_us_per_message),
			idle_rss_kib_per_connection: idle.kib_per_connection,
			idle_connections: idle.connections,
			start_ms: median(starts),
			loop_block_max_ms: Math.max(...lateness),
			binary_bytes: statSync(program("harkd")).size,
			wal_bytes_max: results.walBytesMax,
		},
		relay: {
			per_s: at("relay", "1600 in flight", (r) => r.per_s),
			per_s_100_in_flight: at("relay", "100 in flight", (r) => r.per_s),
			p50_ms: at("relay", "200 a second", (r) => r.delivery.p50_ms),
			p99_ms: at("relay", "200 a second", (r) => r.delivery.p99_ms),
			p50_ms_1000: at("relay", "1000 a second", (r) => r.delivery.p50_ms),
			p99_ms_1000: at("relay", "1000 a second", (r) => r.delivery.p99_ms),
			cpu_us_per_message: at("relay", "1600 in flight", (r) => r.cpu_us_per_message),
		},
		vault: {
			group_commit_per_s: storeFigure(store, "sealed", 1600, "rows_per_s"),
			group_commit_per_s_100: storeFigure(store, "sealed", 100, "rows_per_s"),
			single_commit_per_s: storeFigure(store, "sealed", 1, "rows_per_s"),
			single_commit_p50_ms: storeFigure(store, "sealed", 1, "p50_ms"),
			cached_reads_per_s: reads.sealed,
			log_pages_per_message_16: storeFigure(store, "sealed", 16, "log_pages_per_row"),
			written_bytes_per_message_16: storeFigure(store, "sealed", 16, "written_bytes_per_row"),
		},
		plain_sqlite: {
			group_commit_per_s: storeFigure(store, "plain", 1600, "rows_per_s"),
			group_commit_per_s_100: storeFigure(store, "plain", 100, "rows_per_s"),
			single_commit_per_s: storeFigure(store, "plain", 1, "rows_per_s"),
			cached_reads_per_s: reads.plain,
		},
		store,
		rounds: results,
	};
	writeFileSync(out, `${JSON.stringify(figures, null, "\t")}\n`);
	print(figures);
}

function row(cells) {
	console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(38) : String(cell).padStart(14))).join(""));
}

function print({ machine, hark, relay, vault, plain_sqlite: plain }) {
	console.log(`\n${machine.cores} cores (${machine.cpu}), ${machine.memory_gib} GiB, Linux ${machine.kernel}, ${machine.date}`);
	console.log(`${rooms} rooms, 200-byte messages, ${rounds} interleaved rounds of ${seconds} s, medians\n`);
	row(["", "Hark", "bare relay", "ratio"]);
	const pair = (label, a, b, digits) => row([label, a.toFixed(digits), b.toFixed(digits), (a / b).toFixed(2)]);
	pair("messages/s, 100 in flight", hark.durable_per_s_100_in_flight, relay.per_s_100_in_flight, 0);
	pair("messages/s, 1,600 in flight", hark.durable_per_s, relay.per_s, 0);
	pair("delivery p50 ms at 200/s", hark.p50_ms, relay.p50_ms, 3);
	pair("delivery p99 ms at 200/s", hark.p99_ms, relay.p99_ms, 3);
	pair("delivery p50 ms at 1,000/s", hark.p50_ms_1000, relay.p50_ms_1000, 3);
	pair("delivery p99 ms at 1,000/s", hark.p99_ms_1000, relay.p99_ms_1000, 3);
	pair("CPU us a message, saturated", hark.cpu_us_per_message, relay.cpu_us_per_message, 1);
	console.log();
	row(["", "sealed", "plain SQLite", "ratio"]);
	pair("rows/s, 1,600 in flight", vault.group_commit_per_s, plain.group_commit_per_s, 0);
	pair("rows/s, 100 in flight", vault.group_commit_per_s_100, plain.group_commit_per_s_100, 0);
	pair("single commits, rows/s", vault.single_commit_per_s, plain.single_commit_per_s, 0);
	pair("cached reads of 50 rows, /s", vault.cached_reads_per_s, plain.cached_reads_per_s, 0);
	console.log();
	const over = (ours, store) => (ours / store).toFixed(2);
	row(["Hark over the store, 1,600 in flight", over(hark.durable_per_s, vault.group_commit_per_s)]);
	row(["Hark over the store, 100 in flight", over(hark.durable_per_s_100_in_flight, vault.group_commit_per_s_100)]);
	row(["log pages a message (16 a commit)", vault.log_pages_per_message_16]);
	row(["bytes written a message", vault.written_bytes_per_message_16]);
	row([`KiB an idle connection (${hark.idle_connections})`, hark.idle_rss_kib_per_connection.toFixed(2)]);
	row(["ready after ms", hark.start_ms.toFixed(0)]);
	row(["loop late at most, ms", hark.loop_block_max_ms]);
	row(["harkd, KiB", (hark.binary_bytes / 1024).toFixed(0)]);
}

await main();
