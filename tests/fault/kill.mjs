// kill -9 under load, again and again, the hark command beside it: node kill.mjs build/plain. TAP.
// HARK_KILLS: how often (20; in make soak 500, and each that the time does not suffice for is a
// failure); HARK_SEED: which course of events, as printed by an earlier run.
//
// Eight visitors and two supporters write as fast as they are answered, a counselor reads along.
// After each kill everybody comes back with what they have and sends again what was not answered.
// At the end what each of them was answered, and what anybody ever saw, is compared with the file.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Waiter, runTests, test } from "../wire/client.mjs";
import { newDaemon, prepare } from "../wire/school.mjs";
import { lines, long, randomFrom, say as sayFigures, seed, timeFor } from "./figures.mjs";
import { Person, newId, readFeed, readRoom, take } from "./people.mjs";

const built = process.argv[2];
const kills = Number(process.env.HARK_KILLS ?? (long ? 500 : 20));
const inFlight = 3; // of each writer
console.log(`# seed ${seed}, ${kills} kills`);

const random = randomFrom(seed);
const cookies = await prepare(built);
const daemon = newDaemon({ "talk.cap": 100, "limits.feed_frames": 16, "limits.oversight_frames": 64 });
const visitors = Array.from({ length: 8 }, (_, i) => new Person(daemon, `visitor ${i}`));
const supporters = ["juniper", "robin"].map((name) => new Person(daemon, name, cookies));
const overseer = new Person(daemon, "rivera", cookies);
const everybody = [overseer, ...supporters, ...visitors];
const rooms = new Map(); // room: { visitor, supporter }
const sent = new Map(); // id: { writer, message, answer }
let answered = 0, again = 0;
let done = 0;
const backAfter = []; // ms

/* ---- coming and coming back ---- */

function whoseRoom(person) {
	return [...rooms].filter(([, { visitor, supporter }]) => visitor === person || supporter === person)
		.map(([room]) => room);
}

/* The newest n up to which this person has all of a room: seen, or said and answered. */
function has(person, room) {
	const own = [...sent.values()].filter((one) => one.writer === person && one.message.room === room && one.answer);
	const seen = new Set([...person.events.filter((one) => one.room === room).map((one) => one.n),
		...own.map((one) => one.answer.n)]);
	let n = 0;
	while (seen.has(n + 1)) {
		n++;
	}
	return n;
}

async function comeBack(person) {
	if (person === overseer) {
		await person.arrive(person.events.at(-1)?.seq ?? 0);
		return;
	}
	const mine = whoseRoom(person);
	await person.arrive(person.role === "visitor" ? has(person, mine[0]) : undefined);
	for (const room of person.role === "supporter" ? mine : []) {
		await person.done({ type: "room.open", room, after: has(person, room) });
	}
	await person.until("all that was missed", () => mine.every((room) => person.caughtUp.has(room)));
}

/* ---- writing ---- */

/*
 * The daemon remembers the newest 256 ids of each side; of another one that comes again it does not
 * know. Who has caught up does: what was not among all that was missed is not in the room.
 */
function wasForgotten({ writer, message }) {
	const seen = new Set(writer.events.map((one) => one.id));
	const stored = [...sent].filter(([id, one]) => one.writer === writer && one.message.room === message.room &&
		(one.answer || seen.has(id)));
	/* Those that come again right now count too. */
	return stored.length > 256 - inFlight && !seen.has(message.id);
}

async function say(entry) {
	let answer = await entry.writer.ask(entry.message);
	if (answer.code === "stale_id" && wasForgotten(entry)) {
		answer = await entry.writer.ask({ ...entry.message, again: undefined });
	}
	entry.message = { ...entry.message, again: true };
	if (answer.type === "lost") {
		return false;
	}
	assert.equal(answer.type, "ok", JSON.stringify(answer));
	entry.answer = answer;
	answered++;
	round.poke();
	return true;
}

async function write(writer, room) {
	let number = 0;
	let going = true;
	while (going && !round.over) {
		const id = newId();
		const body = `${writer.name} ${++number} ${"x".repeat(random(300))}`;
		sent.set(id, { writer, message: writer.say(room, body, { id }) });
		going = await say(sent.get(id));
	}
}

