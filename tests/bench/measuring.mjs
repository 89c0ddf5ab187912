// One measurement after the other: starts a server, lets the load client at it, ends it. What goes
// wrong becomes a line of `notDone`, never a hang: everything has a limit in time.

import { spawn, spawnSync } from "node:child_process";
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { sleep, stop } from "./processes.mjs";

const loadLimitMs = 45000;
const failuresOfOne = 3; // then a server is left out
const syncDelayUs = 10000;
const heldShare = 0.9; // of its saturation a server is asked to hold

const stolenShare = 0.03; // of the machine's time, given to others by its host: then it is not this machine that is measured

/* Ticks of all processors since the start, and of those that the host gave to others; proc(5). */
function ticks() {
	const all = readFileSync("/proc/stat", "utf8").split("\n", 1)[0].trim().split(/\s+/).slice(1, 9).map(Number);
	return { all: all.reduce((sum, one) => sum + one, 0), stolen: all[7] };
}

export const isDisturbed = ({ stolen_share: share }) => share > stolenShare;

/* Of several rounds those that were not disturbed; all, when there is none such. */
export function calm(list) {
	const quiet = list.filter((one) => !isDisturbed(one));
	return quiet.length > 0 ? quiet : list;
}

export function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	const half = (sorted.length - 1) / 2;
	return half < 0 ? undefined : (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}

/* The machine is faster in one minute than in the next: each with the one measured beside it. */
export function ratiosOfPairs(results, others, pick) {
	return results.slice(0, others.length).map((one, i) => pick(one) / pick(others[i]));
}

export class Measuring {
	results = {}; // by server, by load: one a round
	idles = {};
	storms = {}; // by server: one a round
	disks = {};
	syncs = []; // what one cost, by round
	notDone = [];
	harkStarts = [];
	harkLateness = [];
	harkLogBytes = [];
	#failures = new Map();

	constructor({ build, scratch, seconds, until }) {
		Object.assign(this, { build, scratch, seconds, until });
	}

