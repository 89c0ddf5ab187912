// Every request that writes, asked while the file takes no writes, in both ways that can happen: it
// was accepted and then could not be written, or it is asked when that is known already. Each is
// refused as unavailable, nothing of it is told to anybody, and the same request is done when the
// disk is back: node unwritable.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { fetchOnce, runTests, test } from "../wire/client.mjs";
import { newDaemon, password, prepare } from "../wire/school.mjs";
import { Disk, Operator, Person, becomes, newId, readFeed, take } from "./people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const reason = "A reason of more than ten letters.";

/* A school in which everything is under way that a request may be about. */
async function open() {
	const daemon = newDaemon({});
	const disk = new Disk(daemon, built);
	await daemon.start();
	const people = {};
	for (const name of ["rivera", "okafor", "chen", "juniper", "robin", "ada", "grace", "finn", "june"]) {
		people[name] = new Person(daemon, name, cookies);
		await people[name].arrive();
	}
	people.operator = new Operator(daemon);
	const { grace, finn, juniper, robin, rivera, chen } = people;
	const rooms = {};
	for (const [name, supporter] of [["ada", juniper], ["finn", robin]]) {
		rooms[name] = await people[name].start();
		await take(supporter, rooms[name]);
		await people[name].done(people[name].say(rooms[name], "before"));
	}
	rooms.grace = await grace.start();
	const { case_id: file } = await rivera.ask({ type: "case.open", room: rooms.ada, title: "A case" });
	await juniper.done({ type: "escalation.raise", room: rooms.ada, id: newId(), reason: "hurt" });
	const { escalation: call } = await rivera.sees("escalation.raised");
	const { words } = await finn.ask({ type: "codename.make", room: rooms.finn });
	await chen.done({ type: "phrase.put", language: "en", severity: "low", category: "A", text: "a word", match: "word" });
	await rivera.ask({ type: "identity.ask", room: rooms.finn, why: "self", reason, password: password("rivera") });
	const { secret } = await people.operator.ask({ type: "account.add", login: "sol", alias: "Sol", role: "supporter" });
	return { daemon, disk, people, rooms, file, call, words, secret };
}

/* By who asks. Each is one that writes, even if only that somebody has looked. */
function requests({ rooms, file, call, words, secret }) {
	const { ada, grace, finn } = rooms;
	return {
		ada: [
			{ type: "chat.send", room: ada, id: newId(), body: "hello" },
			{ type: "codename.make", room: ada },
			{ type: "escalation.raise", room: ada, id: newId(), reason: "need" },
		],
		grace: [{ type: "room.mailbox", room: grace, to: "peer" }, { type: "room.end", room: grace }],
		june: [
			{ type: "room.start", topics: [], to: "now" },
			{ type: "codename.open", words },
			{ type: "token.forget" },
		],
		juniper: [
			{ type: "chat.send", room: ada, id: newId(), body: "hello" },
			{ type: "room.release", room: ada },
			{ type: "staff.sign_out_all" },
		],
		robin: [{ type: "staff.password", old: password("robin"), new: "another password" }],
		rivera: [
			{ type: "case.open", room: finn },
			{ type: "case.get", case_id: file },
			{ type: "case.change", case_id: file, title: "Another" },
			{ type: "case.step", case_id: file, text: "A step", state: "todo" },
			{ type: "case.note", case_id: file, id: newId(), body: "noted" },
			{ type: "note.send", room: finn, id: newId(), body: "told" },
			{ type: "room.step_in", room: ada, alone: false },
			{ type: "room.open", room: finn, after: 0 },
			{ type: "room.history", room: ada, before: 3, limit: 2 },
			{ type: "search", words: "before", limit: 5 },
			{ type: "room.list", limit: 5 },
			{ type: "duty.set", on: true },
			{ type: "escalation.open", escalation: call },
			{ type: "escalation.take", escalation: call },
			{ type: "account.reach", mail: "rivera@hill.example" },
			{ type: "identity.ask", room: ada, why: "self", reason, password: password("rivera") },
		],
		chen: [
			{ type: "phrase.put", language: "en", severity: "low", category: "B", text: "words", match: "word" },
			{ type: "phrase.remove", phrase: 1 },
			{ type: "setting.set", key: "school", value: "Hill" },
		],
		operator: [
			{ type: "account.add", login: "new", alias: "New", role: "supporter" },
			{ type: "account.disable", login: "sage", disabled: true },
			{ type: "account.reset", login: "robin" },
			{ type: "shift.add", login: "sage", weekday: 1, from_min: 0, until_min: 60 },
			{ type: "shift.remove", shift: 1 },
			{ type: "setting.set", key: "school", value: "Hill" },
			{ type: "account.reach", login: "okafor", mail: "o@hill.example" },
			{ type: "escrow.recovery" },
			{ type: "escrow.drill", login: "rivera", password: password("rivera") },
		],
		posts: [
			["/login", { type: "sign.in", login: "okafor", password: password("okafor") }],
			["/export", { type: "export", reason, format: "csv", room: ada }, "rivera"],
			["/enrol", { type: "sign.enrol", secret, password: "a first password" }],
		],
	};
}

