// Going down in good order, and changing options without: node stop.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Raw, Waiter, fetchOnce, frame, request, runTests, test, upgradeHeaders } from "../wire/client.mjs";
import { Control, newDaemon, prepare, schema } from "../wire/school.mjs";
import { onValgrind } from "../wire/valgrind.mjs";
import { Disk, Person, becomes, newId, readRoom, take } from "./people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const harkd = join(built, "harkd");
const clean = { code: 0, signal: null };

/* So many pages of one of the staff, or so many visitors. */
const crowd = (daemon, name, count) => Array.from({ length: count }, (_, i) =>
	new Person(daemon, name === "visitor" ? `visitor ${i}` : name, cookies));

const half = "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpg";
const early = { Origin: "http://127.0.0.1", "Content-Type": "application/json", "Content-Length": "100" };

/* Those that will never get anywhere: silent, half a request, no hello, half a body, half a frame. */
async function openHalf(daemon) {
	const all = [];
	for (let i = 0; i < 4; i++) {
		for (const bytes of ["", half, request("GET", "/ws", upgradeHeaders()),
			request("POST", "/login", early, '{"type":'),
			request("GET", "/ws", upgradeHeaders()) + "\x81"]) {
			const raw = await Raw.open(daemon.port);
			raw.send(bytes);
			all.push(raw);
		}
	}
	return all;
}

/* A counselor who asks for everything and reads nothing of it. */
async function openDeaf(daemon) {
	const raw = await Raw.open(daemon.port);
	raw.socket.pause();
	const hello = { type: "hello", page: "oversight", schema: schema.hash, after: 0 };
	raw.send(Buffer.concat([
		Buffer.from(request("GET", "/ws", { ...upgradeHeaders(), Cookie: `hark=${cookies.okafor}` })),
		frame("text", JSON.stringify(hello)),
	]));
	return raw;
}

test("valgrind, or the sanitizers, are there", () => {
	const instrumented = process.env.HARK_COUNTS || readFileSync(harkd).includes("__asan_init");
	assert.ok(onValgrind([harkd]).length > 1 || instrumented);
});

test("SIGTERM with 200 sessions: everybody gets 1001, nothing is leaked, nothing is read that is not ours", async () => {
	const daemon = newDaemon({ "talk.cap": 100 });
	daemon.runner = onValgrind([harkd]).slice(0, -1);
	daemon.patience = 60000;
	await daemon.start();
	const people = [
		...crowd(daemon, "visitor", 162), ...crowd(daemon, "juniper", 8), ...crowd(daemon, "robin", 8),
		...crowd(daemon, "rivera", 8), ...crowd(daemon, "chen", 6),
	];
	for (const one of people) {
		await one.arrive();
	}
	const talking = people.slice(0, 24);
	const supporter = people.find((one) => one.name === "juniper");
	for (const one of talking) {
		await take(supporter, await one.start());
	}
	const long = "\u8bf4".repeat(3900); /* 6 MB together: more than any socket's buffer takes */
	for (let i = 0; i < 20; i++) {
		await Promise.all(talking.map((one) => one.done(one.say(one.room, long))));
	}
	await Promise.all(talking.map((one) => one.done(one.say(one.room, `of ${one.name}`))));
	await Promise.all(people.slice(24, 40).map((one) => one.start()));
	const controls = await Promise.all(Array.from({ length: 8 }, () => Control.open(daemon.control)));
	controls.forEach((one) => one.send('{"type":"status"}'));
	await Promise.all(controls.map((one) => one.wait("an answer", () => one.take().length)));
	const deaf = await openDeaf(daemon);
	const halves = await openHalf(daemon);
	const operator = controls[0];
	const connections = await becomes("all of them", async () => {
		operator.send('{"type":"status"}');
		const [line] = await operator.wait("status", () => {
			const lines = operator.take();
			return lines.length > 0 && lines;
		});
		return JSON.parse(line).connections >= 201 && JSON.parse(line).connections;
	});
	console.log(`# ${connections} sessions, ${halves.length} half-open connections`);
	const started = performance.now();
	daemon.process.kill("SIGTERM");
	const codes = await Promise.all(people.map((one) => one.closed(daemon.patience)));
	assert.deepEqual(codes, people.map(() => 1001));
	await Promise.all(controls.map((one) => one.wait("the end", () => one.closed)));
	await Promise.all(halves.map((one) => one.end()));
	assert.deepEqual(await daemon.wait("the end", () => daemon.exit, daemon.patience), clean, daemon.output);
	console.log(`# ended after ${Math.round(performance.now() - started)} ms`);
	deaf.drop();
	assert.match(daemon.output, /stopping\n.*stopped\n$/s);
	assert.doesNotMatch(daemon.output, /==\d+==|ERROR|<3>/);
	daemon.runner = [];
	await daemon.start();
	for (const one of talking) {
		assert.equal((await readRoom(daemon, one.name)).at(-1).body, `of ${one.name}`);
	}
	await daemon.stop();
	await daemon.destroy();
});

