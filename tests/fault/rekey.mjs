// hark rekey, restore and verify, and the first two killed at every point of their work:
// node rekey.mjs build/plain. TAP. HARK_SEED: which points, as printed by an earlier run.
//
// A killed one leaves a file and a key that open, with all that was said; what was cut off is carried
// to its end by the next call.

import "./in_memory.mjs";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTests, test } from "../wire/client.mjs";
import { newDaemon, prepare } from "../wire/school.mjs";
import { chosen, long, randomFrom, say, seed, timeFor } from "./figures.mjs";
import { Disk, Person, readRoom, take } from "./people.mjs";

const built = process.argv[2];
const random = randomFrom(seed);
const tried = { "kills of rekey": 0, "kills of restore": 0 };
const lost = { "files that did not open": 0, "messages": 0 };
console.log(`# seed ${seed}`);

const cookies = await prepare(built);
const file = (daemon, name) => join(daemon.directory, "data", name);
const files = (daemon) => readdirSync(join(daemon.directory, "data")).sort();
const hark = (daemon, ...words) => spawnSync(join(built, "hark"), ["--config", daemon.config, ...words],
	{ encoding: "utf8", env: { ...process.env, ...daemon.environment } });

function done(daemon, ...words) {
	const { status, stdout, stderr } = hark(daemon, ...words);
	assert.equal(status, 0, `hark ${words.join(" ")}: ${stderr}`);
	return stdout;
}

function fails(daemon, code, sentence, ...words) {
	const { status, stderr } = hark(daemon, ...words);
	assert.equal(status, code, `hark ${words.join(" ")}: ${stderr}`);
	assert.match(stderr, sentence);
}

const bodies = async (daemon) => (await readRoom(daemon, "ada")).filter((one) => one.type === "chat.posted")
	.map((one) => one.body);

/* Ada and juniper have talked; a copy was made after the first `copied` messages. Ended by `signal`. */
async function talked(daemon, { copied = 5, signal = "SIGTERM" } = {}) {
	await daemon.start();
	const [ada, juniper] = ["ada", "juniper"].map((name) => new Person(daemon, name, cookies));
	await Promise.all([ada.arrive(), juniper.arrive()]);
	const room = await ada.start();
	await take(juniper, room);
	for (let i = 0; i < 12; i++) {
		await ada.done(ada.say(room, `message ${i}`));
		if (i + 1 === copied) {
			done(daemon, "backup", join(daemon.directory, "copy.db"));
		}
	}
	await daemon.end(signal);
	return daemon;
}

const messages = (count) => Array.from({ length: count }, (_, i) => `message ${i}`);

async function holds(daemon, count) {
	await daemon.start();
	assert.deepEqual(await bodies(daemon), messages(count));
	await daemon.stop();
}

/* ---- in order ---- */

test("rekey: a new key opens the file, the one before does not, and the codename lives on", async () => {
	const daemon = newDaemon();
	await daemon.start();
	const ada = new Person(daemon, "ada");
	await ada.arrive();
	const room = await ada.start();
	await ada.done(ada.say(room, "before"));
	const { words } = await ada.ask({ type: "codename.make", room });
	assert.ok(words?.length > 0);
	await daemon.end("SIGKILL"); /* what is in the log comes along */
	const before = readFileSync(file(daemon, "hark.key"), "utf8");
	const out = done(daemon, "rekey");
	assert.match(out, /hark\.db is sealed under a new key\./);
	assert.match(out, /hark\.key\.before-1/);
	const after = readFileSync(file(daemon, "hark.key"), "utf8");
	assert.notEqual(after.split("\n")[1], before.split("\n")[1]);
	assert.equal(after.split("\n")[2], before.split("\n")[2], "the pepper");
	assert.equal(readFileSync(file(daemon, "hark.key.before-1"), "utf8"), before);
	for (const name of ["hark.key", "hark.key.before-1"]) {
		assert.equal(statSync(file(daemon, name)).mode & 0o777, 0o400);
	}
	assert.deepEqual(files(daemon).filter((name) => name !== "control"),
		["hark.db", "hark.key", "hark.key.before-1", "hark.lock"]);
	assert.match(done(daemon, "verify"), /The file is whole: every page opens, and every table is sound\./);
	assert.match(done(daemon, "audit", "list"), /rekey +With hark rekey\./);
	fails(daemon, 1, /the key is the wrong one/, `--storage.key_file=${file(daemon, "hark.key.before-1")}`, "audit", "head");
	await daemon.start();
	assert.deepEqual(await bodies(daemon), ["before"]);
	const phone = new Person(daemon, "a phone");
	await phone.arrive();
	assert.equal((await phone.done({ type: "codename.open", words })).room, room);
	fails(daemon, 1, /another process is using the file; harkd must be stopped/, "rekey");
	await daemon.stop();
	await daemon.destroy();
});