/* All at once. What each was answered: its code, or that it is done. */
async function askAll({ daemon, people }, { posts, ...all }) {
	const said = Object.entries(all).flatMap(([name, list]) => list.map(async (one) => {
		const answer = await people[name].ask(one);
		return [`${name}: ${one.type}`, answer.type === "error" ? answer.code : "done"];
	}));
	const posted = posts.map(async ([path, message, name]) => {
		const { status, code } = await daemon.post(path, message, cookies[name]);
		return [path, status < 300 ? "done" : code];
	});
	return Promise.all([...said, ...posted]);
}

/* The disk holds a message of finn's up from now on. Its answer, once there is one. */
async function hold({ disk, people: { finn }, rooms }) {
	disk.order("sync", Disk.WAIT);
	const answer = finn.ask(finn.say(rooms.finn, "held"));
	await disk.hit();
	return () => answer;
}

test("every request that writes, when its writing fails and when it is known to", async () => {
	const school = await open();
	const { daemon, disk, people } = school;
	/* Behind one that is held up, all are taken in and wait; then the disk fails. */
	const first = await hold(school);
	const held = askAll(school, requests(school));
	await Promise.all(Object.values(people).filter((one) => one.socket).map((one) => one.done({ type: "ping" })));
	disk.order("sync", Disk.EIO);
	assert.equal((await first()).type, "ok");
	for (const [what, code] of await held) {
		assert.equal(code, "unavailable", what);
	}
	for (const [what, code] of await askAll(school, requests(school))) {
		assert.equal(code, "unavailable", what);
	}
	disk.release();
	await becomes("writing again", async () => (await fetchOnce(daemon.port, "GET", "/readyz")).status === 200);
	for (const [what, code] of await askAll(school, requests(school))) {
		assert.equal(code, "done", what);
	}
	await daemon.end("SIGTERM");
	daemon.environment = {};
	await daemon.start();
	await readFeed(daemon, cookies);
	await daemon.stop();
});

/* Done or not, there is nobody left to hear of it; and the next who ask find everything in order. */
for (const [what, error] of [["is done", undefined], ["fails", Disk.EIO]]) {
	test(`who asked is gone when it ${what}`, async () => {
		const school = await open();
		const { daemon, disk, people } = school;
		const { posts, ...all } = requests(school);
		await hold(school);
		for (const [name, list] of Object.entries(all)) {
			if (people[name].socket) {
				list.forEach((one) => people[name].socket.send(JSON.stringify({ ref: 900, ...one })));
			}
		}
		for (const one of Object.values(people).filter(({ socket }) => socket)) {
			one.socket.send(JSON.stringify({ type: "ping", ref: 901 }));
			one.leave();
		}
		const connections = async () => (await people.operator.ask({ type: "status" })).connections;
		await becomes("everybody gone", async () => (await connections()) <= 1);
		if (error) {
			disk.order("sync", error);
			await disk.hit();
		}
		disk.release();
		await becomes("writing again", async () => (await fetchOnce(daemon.port, "GET", "/readyz")).status === 200);
		const ada = new Person(daemon, "ada");
		await ada.arrive(0);
		await ada.done(ada.say(school.rooms.ada, "back"));
		await daemon.end("SIGTERM");
		daemon.environment = {};
		await daemon.start();
		await readFeed(daemon, cookies);
		await daemon.stop();
	});
}

/* What is in a cache is given; what is not is said to be out of reach, and nobody waits for ever. */
test("every request that reads, while nothing can be read", async () => {
	const school = await open();
	const { daemon, people, rooms, file } = school;
	await daemon.end("SIGTERM");
	await daemon.start();
	const { rivera, ada, operator } = people;
	await rivera.arrive();
	await ada.arrive();
	school.disk.order("read", Disk.EIO, { files: ["hark.db", "hark.db-wal"] });
	const asked = [
		[rivera, { type: "case.get", case_id: file }],
		[rivera, { type: "case.list" }],
		[rivera, { type: "room.history", room: rooms.finn, before: 3, limit: 2 }],
		[rivera, { type: "room.open", room: rooms.finn, after: 0 }],
		[rivera, { type: "room.marks", room: rooms.ada }],
		[rivera, { type: "identity.status", room: rooms.finn }],
		[rivera, { type: "search", words: "before", limit: 5 }],
		[rivera, { type: "room.list", limit: 5 }],
		[rivera, { type: "audit.list", limit: 5 }],
		[rivera, { type: "escalation.open", escalation: school.call }],
		[rivera, { type: "identity.ask", room: rooms.finn, why: "self", reason, password: password("rivera") }],
		[ada, { type: "room.history", room: rooms.ada, before: 3, limit: 2 }],
		[operator, { type: "account.list" }],
		[operator, { type: "escrow.status" }],
		[operator, { type: "setting.get" }],
	];
	const answers = await Promise.all(asked.map(async ([who, one]) => [one.type, await who.ask(one)]));
	answers.forEach(([type, answer]) => assert.ok([undefined, "unavailable"].includes(answer.code), `${type}: ${answer.code}`));
	assert.ok(answers.some(([, answer]) => answer.code === "unavailable"));
	school.disk.release();
	await becomes("reading and writing again", async () => (await fetchOnce(daemon.port, "GET", "/readyz")).status === 200);
	for (const [who, one] of asked) {
		const answer = await who.ask(one);
		assert.equal(answer.code, undefined, `${one.type}: ${JSON.stringify(answer)}`);
	}
	await daemon.stop();
});

await runTests();
