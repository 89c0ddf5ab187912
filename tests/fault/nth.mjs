// The n-th write, sync and allocation fail, once and from then on, under load and at the start:
// node nth.mjs build/plain. TAP. HARK_SEED: which n, as printed by an earlier run.
//
// Whatever fails, the daemon goes on, is read-only and says so, or ends; then a start on a good disk
// with enough memory shows everything that was acknowledged, once, in a whole file.

import "./in_memory.mjs";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fetchOnce, runTests, test } from "../wire/client.mjs";
import { prepare } from "../wire/school.mjs";
import { chosen, long, randomFrom, say, seed, timeFor } from "./figures.mjs";
import { Disk, Hooks } from "./people.mjs";
import { Talk } from "./talk.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const random = randomFrom(seed);
const tried = {}; // of each kind, [how often a fault came, how often one was set]
const lost = {};
const ends = {}; // how the daemon took it
const load = long ? 200 : 60; // messages in a run
const files = ["hark.db", "hark.db-wal"];
console.log(`# seed ${seed}`);

const count = (counts, name, more = 1) => (counts[name] = (counts[name] ?? 0) + more);

/* A run may make fewer calls than the one they were counted in: then more is written. */
async function writeUntil(talk, came) {
	let all = await talk.write(load);
	for (let more = 0; all && !came() && more < 10; more++) {
		all = await talk.write(load / 5);
	}
	return all;
}

/* What is so after any failure, and after none. */
async function afterwards(talk, what, fired) {
	talk.daemon.environment = {};
	try {
		talk.verify(built);
		await talk.daemon.start();
		await talk.comeBack();
		await talk.sendAgain();
		await talk.compare();
		await talk.daemon.stop();
	} finally {
		const [came, set] = tried[what] ?? [0, 0];
		tried[what] = [came + fired, set + 1];
		Object.entries(talk.lost).forEach(([name, lostNow]) => count(lost, name, lostNow));
	}
	await talk.daemon.destroy();
}

/* ---- the disk, under load ---- */

async function callsOf(call) {
	const talk = new Talk(cookies);
	const disk = new Disk(talk.daemon, built);
	await talk.begin();
	disk.order(call, Disk.COUNT, { files });
	await talk.write(load);
	const { hits } = disk;
	await talk.daemon.stop(); /* with the log's way back into the file */
	const most = disk.hits;
	await talk.daemon.destroy();
	return { most, beforeEnd: hits };
}

async function isReadOnly(talk) {
	assert.equal(await talk.isReady(), false);
	for (const path of ["/", "/login", "/healthz"]) {
		assert.equal((await fetchOnce(talk.daemon.port, "GET", path)).status, 200, path);
	}
	await talk.ada.done({ type: "ping" });
	assert.match(talk.daemon.output, /nothing is accepted until it does/);
}

/* Calls behind `beforeEnd` are those of the daemon's end. */
async function failsUnderLoad({ call, error, n, times, beforeEnd }) {
	const talk = new Talk(cookies);
	const disk = new Disk(talk.daemon, built);
	await talk.begin();
	disk.order(call, error, { times, skip: n - 1, files });
	const all = await writeUntil(talk, () => disk.fired || n > beforeEnd);
	if (!all && times === 0) {
		await isReadOnly(talk);
	}
	const killed = random(2) === 0 && disk.fired;
	if (!killed) {
		/* The last writes are those of the end; the disk is not good again for them. */
		if (!all) {
			disk.release();
			await talk.healed();
			await talk.sendAgain();
		}
		await talk.daemon.end("SIGTERM");
	} else {
		await talk.daemon.end("SIGKILL");
	}
	count(ends, all ? "went on" : times === 0 ? "read-only" : "refused and went on");
	await afterwards(talk, `${call}s`, disk.fired);
}

const errors = { write: [Disk.ENOSPC, Disk.EIO], sync: [Disk.EIO], truncate: [Disk.EIO] };
for (const call of Object.keys(errors)) {
	for (const [how, times] of [["once", 1], ["and all behind it", 0]]) {
		test(`the n-th ${call} fails ${how}: everything acknowledged is there`, async () => {
			const { most, beforeEnd } = await callsOf(call);
			const numbers = chosen(most, 4, random);
			console.log(`# ${call}s of a run: ${most}, of them under load ${beforeEnd}`);
			const share = { write: 0.14, sync: 0.12, truncate: 0.02 }[call];
			await forAShare(share, numbers, (n) =>
				failsUnderLoad({ call, error: errors[call][n % errors[call].length], n, times, beforeEnd }));
		});
	}
}

/* In soak every n would take too long for some: in random order, as far as the time goes; one at least. */
async function forAShare(share, numbers, run) {
	const until = performance.now() + share * 1000 * Number(process.env.HARK_SOAK_SECONDS ?? 0);
	const order = long ? numbers.map((n) => [random(1e6), n]).sort((a, b) => a[0] - b[0]).map(([, n]) => n) : numbers;
	for (const [at, n] of order.entries()) {
		if (long && at > 0 && (performance.now() > until || !timeFor(2))) {
			return;
		}
		try {
			await run(n);
		} catch (error) {
			throw new Error(`n = ${n}`, { cause: error });
		}
	}
}

/* ---- at the start, with a log to be read ---- */