test("restore: the copy is in place, the file before has another name, and the audit says so", async () => {
	const daemon = await talked(newDaemon(), { signal: "SIGKILL" });
	const copy = join(daemon.directory, "copy.db");
	fails(daemon, 1, /there is such a file already; --replace keeps it under another name/, "restore", copy);
	fails(daemon, 1, /No such file.*nothing was replaced|nowhere: No such file/, "restore", "nowhere", "--replace");
	await holds(daemon, 12);
	assert.match(done(daemon, "restore", copy, "--replace"), /hark\.db\.replaced-1/);
	assert.match(done(daemon, "audit", "list"), /restore +\/.*\/copy\.db/);
	done(daemon, "verify");
	await holds(daemon, 5);
	done(daemon, "restore", file(daemon, "hark.db.replaced-1"), "--replace");
	await holds(daemon, 12);
	rmSync(file(daemon, "hark.db"));
	done(daemon, "restore", copy); /* onto a new machine */
	await holds(daemon, 5);
	assert.ok(!existsSync(file(daemon, "hark.restore")));
	await daemon.destroy();
});

test("a copy of before a re-key is restored with the key of before", async () => {
	const daemon = await talked(newDaemon());
	const copy = join(daemon.directory, "copy.db");
	done(daemon, "rekey");
	fails(daemon, 1, /another key; nothing was replaced/, "restore", copy, "--replace");
	done(daemon, "restore", copy, "--replace", "--key", file(daemon, "hark.key.before-1"));
	await holds(daemon, 5);
	assert.equal(spawnSync(join(built, "hark"), ["key", "create", join(daemon.directory, "other.key")]).status, 0);
	fails(daemon, 1, /this is another school's key; nothing was replaced/, "restore", copy, "--replace", "--key",
		join(daemon.directory, "other.key"));
	await holds(daemon, 5);
	await daemon.destroy();
});

test("a damaged copy is refused, and the file stays", async () => {
	const daemon = await talked(newDaemon());
	const copy = join(daemon.directory, "copy.db");
	const bytes = readFileSync(copy);
	for (let at = 100; at < bytes.length; at += 4096 * 7) {
		bytes[at] ^= 1;
		writeFileSync(copy, bytes);
		bytes[at] ^= 1;
		fails(daemon, 1, /copy\.db: the copy is damaged; nothing was replaced/, "restore", copy, "--replace");
	}
	writeFileSync(copy, bytes.subarray(0, bytes.length - 4096 * 3));
	fails(daemon, 1, /nothing was replaced/, "restore", copy, "--replace");
	await holds(daemon, 12);
	await daemon.destroy();
});

test("verify says which page it is, also while the daemon runs", async () => {
	const daemon = await talked(newDaemon());
	const whole = readFileSync(file(daemon, "hark.db"));
	/* A page the daemon has no need of when it starts: behind the talk, one of the search's. */
	let found = 0;
	for (let page = Math.floor(whole.length / 4096); page > 1 && found < 3; page -= 5) {
		const bytes = Buffer.from(whole);
		bytes[(page - 1) * 4096 + 99] ^= 4;
		writeFileSync(file(daemon, "hark.db"), bytes);
		fails(daemon, 2, new RegExp(`hark\\.db: A page of the file is damaged or was changed\\. \\(number ${page}\\)`), "verify");
		await daemon.start();
		if (daemon.output.includes("ready on")) {
			fails(daemon, 2, new RegExp(`^hark: Page ${page} is damaged or was changed\\.\\n$`), "verify");
			found++;
		}
		await daemon.end("SIGTERM");
	}
	assert.ok(found > 0, "no page that it can run without");
	writeFileSync(file(daemon, "hark.db"), whole);
	done(daemon, "verify");
	await daemon.destroy();
});

