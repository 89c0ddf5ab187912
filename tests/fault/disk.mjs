// A full, a failing and a slow disk under the real daemon: node disk.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fetchOnce, runTests, test } from "../wire/client.mjs";
import { newDaemon, prepare } from "../wire/school.mjs";
import { Disk, Person, becomes, readFeed, readRoom, take } from "./people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const secret = "a word nobody may log";

/* A school on such a disk, where ada and juniper talk and rivera reads along. */
async function open(options) {
	const daemon = newDaemon(options);
	const disk = new Disk(daemon, built);
	await daemon.start();
	const [ada, juniper, rivera] = ["ada", "juniper", "rivera"].map((name) => new Person(daemon, name, cookies));
	for (const one of [rivera, juniper, ada]) {
		await one.arrive();
	}
	const room = await ada.start();
	await take(juniper, room);
	await ada.done(ada.say(room, "before"));
	await juniper.sees("chat.posted", { body: "before" });
	return { daemon, disk, ada, juniper, rivera, room };
}

const status = async (daemon, path) => (await fetchOnce(daemon.port, "GET", path)).status;
const ready = (daemon) => status(daemon, "/readyz");

/* Restarts on a good disk and gives ada's room as the file has it. */
async function reopen(daemon, signal) {
	await daemon.end(signal);
	daemon.environment = {};
	await daemon.start();
	return (await readRoom(daemon, "ada")).filter((one) => one.type === "chat.posted").map((one) => one.body);
}

const failures = [
	["a full disk", "write", Disk.ENOSPC, /the disk is full; nothing is accepted until it does/],
	["a disk that fails to write", "write", Disk.EIO, /the disk failed to read, write or sync; nothing/],
	["a disk that fails to sync", "sync", Disk.EIO, /the disk failed to read, write or sync; nothing/],
	["a read-only disk", "write", Disk.EROFS, /the file takes no writes: .*; nothing is accepted/],
];

for (const [what, call, error, reason] of failures) {
	test(`${what}: nothing is acknowledged, all is served, and it goes on by itself`, async () => {
		const { daemon, disk, ada, juniper, rivera, room } = await open();
		disk.order(call, error);
		const lost = ada.say(room, secret);
		const refusal = await ada.refused(lost, "unavailable");
		assert.ok(refusal.retry_ms > 0);
		await daemon.wait("the reason", () => reason.test(daemon.output));
		assert.equal(await ready(daemon), 503);
		for (const path of ["/", "/login", "/healthz"]) {
			assert.equal(await status(daemon, path), 200, path);
		}
		for (const one of [ada, juniper, rivera]) {
			await one.done({ type: "ping" });
		}
		await ada.refused({ ...lost, again: true }, "unavailable");
		await juniper.refused(juniper.say(room, "me neither"), "unavailable");
		await ada.refused({ type: "room.end", room }, "unavailable");
		assert.equal((await daemon.post("/login", {
			type: "sign.in", login: "juniper", password: "a password of juniper",
		})).status, 503);
		const late = new Person(daemon, "grace");
		await late.arrive();
		await late.refused({ type: "room.start", topics: [], to: "now" }, "unavailable");
		for (const one of [juniper, rivera]) {
			await one.done({ type: "ping" });
			assert.deepEqual(one.said().map((said) => said.body), ["before"]);
		}
		disk.release();
		await daemon.wait("writing again", () => daemon.output.includes("the file takes writes again"));
		assert.equal(await ready(daemon), 200);
		const { n } = await juniper.done(juniper.say(room, "in between"));
		const answer = await ada.done({ ...lost, again: true });
		assert.ok(answer.n > n, "an answer of its own");
		assert.equal((await ada.done({ ...lost, again: true })).n, answer.n);
		for (const one of [juniper, rivera]) {
			await one.sees("chat.posted", { body: secret });
		}
		assert.ok(!daemon.output.includes(secret));
		assert.deepEqual(await reopen(daemon, "SIGTERM"), ["before", "in between", secret]);
		await readFeed(daemon, cookies);
		await daemon.stop();
	});
}