test("SIGTERM while everybody writes: what was acknowledged is on disk, and nothing else", async () => {
	const daemon = await newDaemon({ "talk.cap": 100 }).start();
	const visitors = crowd(daemon, "visitor", 8);
	const juniper = new Person(daemon, "juniper", cookies);
	const acknowledged = new Set();
	const progress = new Waiter();
	let opened = false;
	for (let round = 0; round < 5; round++) {
		await Promise.all([juniper, ...visitors].map((one) => one.arrive()));
		for (const one of visitors) {
			if (!opened) {
				await take(juniper, await one.start());
			}
		}
		opened = true;
		const before = acknowledged.size;
		const write = async (writer, room) => {
			for (let answer = {}; answer.type !== "lost"; ) {
				const id = newId();
				answer = await writer.ask(writer.say(room, `${id} ${round}`, { id }));
				assert.ok(["ok", "lost"].includes(answer.type) || answer.code === "draining", JSON.stringify(answer));
				if (answer.type === "ok") {
					acknowledged.add(id);
					progress.poke();
				}
			}
			assert.equal(await writer.closed(), 1001);
		};
		const writing = visitors.flatMap((one) => [write(one, one.room), write(one, one.room), write(juniper, one.room)]);
		await progress.wait("some answers", () => acknowledged.size >= before + 40 + round * 7);
		assert.deepEqual(await daemon.end("SIGTERM"), clean, daemon.output);
		await Promise.all(writing);
		await daemon.start();
	}
	const file = new Set();
	for (const one of visitors) {
		(await readRoom(daemon, one.name)).filter(({ type }) => type === "chat.posted").forEach(({ id }) => file.add(id));
	}
	assert.deepEqual([...file].sort(), [...acknowledged].sort());
	await daemon.stop();
	await daemon.destroy();
});

for (const [when, files] of [["what was accepted is written", ["hark.db-wal"]], ["the file is closed", ["hark.db"]]]) {
	test(`more signals while ${when}: harmless`, async () => {
		const daemon = newDaemon();
		const disk = new Disk(daemon, built);
		await daemon.start();
		const ada = new Person(daemon, "ada");
		await ada.arrive();
		await ada.start();
		disk.order("sync", Disk.WAIT, { files });
		const answer = ada.ask(ada.say(ada.room, "the last word"));
		if (files[0] === "hark.db-wal") {
			await disk.hit();
		} else {
			await answer;
		}
		daemon.process.kill("SIGTERM");
		await daemon.wait("stopping", () => daemon.output.includes("stopping"));
		await disk.hit();
		for (const name of ["SIGTERM", "SIGHUP", "SIGTERM", "SIGPIPE"]) {
			daemon.process.kill(name);
		}
		disk.release();
		assert.equal((await answer).type, "ok");
		assert.deepEqual(await daemon.wait("the end", () => daemon.exit), clean, daemon.output);
		daemon.environment = {};
		await daemon.start();
		assert.equal((await readRoom(daemon, "ada")).at(-1).body, "the last word");
		await daemon.stop();
		await daemon.destroy();
	});
}

test("SIGHUP: what can change does at once, what cannot is named, nothing else moves", async () => {
	const daemon = await newDaemon().start();
	const [ada, juniper] = ["ada", "juniper"].map((name) => new Person(daemon, name, cookies));
	await Promise.all([ada.arrive(), juniper.arrive()]);
	await take(juniper, await ada.start());
	const text = readFileSync(daemon.config, "utf8");
	const reload = async (more, ...sentences) => {
		daemon.output = "";
		writeFileSync(daemon.config, text + more);
		daemon.process.kill("SIGHUP");
		for (const one of sentences) {
			await daemon.wait(one, () => daemon.output.includes(one));
		}
		return daemon.output;
	};
	await reload("[talk]\ncap = 1\n[server]\nframe_ancestors = https://school.example\n[limits]\nfeed_frames = 8\n",
		'talk.cap is now "1"', 'server.frame_ancestors is now "https://school.example"',
		'limits.feed_frames stays "64": a restart is needed to change it', "configuration read again");
	const page = await fetchOnce(daemon.port, "GET", "/");
	assert.match(page.headers["content-security-policy"], /frame-ancestors https:\/\/school\.example(;|$)/);
	const grace = new Person(daemon, "grace");
	await grace.arrive();
	await grace.start();
	await juniper.refused({ type: "room.take", room: grace.room }, "at_cap");
	await reload("[talk]\ncap = none\n", 'talk.cap is "none", which is no whole number; nothing was changed');
	await juniper.refused({ type: "room.take", room: grace.room }, "at_cap");
	await reload("", 'talk.cap is now "3"', "configuration read again");
	await take(juniper, grace.room);
	for (let i = 0; i < 20; i++) {
		daemon.process.kill("SIGHUP");
		await ada.done(ada.say(ada.room, `message ${i}`));
	}
	await juniper.sees("chat.posted", { body: "message 19" });
	await daemon.stop();
	await daemon.destroy();
});

await runTests();