function writeAll() {
	const all = [];
	for (const [room, { visitor, supporter }] of rooms) {
		for (let i = 0; i < inFlight; i++) {
			all.push(write(visitor, room), write(supporter, room));
		}
	}
	return Promise.all(all);
}

async function sendAgain() {
	const open = [...sent.values()].filter((one) => !one.answer);
	again += open.length;
	const done = await Promise.all(open.map(say));
	assert.ok(done.every(Boolean), "killed by nobody");
}

/* ---- beside it ---- */

const copies = [];
let word = null; // the school's name as last set with success

const commands = [
	() => ["status"],
	() => ["setting", "set", "school", `School ${random(1000000)}`],
	() => ["backup", join(daemon.directory, `copy-${copies.length}-${random(1000000)}.db`)],
	() => ["account", "list"],
	() => ["shift", "add", "sage", "sat", "10:00-11:00"],
	() => ["verify"],
	() => ["audit", "list"],
];
let commandsRun = 0;
const succeeded = {}; // how often each of them

/* Gives the command's words, with how it ended. */
async function beside(words) {
	const { code, signal, stderr } = await hark(words);
	if (words[0] === "setting") {
		/* Cut off, it may have been done or not. */
		word = code === 0 ? [words[3]] : word && [...word, words[3]];
	} else if (words[0] === "backup" && code === 0) {
		copies.push(words[1]);
	}
	commandsRun++;
	succeeded[words[0]] = (succeeded[words[0]] ?? 0) + (code === 0);
	return { code, how: `hark ${words.join(" ")}: ${signal ?? `exit ${code}`}: ${stderr}` };
}

/* ---- a round ---- */

const round = Object.assign(new Waiter(), { over: false });

/* All commands in turn. In every eighth turn they come to their end before the kill, and well. */
async function killOnce(i) {
	const uncut = Math.floor((i - 1) / commands.length) % 8 === 0;
	round.over = false;
	const until = answered + 20 + random(200);
	const writing = writeAll();
	const command = beside(commands[(i - 1) % commands.length]());
	await round.wait("enough answers", () => answered >= until);
	if (uncut) {
		await command;
	}
	/* Anywhere between two answers. */
	await new Promise((resolve) => setTimeout(resolve, random(4)));
	round.over = true;
	daemon.process.kill("SIGKILL");
	await daemon.wait("the daemon's end", () => daemon.exit);
	await writing;
	const { code, how } = await command;
	const started = performance.now();
	await daemon.start();
	backAfter.push(performance.now() - started);
	done++;
	await Promise.all(everybody.map(comeBack));
	await sendAgain();
	assert.ok(code === 0 || (code === 1 && !uncut), how); /* 2: not sound */
}

test("people arrive and are paired", async () => {
	await daemon.start();
	await Promise.all(everybody.map((one) => one.arrive(one === overseer ? 0 : undefined)));
	for (const [i, visitor] of visitors.entries()) {
		const room = await visitor.start();
		rooms.set(room, { visitor, supporter: supporters[i % 2] });
		await take(supporters[i % 2], room);
	}
});

for (let i = 1; i <= kills; i++) {
	test(`kill ${i}: everybody is back, and what was not answered is`, async () => {
		if (long && !timeFor(10)) {
			throw "no time is left for it"; /* without a stack: there may be hundreds */
		}
		await killOnce(i);
	});
}

test("each hark command came to a good end beside it", () => {
	console.log(`# good ends: ${lines(succeeded).join(", ")}`);
	const kinds = commands.slice(0, kills).map((words) => words()[0]);
	assert.deepEqual(kinds.filter((name) => !(succeeded[name] > 0)), []);
});

/* ---- what is in the file ---- */

let feed;
test("the feed is whole and in order, and so is each room in it", async () => {
	feed = await readFeed(daemon, cookies);
	for (const room of rooms.keys()) {
		const numbers = feed.filter((one) => one.room === room && one.n !== undefined).map((one) => one.n);
		assert.deepEqual(numbers, numbers.map((_, at) => at + 1));
	}
});