test("one failure among many at once: each sender hears what is so of its own message", async () => {
	const { daemon, disk, ada, juniper, room } = await open();
	disk.order("sync", Disk.EIO, { times: 1 });
	const all = Array.from({ length: 60 }, (_, i) => (i % 2 ? ada : juniper).say(room, `message ${i}`));
	const answers = await Promise.all(all.map((one, i) => (i % 2 ? ada : juniper).ask(one)));
	assert.ok(answers.some((one) => one.code === "unavailable"));
	await becomes("writing again", async () => (await ready(daemon)) === 200);
	const numbers = answers.filter((one) => one.type === "ok").map((one) => one.n);
	for (const [i, answer] of answers.entries()) {
		if (answer.type !== "ok") {
			numbers.push((await (i % 2 ? ada : juniper).done({ ...all[i], again: true })).n);
		}
	}
	assert.equal(new Set(numbers).size, all.length);
	const kept = await reopen(daemon, "SIGKILL");
	assert.deepEqual(kept.sort(), ["before", ...all.map((one) => one.body)].sort());
	await daemon.stop();
});

test("what comes again while the failure is being looked at is not taken for something else", async () => {
	const { daemon, disk, ada, juniper, room } = await open();
	disk.order("sync", Disk.EIO, { times: 1 });
	const lost = ada.say(room, "lost");
	await ada.refused(lost, "unavailable");
	await ada.refused({ ...lost, again: true }, "unavailable");
	await becomes("writing again", async () => (await ready(daemon)) === 200);
	await juniper.done(juniper.say(room, "another"));
	assert.deepEqual(await reopen(daemon, "SIGKILL"), ["before", "another"]);
	await daemon.stop();
});

for (const [how, times] of [["once", 1], ["for good", 0]]) {
	test(`killed after a sync that failed ${how}: what was not acknowledged is there once at most`, async () => {
		const { daemon, disk, ada, room } = await open();
		disk.order("sync", Disk.EIO, { times });
		const unsure = ada.say(room, "perhaps");
		await ada.refused(unsure, "unavailable");
		const kept = await reopen(daemon, "SIGKILL");
		assert.ok(kept.length <= 2 && kept[0] === "before" && (kept[1] ?? "perhaps") === "perhaps", kept.join());
		const back = new Person(daemon, "ada");
		await back.arrive();
		const { n } = await back.done({ ...unsure, again: true });
		assert.equal((await back.done({ ...unsure, again: true })).n, n);
		assert.deepEqual(await reopen(daemon, "SIGTERM"), ["before", "perhaps"]);
		await daemon.stop();
	});
}

test("a room that could not be opened is this visitor's when it can, also after a restart", async () => {
	const { daemon, disk } = await open();
	const grace = new Person(daemon, "grace");
	await grace.arrive();
	disk.order("write", Disk.ENOSPC, { times: 1 });
	await grace.refused({ type: "room.start", topics: ["Family"], to: "now" }, "unavailable");
	await becomes("writing again", async () => (await ready(daemon)) === 200);
	const room = await grace.start();
	await grace.done(grace.say(room, "I am here"));
	await reopen(daemon, "SIGTERM");
	const back = new Person(daemon, "grace");
	assert.equal((await back.arrive()).room, room);
	await back.sees("chat.posted", { body: "I am here" });
	await daemon.stop();
});

test("a chat that could not be ended is not over", async () => {
	const { daemon, disk, ada, room } = await open();
	disk.order("write", Disk.ENOSPC);
	await ada.refused({ type: "room.end", room }, "unavailable");
	await ada.refused(ada.say(room, "still there?"), "unavailable");
	await ada.refused({ type: "room.end", room }, "unavailable");
	disk.release();
	await becomes("writing again", async () => (await ready(daemon)) === 200);
	await ada.done(ada.say(room, "still there"));
	await ada.done({ type: "room.end", room });
	await daemon.stop();
});

test("a tab whose forgetting could not be written is forgotten when it can, also after a restart", async () => {
	const { daemon, disk, ada } = await open();
	disk.order("write", Disk.ENOSPC);
	await ada.refused({ type: "token.forget" }, "unavailable");
	await ada.refused({ type: "token.forget" }, "unavailable");
	disk.release();
	await becomes("writing again", async () => (await ready(daemon)) === 200);
	await daemon.end("SIGKILL");
	await daemon.start();
	const stranger = new Person(daemon, "ada");
	assert.equal((await stranger.arrive()).room, undefined);
	await daemon.stop();
});