/* ---- killed ---- */

/* A school as `from` left it. */
function copyOf(from) {
	const daemon = newDaemon();
	rmSync(join(daemon.directory, "data"), { recursive: true });
	cpSync(join(from.directory, "data"), join(daemon.directory, "data"),
		{ recursive: true, filter: (path) => !path.endsWith("/control") });
	copyFileSync(join(from.directory, "copy.db"), join(daemon.directory, "copy.db"));
	return daemon;
}

/* Runs it with a kill in front of its n-th call on a file; false: it came to its end before. */
function killedAt(daemon, n, words) {
	const disk = new Disk(daemon, built);
	disk.order("every", Disk.KILL, { times: 1, skip: n - 1, files: ["*"] });
	const { status, signal, stderr } = hark(daemon, ...words);
	daemon.environment = {};
	rmSync(disk.path);
	assert.ok(signal === "SIGKILL" || status === 0, stderr);
	return signal === "SIGKILL";
}

async function opens(daemon, counts) {
	const { status, stderr } = hark(daemon, "verify");
	lost["files that did not open"] += status !== 0;
	assert.equal(status, 0, stderr);
	await daemon.start();
	const kept = await bodies(daemon);
	await daemon.stop();
	lost.messages += counts.includes(kept.length) ? 0 : 1;
	assert.ok(counts.includes(kept.length), `${kept.length} messages`);
	assert.deepEqual(kept, messages(kept.length));
	return kept.length;
}

let base;
test("a school to kill it in", async () => {
	base = await talked(newDaemon(), { signal: "SIGKILL" });
	mkdirSync(join(base.directory, "empty"));
});

/* How many calls on files it makes; another one or two in another run. */
async function callsOf(words) {
	const daemon = copyOf(base);
	const disk = new Disk(daemon, built);
	disk.order("every", Disk.COUNT, { files: ["*"] });
	done(daemon, ...words(daemon));
	const { hits } = disk;
	assert.ok(hits > 0, "nothing stands in front of its calls");
	rmSync(daemon.directory, { recursive: true });
	return hits;
}

async function killOnce(name, words, n, counts, finish) {
	const daemon = copyOf(base);
	const killed = killedAt(daemon, n, words(daemon));
	tried[`kills of ${name}`] += killed;
	try {
		await opens(daemon, killed ? counts : counts.slice(0, 1));
		await finish(daemon);
	} catch (error) {
		throw new Error(`killed before call ${n}; there are ${files(daemon)}`, { cause: error });
	}
	rmSync(daemon.directory, { recursive: true });
}

/* The renames are near the end: all of the last calls, and some of those before. */
function killEverywhere(name, words, counts, finish) {
	test(`${name}, killed: what is there opens, and the next call comes to its end`, async () => {
		const calls = await callsOf(words);
		const last = Array.from({ length: long ? 0 : 8 }, (_, i) => calls - i);
		const points = [...new Set([...chosen(calls, 4, random), ...last])];
		if (long) { /* as far as the time goes, in any order, all of them in the end; one at least */
			points.sort(() => random(2) - 0.5);
		}
		const until = performance.now() + 400 * Number(process.env.HARK_SOAK_SECONDS ?? 0);
		let killed = 0;
		for (const n of points) {
			if (long && killed > 0 && (performance.now() > until || !timeFor(2))) {
				break;
			}
			await killOnce(name, words, n, counts, finish);
			killed++;
		}
		console.log(`# ${name}: killed before ${killed} of ${calls} calls on files`);
	});
}

killEverywhere("rekey", () => ["rekey"], [12], async (daemon) => {
	done(daemon, "rekey");
	assert.deepEqual(files(daemon).filter((name) => /new|handover|wal/.test(name)), []);
	await opens(daemon, [12]);
});

killEverywhere("restore", (daemon) => ["restore", join(daemon.directory, "copy.db"), "--replace"], [5, 12],
	async (daemon) => {
		done(daemon, "restore", join(daemon.directory, "copy.db"), "--replace");
		assert.deepEqual(files(daemon).filter((name) => /new|restore$|wal/.test(name)), []);
		await opens(daemon, [5]);
	});

test("figures", async () => say("rekey and restore", tried, lost));

await runTests();