test("each acknowledged message is there, once, as it was acknowledged", async () => {
	const files = new Map();
	for (const [room, { visitor }] of rooms) {
		files.set(room, (await readRoom(daemon, visitor.name)).filter((one) => one.type === "chat.posted"));
	}
	const posted = [...files.values()].flat();
	const ids = new Set(posted.map((one) => one.id));
	const missing = [...sent.values()].filter(({ message, answer }) => answer && !ids.has(message.id));
	backAfter.sort((a, b) => a - b);
	sayFigures("kill -9 under load",
		{ kills: [done, kills], messages: posted.length, "sent again": again, "hark commands": commandsRun },
		{ "acknowledged messages": missing.length, "doubled messages": posted.length - ids.size }, {
			"ms until the service is back, median": Math.round(backAfter[backAfter.length >> 1]),
			"ms at most": Math.round(backAfter.at(-1)),
			"times 1 s or longer": backAfter.filter((ms) => ms >= 1000).length,
		});
	assert.equal(missing.length, 0, "acknowledged and lost");
	assert.equal(ids.size, posted.length, "said twice");
	for (const [room, file] of files) {
		for (const one of file) {
			const { message, answer } = sent.get(one.id);
			assert.deepEqual([one.room, one.n, one.at_ms, one.body], [room, answer.n, answer.at_ms, message.body]);
		}
	}
	assert.equal(posted.length, sent.size);
	/* Promised is one second on a machine that is not busy with other things. */
	assert.ok(backAfter[backAfter.length >> 1] < (long ? 1000 : 10000), "slow to come back");
});

test("nobody ever saw what is not in the file, or otherwise", () => {
	const file = new Map(feed.map((one) => [`${one.room} ${one.n}`, one]));
	for (const person of everybody) {
		for (const { replay, seq, ...seen } of person.events.filter((one) => one.n !== undefined)) {
			const { replay: _, seq: there, ...kept } = file.get(`${seen.room} ${seen.n}`);
			assert.deepEqual(seen, kept, person.name);
			assert.ok(seq === undefined || seq === there);
		}
	}
});

test("nobody saw anything twice, out of order, or not at all", () => {
	const numbers = overseer.events.map((one) => one.seq);
	assert.deepEqual(numbers, feed.map((one) => one.seq));
	for (const person of [...supporters, ...visitors]) {
		for (const room of whoseRoom(person)) {
			const seen = person.events.filter((one) => one.room === room).map((one) => one.n);
			assert.deepEqual(seen, [...seen].sort((a, b) => a - b), "out of order");
			assert.equal(new Set(seen).size, seen.length, "twice");
			const newest = feed.filter((one) => one.room === room).at(-1).n;
			assert.equal(has(person, room), newest, "not all");
		}
	}
});

test("what the hark command said was so is so", async () => {
	if (word) {
		const { stdout } = await hark(["setting", "get", "school"]);
		assert.ok(word.includes(stdout.trim()), `${stdout} is none of ${word}`);
	}
	for (const copy of copies) {
		const other = join(daemon.directory, "other");
		mkdirSync(other, { mode: 0o700 });
		copyFileSync(copy, join(other, "hark.db"));
		copyFileSync(join(daemon.directory, "data", "hark.key"), join(other, "hark.key"));
		const { code, stdout } = await hark([`--storage.data_dir=${other}`, "account", "list"]);
		assert.equal(code, 0);
		assert.match(stdout, /juniper +Juniper/);
		rmSync(other, { recursive: true });
	}
	console.log(`# ${copies.length} copies, each whole`);
});

test("nothing but the file is left behind, and it ends well", async () => {
	await daemon.stop();
	const left = readdirSync(join(daemon.directory, "data")).sort();
	assert.deepEqual(left, ["hark.db", "hark.key", "hark.lock"]);
	assert.ok(!existsSync(join(daemon.directory, "data", "control")));
	await daemon.destroy();
});

function hark(words) {
	const child = spawn(join(built, "hark"), ["--config", daemon.config, ...words]);
	let stdout = "";
	let stderr = "";
	child.stdout.on("data", (bytes) => (stdout += bytes));
	child.stderr.on("data", (bytes) => (stderr += bytes));
	return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })));
}

await runTests();