test("a file that cannot be written back costs nobody anything: the log has it", async () => {
	const { daemon, disk, ada, juniper, room } = await open();
	disk.order("any", Disk.EIO, { files: ["hark.db"] });
	const long = "x".repeat(3900);
	for (let i = 0; i < 40; i++) { /* more than the log holds before it is written back */
		await Promise.all(Array.from({ length: 50 }, () => (i % 2 ? ada : juniper).done(ada.say(room, long))));
	}
	await disk.hit();
	assert.equal(await ready(daemon), 200);
	await ada.done(ada.say(room, "last"));
	const kept = await reopen(daemon, "SIGTERM");
	assert.equal(kept.length, 2002);
	assert.equal(kept.at(-1), "last");
	await daemon.stop();
});

test("what the hark command could not change is as it was, here and after a restart", async () => {
	const { daemon, disk } = await open();
	const hark = (...words) => spawnSync(join(built, "hark"), ["--config", daemon.config, ...words], { encoding: "utf8" });
	const before = [hark("setting", "get"), hark("account", "list"), hark("shift", "list")].map((one) => one.stdout);
	disk.order("write", Disk.ENOSPC);
	for (const words of [["setting", "set", "school", "Nowhere"], ["account", "add", "supporter", "new", "New"],
		["account", "disable", "robin"], ["shift", "add", "sage", "mon", "10:00-11:00"]]) {
		const refused = hark(...words);
		assert.equal(refused.status, 1, `${words.join(" ")}: ${refused.stdout}`);
		assert.match(refused.stderr, /^hark: .+\n$/);
	}
	const now = () => [hark("setting", "get"), hark("account", "list"), hark("shift", "list")].map((one) => one.stdout);
	assert.deepEqual(now(), before);
	disk.release();
	await becomes("writing again", async () => (await ready(daemon)) === 200);
	assert.deepEqual(now(), before);
	await reopen(daemon, "SIGKILL");
	assert.deepEqual(now(), before);
	assert.equal(hark("setting", "set", "school", "Somewhere").status, 0);
	await daemon.stop();
});

test("a backup onto a full disk fails alone and leaves nothing", async () => {
	const { daemon, disk, ada, room } = await open();
	const copy = join(daemon.directory, "copy.db");
	disk.order("write", Disk.ENOSPC, { files: ["copy.db", "copy.db.new", "copy.db-wal", "copy.db.new-wal"] });
	const backup = spawnSync(join(built, "hark"), ["--config", daemon.config, "backup", copy], { encoding: "utf8" });
	await disk.hit();
	assert.equal(backup.status, 1, backup.stderr);
	assert.match(backup.stderr, /^hark: .+\n$/);
	assert.deepEqual(readdirSync(daemon.directory).filter((name) => name.startsWith("copy")), []);
	await ada.done(ada.say(room, "goes on"));
	disk.release();
	assert.equal(spawnSync(join(built, "hark"), ["--config", daemon.config, "backup", copy]).status, 0);
	await daemon.stop();
});

test("what cannot be noted is not shown; then it is, and the audit is whole", async () => {
	const { daemon, disk, ada, rivera, room } = await open();
	const verified = () => spawnSync(join(built, "hark"), ["--config", daemon.config, "audit", "verify"],
		{ encoding: "utf8" });
	const looks = [{ type: "room.open", room, after: 0 }, { type: "room.history", room, before: 9, limit: 9 },
		{ type: "case.open", room }];
	disk.order("write", Disk.ENOSPC);
	for (const look of looks) {
		await rivera.refused(look, "unavailable");
	}
	const okafor = new Person(daemon, "okafor", cookies);
	await assert.rejects(okafor.arrive());
	assert.deepEqual(rivera.said().map((said) => said.body), ["before"]);
	disk.release();
	await becomes("writing again", async () => (await ready(daemon)) === 200);
	const page = await rivera.ask(looks[1]);
	assert.equal(page.events.at(-1).body, "before");
	await rivera.done(looks[0]);
	await rivera.done({ type: "room.close", room }); /* of an open one each page is no entry */
	/* Syncs fail under a crowd of looks: each is answered, and only what is noted is shown. */
	disk.order("sync", Disk.EIO);
	const answers = await Promise.all(Array.from({ length: 40 }, () => rivera.ask(looks[1])));
	assert.ok(answers.some((one) => one.code === "unavailable"));
	disk.release();
	await becomes("writing again", async () => (await ready(daemon)) === 200);
	const listed = await rivera.ask({ type: "audit.list", room, limit: 50 });
	const noted = listed.entries.filter((one) => /or fewer, before number 9/.test(one.detail)).length;
	assert.ok(noted >= 1 + answers.filter((one) => one.type === "batch").length);
	assert.equal(verified().status, 0, verified().stderr);
	await ada.done(ada.say(room, "after"));
	await reopen(daemon, "SIGKILL");
	assert.equal(verified().status, 0, verified().stderr);
	await daemon.stop();
	assert.equal(verified().status, 0, verified().stderr);
});