	#leaveOut(server, what, why) {
		if (!this.notDone.some((one) => one.server === server.name && one.what === what)) {
			this.notDone.push({ server: server.name, what, why });
			process.stderr.write(`  not done: ${server.title}, ${what}: ${why}\n`);
		}
	}

	has(server) {
		const missing = server.missing();
		if (missing !== undefined) {
			this.#leaveOut(server, "all", missing);
		}
		return missing === undefined;
	}

	/* Whether to try: there is time, and it has not failed at it before. */
	#may(server, what) {
		if (Date.now() > this.until) {
			const some = this.results[server.name]?.[what] !== undefined;
			this.#leaveOut(server, some ? "some rounds" : what, "the time for this run was over");
			return false;
		}
		const failed = this.#failures.get(server.name) ?? [];
		return failed.length < failuresOfOne && !failed.includes(what);
	}

	/* measure(running) with a fresh server; its result, or undefined. */
	async #with(server, what, options, measure) {
		if (!this.#may(server, what)) {
			return undefined;
		}
		let running;
		try {
			running = await server.start(this.scratch, options);
			return await measure(running);
		} catch (error) {
			this.#failures.set(server.name, [...this.#failures.get(server.name) ?? [], what]);
			this.#leaveOut(server, what, error.message.trim().split("\n").at(-1).slice(0, 200));
			return undefined;
		} finally {
			if (running !== undefined) {
				await stop(running.child);
				rmSync(join(this.scratch, server.name), { recursive: true, force: true });
			}
		}
	}

	#run(server, running, { kind, amount, rooms = 100, feeds = 0, seconds = this.seconds }) {
		const words = ["-f", feeds, ...running.options, running.port, server.wire, kind, rooms, amount, seconds,
			running.child.pid, ...running.args];
		const run = spawnSync(join(this.build, "tests/bench/load"), words.map(String),
			{ encoding: "utf8", timeout: loadLimitMs, killSignal: "SIGKILL" });
		if (run.error?.code === "ETIMEDOUT") {
			throw new Error(`it took more than ${loadLimitMs / 1000} s`);
		}
		if (run.status !== 0) {
			throw new Error(run.stderr?.trim() || run.error?.message || `the load client ended by ${run.signal}`);
		}
		return JSON.parse(run.stdout);
	}

	#saturation(server) {
		const found = ["100 in flight", "1600 in flight"].flatMap((load) => this.results[server.name]?.[load] ?? []);
		return Math.max(0, ...found.map((one) => one.per_s));
	}

	/* Keeps the result under `name`. A rate that a server cannot hold is not asked of it. */
	async load(server, name, load) {
		const most = this.#saturation(server);
		if (server.peer && load.kind === "rate" && most > 0 && load.amount > heldShare * most) {
			this.#leaveOut(server, name, `it holds ${most} messages a second at most`);
			return;
		}
		const result = await this.#with(server, name, load, (running) => {
			const before = ticks();
			const found = this.#run(server, running, load);
			const after = ticks();
			if (server.observe !== undefined) {
				this.#observe(server, running);
			}
			return { ...found, stolen_share: (after.stolen - before.stolen) / Math.max(1, after.all - before.all) };
		});
		if (result !== undefined) {
			((this.results[server.name] ??= {})[name] ??= []).push(result);
		}
	}

	#observe(server, running) {
		const { lateMs, logBytes } = server.observe();
		this.harkStarts.push(running.startMs);
		this.harkLateness.push(lateMs);
		this.harkLogBytes.push(logBytes);
	}

	async idle(server, connections) {
		this.idles[server.name] = await this.#with(server, "idle", {}, (running) =>
			this.#run(server, running, { kind: "idle", rooms: connections, amount: 0 }));
	}

	/* So many connect within one second. */
	async storm(server, connections) {
		const result = await this.#with(server, "storm", {}, (running) =>
			this.#run(server, running, { kind: "storm", rooms: connections, amount: 0 }));
		if (result !== undefined) {
			(this.storms[server.name] ??= []).push(result);
		}
	}

	/*
	 * Whether delivery waits for the disk: one message at a time, while each sync is delayed. If
	 * messages then take at least that long, they wait; and the syncs are counted.
	 */
	async disk(server) {
		const log = join(this.scratch, "syncs");
		this.disks[server.name] = await this.#with(server, "disk", {}, async (running) => {
			const strace = spawn("strace", ["-f", "-qq", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-e",
				`inject=fsync,fdatasync:delay_enter=${syncDelayUs}`, "-o", log, "-p", String(running.child.pid)],
				{ stdio: ["ignore", "ignore", "pipe"] });
			let said = "";
			strace.stderr.on("data", (text) => (said += text));
			const failed = new Promise((_, reject) => {
				strace.once("error", (error) => reject(new Error(`strace: ${error.message}`)));
				strace.once("exit", () => reject(new Error(said.trim() || "strace ended")));
			});
			failed.catch(() => undefined);
			await Promise.race([failed, traced(running.child.pid)]);
			try {
				const found = this.#run(server, running, { kind: "saturate", amount: 1, rooms: 2, seconds: 1.5 });
				return { delivery_p50_ms: found.delivery.p50_ms, sent: found.sent, delay_ms: syncDelayUs / 1000 };
			} finally {
				await stop(strace);
			}
		});
		const disk = this.disks[server.name];
		if (disk !== undefined) {
			const syncs = readFileSync(log, "utf8").split("\n").filter((line) => /f(data)?sync\(/.test(line)).length;
			disk.syncs_per_message = syncs / disk.sent;
			disk.waits = disk.delivery_p50_ms >= disk.delay_ms;
		}
		rmSync(log, { force: true });
	}

	/* What one sync costs here and now: 4 KiB appended, then fdatasync. */
	oneSync() {
		const path = join(this.scratch, "sync");
		const file = openSync(path, "w");
		const page = Buffer.alloc(4096, 1), took = [];
		for (let i = 0; i < 300; i++) {
			writeSync(file, page);
			const from = performance.now();
			fdatasyncSync(file);
			took.push(performance.now() - from);
		}
		closeSync(file);
		rmSync(path);
		took.sort((a, b) => a - b);
		this.syncs.push({ p50_ms: took[150], p99_ms: took[297] });
	}
}

async function traced(pid) {
	for (let i = 0; i < 1000; i++) {
		if (!/^TracerPid:\s+0$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))) {
			await sleep(100); // its other threads
			return;
		}
		await sleep(5);
	}
	throw new Error("strace does not get hold of it");
}
