// Chats that were left for later: more of them than may be in memory. Those in which nothing waits
// leave it, nobody is refused for their sake, and each is whole for the counselor who reads it and
// the student who comes back, also after a kill: node mailbox.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { Person, becomes } from "../fault/people.mjs";
import { School } from "./calling.mjs";
import { Ws, runTests, test } from "./client.mjs";
import { prepare, schema } from "./school.mjs";

const cookies = await prepare(process.argv[2]);

/* Lets everybody in whom the last quarter is not kept from: five, of eight. */
const atOnce = 5;
const open = () => new School({ "limits.rooms": 8, "talk.mailbox_rest": "100ms", "talk.unanswered": "1h" });

const inMemory = (school, count) => becomes(`${count} rooms in memory`, async () =>
	(await school.ask({ type: "status" })).rooms === count);

/* A student leaves something for a counselor, writes the four words down and closes the tab. */
async function leave(school, name, ...said) {
	const student = new Person(school.daemon, name);
	await student.arrive();
	const { room } = await student.done({ type: "room.start", topics: [], to: "counselor" });
	for (const body of said) {
		await student.done(student.say(room, body));
	}
	const { words } = await student.ask({ type: "codename.make", room });
	await student.done({ type: "token.forget" });
	student.leave();
	return { room, words };
}

async function comeBack(school, name, { room, words }) {
	const student = new Person(school.daemon, name);
	await student.arrive();
	assert.equal((await student.done({ type: "codename.open", words })).room, room);
	await student.until("all of the room", () => student.caughtUp.has(room));
	return student;
}

async function counselor(school) {
	const rivera = new Person(school.daemon, "rivera", cookies);
	await rivera.arrive();
	await rivera.until("all of the feed", () => rivera.caughtUp.has(undefined));
	return rivera;
}

const onWall = (person) => [...person.states.values()].filter(({ type }) => type === "state.wall").map(({ room }) => room);

test("more than fit, and none is refused; what waits stays, and all of them are there", async () => {
	const school = open();
	await school.start();
	const unanswered = await leave(school, "ada", "I don't know what to do.");
	const quiet = [];
	for (let round = 0; round < 2; round++) {
		for (let i = 1; i < atOnce; i++) {
			quiet.push(await leave(school, `student ${round} ${i}`));
		}
		await inMemory(school, 1);
	}
	for (const kill of [false, true]) {
		if (kill) {
			await school.daemon.end("SIGKILL");
			await school.start();
			await inMemory(school, 1);
		}
		const rivera = await counselor(school);
		await rivera.until("the wall", () => onWall(rivera).length > 0);
		assert.deepEqual(onWall(rivera), [unanswered.room]);
		const { rooms } = await rivera.ask({ type: "room.list", limit: 50 });
		assert.deepEqual(rooms.map(({ room }) => room).sort(), [unanswered, ...quiet].map(({ room }) => room).sort());
		rivera.leave();
	}
	await school.end();
});

test("answered, it rests; the student finds the answer, writes again, and is on the wall", async () => {
	const school = open();
	await school.start();
	const left = await leave(school, "ada", "Nobody eats with me.");
	let rivera = await counselor(school);
	const read = async () => {
		await rivera.done({ type: "room.open", room: left.room, after: 0 });
		await rivera.until("all of the room", () => rivera.caughtUp.has(left.room));
	};
	await read();
	await rivera.done({ type: "room.step_in", room: left.room, alone: false });
	await rivera.done(rivera.say(left.room, "Come and see me at noon."));
	await rivera.done({ type: "room.step_out", room: left.room });
	await rivera.done({ type: "room.close", room: left.room });
	await inMemory(school, 0);
	await school.daemon.end("SIGKILL");
	await school.start();
	await inMemory(school, 0);

	rivera = await counselor(school);
	await read();
	assert.deepEqual(rivera.said().filter(({ n }) => n !== undefined).map(({ body }) => body).slice(-2),
		["Nobody eats with me.", "Come and see me at noon."]);
	await rivera.done({ type: "room.close", room: left.room });
	await inMemory(school, 0);

	const ada = await comeBack(school, "ada again", left);
	assert.equal(ada.said().at(-1).body, "Come and see me at noon.");
	await ada.done(ada.say(left.room, "I will."));
	await rivera.sees("chat.posted", { room: left.room, body: "I will." });
	await rivera.until("it on the wall", () => onWall(rivera).includes(left.room));
	await inMemory(school, 1);
	ada.leave();
	rivera.leave();
	await school.end();
});

test("who floods takes no place from who comes from elsewhere", async () => {
	const school = open();
	await school.start();
	const ask = async (from, to) => {
		const ws = await Ws.open(school.daemon.port, {}, { from });
		const token = Buffer.from(`${from} ${Math.random()}`).toString("hex").padEnd(64, "0").slice(-64);
		ws.send(JSON.stringify({ ref: 1, type: "hello", page: "visitor", schema: schema.hash, token }));
		ws.send(JSON.stringify({ ref: 2, type: "room.start", topics: [], to }));
		return ws.wait("the answer", () => ws.frames.splice(0).filter(({ opcode }) => opcode === 1)
			.map(({ payload }) => JSON.parse(payload))
			.flatMap((one) => (one.type === "batch" ? one.events : [one])).find(({ ref }) => ref === 2));
	};
	for (let i = 0; i < 6; i++) {
		assert.equal((await ask("127.0.0.2", "counselor")).type, "ok");
	}
	assert.equal((await ask("127.0.0.2", "now")).code, "too_many");
	assert.equal((await ask("127.0.0.2", "counselor")).type, "ok");
	assert.equal((await ask("127.0.0.2", "counselor")).code, "too_many");
	/* Asked to do a sum first, as everybody would be by then, and not turned away. */
	assert.equal((await ask("127.0.0.3", "now")).code, "work_needed");
	await school.end();
});

await runTests();