test("history that cannot be read is said, and read when it can", async () => {
	const { daemon, disk, ada, room } = await open({ "limits.feed_frames": 4 });
	for (let i = 0; i < 20; i++) {
		await ada.done(ada.say(room, `message ${i}`));
	}
	await reopen(daemon, "SIGTERM"); /* nothing is in any cache */
	await daemon.end("SIGTERM");
	const second = new Disk(daemon, built);
	await daemon.start();
	const back = new Person(daemon, "ada");
	second.order("read", Disk.EIO, { files: ["hark.db", "hark.db-wal"] });
	await back.arrive(1000);
	await back.refused({ type: "room.history", room, before: 10, limit: 5 }, "unavailable");
	second.release();
	const page = await back.ask({ type: "room.history", room, before: 10, limit: 5 });
	assert.deepEqual(page.events.map((one) => one.n), [5, 6, 7, 8, 9]);
	await daemon.stop();
});

/* Holds the disk for five seconds, in which everybody asks all the time. */
async function whileStalled(daemon, people) {
	const until = Date.now() + 5000;
	let asked = 0;
	while (Date.now() < until) {
		await Promise.all(people.map((one) => one.done({ type: "ping" })));
		assert.equal(await status(daemon, "/"), 200);
		asked++;
	}
	return asked;
}

test("a disk that stands still for seconds: pings are answered, nothing is acknowledged, then all is", async () => {
	const { daemon, disk, ada, juniper, rivera, room } = await open();
	disk.order("sync", Disk.WAIT);
	const answers = [];
	const all = Array.from({ length: 40 }, (_, i) => {
		const one = i % 2 ? ada : juniper;
		return one.done(one.say(room, `message ${i}`)).then((answer) => answers.push(answer.n));
	});
	await disk.hit();
	assert.ok((await whileStalled(daemon, [ada, juniper, rivera])) > 0);
	assert.deepEqual(answers, []);
	for (const one of [ada, juniper, rivera]) {
		assert.deepEqual(one.said().map((said) => said.body).filter((body) => body !== "before"), []);
	}
	disk.release();
	await Promise.all(all);
	assert.deepEqual(answers.sort((a, b) => a - b), Array.from({ length: 40 }, (_, i) => i + 4));
	assert.equal((await reopen(daemon, "SIGKILL")).length, 41);
	await daemon.stop();
});

test("SIGTERM while the disk stands still: what was accepted is answered, then 1001", async () => {
	const { daemon, disk, ada, juniper, room } = await open();
	disk.order("sync", Disk.WAIT);
	const answer = ada.ask(ada.say(room, "accepted"));
	await disk.hit();
	daemon.process.kill("SIGTERM");
	await daemon.wait("stopping", () => daemon.output.includes("stopping"));
	await juniper.refused(juniper.say(room, "too late"), "draining");
	disk.release();
	assert.equal((await answer).type, "ok");
	assert.equal(await ada.closed(), 1001);
	assert.equal(await juniper.closed(), 1001);
	assert.deepEqual(await daemon.wait("the end", () => daemon.exit), { code: 0, signal: null });
	daemon.environment = {};
	await daemon.start();
	assert.deepEqual((await readRoom(daemon, "ada")).filter((one) => one.type === "chat.posted")
		.map((one) => one.body), ["before", "accepted"]);
	await daemon.stop();
});

await runTests();