async function startWith(prepareDaemon) {
	const talk = await new Talk(cookies).begin();
	await talk.write(30);
	await talk.daemon.end("SIGKILL");
	const hook = prepareDaemon(talk.daemon);
	try {
		await talk.daemon.start();
		hook.release();
		await talk.daemon.end("SIGKILL");
		count(ends, "started");
	} catch (error) {
		assert.ok(talk.daemon.exit, error);
		count(ends, noteEnd(talk.daemon.exit, talk.daemon.output));
		return { talk, hook, output: talk.daemon.output, exit: talk.daemon.exit };
	}
	return { talk, hook, output: talk.daemon.output };
}

for (const call of ["write", "sync", "open"]) {
	test(`the n-th ${call} of a start fails: it starts or says why not`, async () => {
		const counting = await startWith((daemon) => {
			const disk = new Disk(daemon, built);
			disk.order(call, Disk.COUNT, { files: ["*"] });
			return disk;
		});
		const most = counting.hook.hits;
		await counting.talk.daemon.destroy();
		console.log(`# ${call}s of a start: ${most}`);
		await forAShare(0.06, chosen(Math.min(most, 60), 3, random), async (n) => {
			const { talk, hook, output, exit } = await startWith((daemon) => {
				const disk = new Disk(daemon, built);
				disk.order(call, Disk.EIO, { times: n % 2, skip: n - 1, files: ["*"] });
				return disk;
			});
			if (exit) {
				assert.equal(exit.code, 1, output);
				assert.match(output, /^<3>.+$/m);
			}
			await afterwards(talk, `${call}s at the start`, hook.fired);
		});
	});
}

/* ---- memory ---- */

/* An instrumented daemon has an allocator of its own. */
const instrumented = spawnSync("ldd", [join(built, "harkd")], { encoding: "utf8" }).stdout.includes("asan");

/* Ends by itself, without a word too much, or lives. Who aborts has said why: no memory, or a change
   that could not be taken back. */
function noteEnd(exit, output) {
	if (exit?.signal === "SIGABRT") {
		const [, why] = /^<2>(.+)$/m.exec(output) ?? [];
		assert.ok(why, `it ended without a sentence\n${output}`);
		return `ended: ${why}`;
	}
	return exit === null || exit === undefined ? "went on" : `ended: ${exit.signal ?? `exit ${exit.code}`}`;
}

async function memoryUnderLoad(n, forGood) {
	const talk = new Talk(cookies);
	const hooks = new Hooks(talk.daemon, built, "memory");
	await talk.begin();
	hooks.fail(n, forGood);
	const all = await writeUntil(talk, () => hooks.failed > 0);
	hooks.release();
	if (!all) {
		/* It may be about to end, or be read-only for a moment. */
		await Promise.race([talk.daemon.wait("the daemon's end", () => talk.daemon.exit), talk.healed().catch(() => null)]);
	}
	const end = noteEnd(talk.daemon.exit, talk.daemon.output);
	count(ends, end);
	assert.ok(!/SIGSEGV|SIGBUS|SIGILL/.test(end), `${end}\n${talk.daemon.output}`);
	if (talk.daemon.exit === null) {
		await talk.daemon.end("SIGKILL");
	}
	const fired = hooks.failed > 0;
	hooks.close();
	await afterwards(talk, "allocations", fired);
}

if (!instrumented) {
	for (const forGood of [false, true]) {
		test(`the n-th allocation fails${forGood ? ", and all behind it" : " once"}: everything acknowledged is there`, async () => {
			const talk = new Talk(cookies);
			const hooks = new Hooks(talk.daemon, built, "memory");
			await talk.begin();
			hooks.fail(0);
			await talk.write(load);
			const most = hooks.count;
			hooks.close();
			await talk.daemon.stop();
			await talk.daemon.destroy();
			console.log(`# allocations of a run: ${most}`);
			await forAShare(0.2, chosen(most, forGood ? 4 : 10, random), (n) => memoryUnderLoad(n, forGood));
		});
	}

	test("the n-th allocation of a start fails: it starts or ends", async () => {
		const counting = await startWith((daemon) => {
			const hooks = new Hooks(daemon, built, "memory");
			hooks.fail(0);
			return hooks;
		});
		const most = counting.hook.count;
		await counting.talk.daemon.destroy();
		console.log(`# allocations of a start: ${most}`);
		await forAShare(0.14, chosen(most, 8, random), async (n) => {
			const { talk, hook, output, exit } = await startWith((daemon) => {
				const hooks = new Hooks(daemon, built, "memory");
				hooks.fail(n, n % 2 === 0);
				return hooks;
			});
			const end = noteEnd(exit, output);
			const fired = hook.failed > 0;
			hook.close();
			assert.ok(!/SIGSEGV|SIGBUS|SIGILL/.test(end), `${end}\n${output}`);
			await afterwards(talk, "allocations at the start", fired);
		});
	});
}

/* How much a start does depends on how the run before it ended. */
const leastShare = (kind) => (kind.endsWith("at the start") ? 0.5 : 0.8);

test("most of the faults came", () => {
	say("the n-th call", tried, lost, ends);
	const seldom = Object.entries(tried)
		.filter(([kind, [came, set]]) => came < Math.floor(leastShare(kind) * set) || came === 0);
	assert.deepEqual(long ? seldom : [], []);
});

await runTests();
