// Hostile clients beside good ones: node hostile.mjs build/plain. TAP. The long way as a part of
// make soak (HARK_SOAK_SECONDS).
//
// Five hundred that are half open, trickle, or never read, while a student connects and talks; one
// that floods while others talk; those that take place after place; an overseer who stands still
// while much is said. What must hold: everybody else's messages all arrive and are acknowledged, and
// the daemon's memory is bounded.
// How long it took, with and without them, is printed and asserted nowhere.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { Raw, Ws, closePayload, frame, request, runTests, test, upgradeHeaders } from "../wire/client.mjs";
import { newDaemon, prepare, schema } from "../wire/school.mjs";
import { long, say } from "./figures.mjs";
import { Person, becomes, newId, readRoom, take } from "./people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const instrumented = readFileSync(`${built}/harkd`).includes("__asan_init");

const MiB = 1024 * 1024;

function rss(daemon) {
	return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${daemon.process.pid}/status`, "utf8"))[1]) / 1024;
}

/* The instrumented allocator keeps what is freed: its size says nothing. */
function bounded(daemon, before, most, what) {
	const now = rss(daemon);
	measured[`MiB more (aim under ${most}), ${what}`] = Math.round(now - before);
	console.log(`# ${what}: RSS ${before.toFixed(0)} MiB before, ${now.toFixed(0)} after`);
	assert.ok(instrumented || now - before < most, `${what}: grew by ${(now - before).toFixed(0)} MiB`);
}

async function timed(run) {
	const begin = performance.now();
	await run();
	return performance.now() - begin;
}

/* What make soak shows. */
const tried = {}, measured = {};

/* Of the words of those who do no harm: sent, and come where they should. */
const words = { said: 0, arrived: 0 };

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const show = (list) => `median ${median(list).toFixed(1)} ms, worst ${Math.max(...list).toFixed(1)} ms of ${list.length}`;

/* Connects, opens a chat, is taken, and talks; every word must be answered and arrive. */
async function talk(daemon, name, howMany) {
	const visitor = new Person(daemon, name);
	const supporter = new Person(daemon, "juniper", cookies);
	const connected = await timed(() => visitor.arrive());
	await supporter.arrive();
	const room = await visitor.start();
	await take(supporter, room);
	const times = [];
	for (let i = 0; i < howMany; i++) {
		const body = `${name}'s word ${i}`;
		words.said++;
		times.push(await timed(async () => {
			await visitor.done(visitor.say(room, body));
			await supporter.sees("chat.posted", { room, body });
		}));
		words.arrived++;
	}
	await visitor.done({ type: "room.end", room });
	visitor.leave();
	supporter.leave();
	return { connected, times };
}

/* ---- slow ones ---- */

const json = { Origin: "http://127.0.0.1", "Content-Type": "application/json" };
const upgrade = () => request("GET", "/ws", upgradeHeaders());
const hello = (token) => frame("text", JSON.stringify({ type: "hello", page: "visitor", schema: schema.hash, token }));

const pings = Buffer.concat(Array.from({ length: 500 }, (_, i) => frame("text", JSON.stringify({ type: "ping", ref: i }))));
const half = frame("text", "{", { length: 4000n });

/* Each says something first, after a handshake where it has `ws`; those with a drip go on with it, a
 * byte at a time; deaf ones do not read. */
const kinds = [
	{ share: 150, first: () => "GET /ws HTTP/1.1\r\nHost: 127" },
	{ share: 50, first: () => "GET / HTTP/1.1\r\nX: ", drip: "x" },
	{ share: 50, first: () => request("POST", "/login", { ...json, "Content-Length": "4000" }, "{"), drip: " " },
	{ share: 50, ws: true, first: () => half, drip: "x" },
	{ share: 50, ws: true, first: () => Buffer.concat([hello(newId() + newId()), frame("text", "{", { fin: false })]) },
	{ share: 50, first: () => request("GET", "/").repeat(20), deaf: true },
	{ share: 100, ws: true, first: () => Buffer.concat([hello(newId() + newId()), pings]), deaf: true },
];

class Slow {
	#open = new Set();
	#stopped = false;
	ended = 0; // by the daemon

	constructor(port) {
		this.port = port;
	}

	async #one(kind) {
		const raw = await Raw.open(this.port);
		const entry = { raw, kind };
		this.#open.add(entry);
		if (kind.ws) {
			raw.send(upgrade());
			await raw.answer();
		}
		if (kind.deaf) {
			raw.socket.pause();
		}
		raw.send(kind.first());
		raw.end().catch(() => {}).then(() => {
			this.#open.delete(entry);
			raw.drop();
			this.ended++;
			/* It comes back at once. */
			return this.#stopped ? null : this.#one(kind).catch(() => {});
		});
	}

	async start() {
		await Promise.all(kinds.flatMap((kind) => Array.from({ length: kind.share }, () => this.#one(kind))));
		this.timer = setInterval(() => {
			for (const { raw, kind } of this.#open) {
				if (kind.drip) {
					raw.send(kind.drip);
				}
			}
		}, 250);
	}

	get count() {
		return this.#open.size;
	}

	stop() {
		this.#stopped = true;
		clearInterval(this.timer);
		this.#open.forEach(({ raw }) => raw.drop());
	}
}

/* While a daemon of its own lives. */
async function within(options, run) {
	const daemon = await newDaemon(options).start();
	try {
		await run(daemon);
		await daemon.stop();
	} finally {
		await daemon.destroy();
	}
}

test("five hundred half-open, trickling and never-reading clients beside a student", () => within({}, async (daemon) => {
	const alone = await talk(daemon, "ada", 20);
	const before = rss(daemon);
	const slow = new Slow(daemon.port);
	await slow.start();
	const beside = await talk(daemon, "bo", long ? 2000 : 20);
	const held = slow.count;
	bounded(daemon, before, 64, `${held} slow clients`);
	slow.stop();
	console.log(`# connected in ${alone.connected.toFixed(1)} ms alone, ${beside.connected.toFixed(1)} ms beside them`);
	console.log(`# said and heard: alone ${show(alone.times)}; beside them ${show(beside.times)}`);
	tried["slow clients"] = held + slow.ended;
	measured["ms to connect beside them (aim under 100)"] = Math.round(beside.connected);
	measured["ms said and heard alone, beside them"] = [alone, beside].map(({ times }) => median(times).toFixed(1)).join(", ");
	assert.ok(held >= 400, `${held} were there all the time`);
	const after = await talk(daemon, "cy", 5);
	console.log(`# and after them ${show(after.times)}`);
}));

/* ---- who takes all places ---- */

/* Polls that are answered at once, each in a session of its own, one after the other over one
 * connection; some say hello. */
class Polls {
	count = 0;
	refused = 0;
	#stopped = false;

	async start(port) {
		this.raw = await Raw.open(port);
		this.going = this.#go();
	}

	async #go() {
		while (!this.#stopped && !this.raw.ended) {
			const key = newId() + newId();
			this.raw.send(request("GET", "/events", { Authorization: `Hark ${key}`, Prefer: "wait=0" }));
			this.refused += (await this.raw.answer()).body.includes("1013");
			if (++this.count % 4 === 0) {
				const body = JSON.stringify({ type: "hello", page: "visitor", schema: schema.hash, token: newId() + newId() });
				this.raw.send(request("POST", "/send", { ...json, Authorization: `Hark ${key}`, "Content-Length": body.length }, body));
				await this.raw.answer();
			}
			this.raw.poke();
		}
	}

	until(count) {
		return this.raw.wait(`${count} polls`, () => this.count >= count, 60000);
	}

	async stop() {
		this.#stopped = true;
		await this.going;
		this.raw.drop();
	}
}

/* What a counselor needs of the daemon. */
async function overlook(daemon, name) {
	const one = new Person(daemon, name, cookies);
	await one.arrive();
	await one.done({ type: "ping" });
	one.leave();
}

const PLACES = 400, STAFF = 50; // an eighth

test("sessions without anybody in them, one after the other, keep nobody out", () => within({ "limits.connections": PLACES }, async (daemon) => {
	await talk(daemon, "dee", 1);
	const before = rss(daemon);
	const polls = new Polls();
	await polls.start(daemon.port);
	await polls.until(2 * PLACES);
	await overlook(daemon, "rivera");
	const { times } = await talk(daemon, "eli", 20);
	const wanted = polls.count + PLACES;
	await polls.until(wanted);
	await overlook(daemon, "rivera");
	await polls.stop();
	console.log(`# said and heard beside ${polls.count} of them: ${show(times)}`);
	tried["sessions of one client that nobody reads"] = polls.count;
	assert.equal(polls.refused, 0, "each made place for the next");
	bounded(daemon, before, 32, `${polls.count} sessions that nobody reads`);
}));

const ALL = PLACES - STAFF;

test("a crowd without a hello keeps no student out, and no counselor", () => within({ "limits.connections": PLACES }, async (daemon) => {
	const silent = await Promise.all(Array.from({ length: 2 * ALL }, () => Ws.open(daemon.port)));
	await talk(daemon, "fay", 3);
	await overlook(daemon, "rivera");
	tried["sockets without a hello"] = silent.length;
	silent.forEach((ws) => ws.drop());
}));

test("a crowd that says hello and no more keeps no student out, and no counselor", () => within({ "limits.connections": PLACES }, async (daemon) => {
	const crowd = [];
	const comes = async (howMany) => {
		for (let i = 0; i < howMany; i++) {
			const one = await Ws.open(daemon.port);
			assert.match(await one.ask(hello(newId() + newId())), /"welcome"/);
			crowd.push(one);
		}
	};
	await comes(ALL);
	const gil = new Person(daemon, "gil");
	await gil.arrive();
	const room = await gil.start();
	await comes(2 * ALL);
	await talk(daemon, "hal", 3);
	await overlook(daemon, "rivera");
	assert.equal(gil.socket.closed, undefined, "a chat stays");
	await gil.done(gil.say(room, "still here"));
	tried["sockets with a hello alone"] = crowd.length;
	crowd.forEach((ws) => ws.drop());
}));

test("nobody gives way when each place is somebody's chat; counselors come in all the same", () => within({ "limits.connections": PLACES }, async (daemon) => {
	const person = (name) => new Person(daemon, name);
	for (let i = 0; i < ALL; i++) {
		await person(`who says hello ${i}`).arrive();
	}
	const crowd = [];
	while (crowd.length < ALL) {
		const one = person(`who has a chat ${crowd.length}`);
		await one.arrive();
		await one.start();
		crowd.push(one);
	}
	await assert.rejects(person("ida").arrive(), /503/);
	await overlook(daemon, "rivera");
	await overlook(daemon, "chen");
	crowd.forEach((one) => assert.equal(one.socket.closed, undefined, one.name));
	tried["chats that took all places"] = crowd.length;
	crowd[0].leave();
	await becomes("a place for a student", () => person("ida").arrive().catch(() => null));
}));

test("who opens chats on many sockets keeps no student out, and the newest of each", () => within({ "limits.connections": PLACES }, async (daemon) => {
	const CHATS = 6, EACH = 64, KEPT = 4; // more than ALL in all; KEPT: ROOM_PLACES
	const sockets = [];
	for (let chat = 0; chat < CHATS; chat++) {
		for (let i = 0; i < EACH; i++) {
			const one = new Person(daemon, `many ${chat}`);
			await one.arrive();
			await (i === 0 ? one.start() : one.until("the chat", () => one.caughtUp.size > 0));
			sockets.push(one);
		}
	}
	assert.ok(sockets.filter((one) => one.socket.closed === undefined).length <= ALL);
	await talk(daemon, "jo", 3);
	await overlook(daemon, "rivera");
	for (const [at, one] of sockets.entries()) {
		if (at % EACH >= EACH - KEPT) {
			await one.done({ type: "ping" });
		}
	}
	tried["sockets of a few chats"] = sockets.length;
	sockets.forEach((one) => one.leave());
}));

/* ---- a flood ---- */

const limits = { "limits.credits": 400, "limits.credits_per_s": 100 };
const COST = schema.requests["chat.send"].credits;

/* In a thread of its own, so that what it costs to flood is not taken for what it costs others. */
async function flooding(port) {
	const worker = new Worker(new URL("flood.mjs", import.meta.url), { workerData: { port } });
	const said = [];
	worker.on("message", (message) => said.push(message));
	const hear = async () => said.shift() ?? (await once(worker, "message"), said.shift());
	assert.equal(await hear(), "ready");
	const ask = (message) => {
		worker.postMessage(message);
		return hear();
	};
	return { start: () => ask("start"), pause: () => ask("pause"), stop: (least) => ask({ least }) };
}

function students(daemon, name, howMany) {
	return Promise.all(Array.from({ length: howMany }, async (_, i) => {
		const one = new Person(daemon, `${name}${i}`);
		await one.arrive();
		await one.start();
		return one;
	}));
}

/* They talk at once; each says some words, one after the other. */
async function others(people, howMany) {
	const times = [];
	await Promise.all(people.map(async (one) => {
		for (let i = 0; i < howMany; i++) {
			words.said++;
			times.push(await timed(() => one.done(one.say(one.room, `word ${i}`))));
		}
	}));
	return times;
}

const PAIRS = long ? 40 : 8, HALF = 15; // words of each, who is within the limit with them

test("a flood of 1,000 messages a second is held to its limit while others talk", () => within(limits, async (daemon) => {
	const flooder = await flooding(daemon.port);
	const before = rss(daemon);
	/* The one and the other by turns, each first in every second pair: what changes with time is
	 * not taken for the flood's doing. */
	const all = [], alone = [], beside = [], ratios = [];
	for (let pair = 0; pair < PAIRS; pair++) {
		const people = await students(daemon, `student ${pair}.`, 10);
		all.push(...people);
		const times = {};
		for (const flooded of pair % 2 === 0 ? [false, true] : [true, false]) {
			await (flooded ? flooder.start() : flooder.pause());
			times[flooded] = await others(people, HALF);
		}
		alone.push(...times.false);
		beside.push(...times.true);
		ratios.push(median(times.true) / median(times.false));
	}
	await flooder.start();
	const flood = await flooder.stop(long ? 30000 : 3000);
	const most = (Number(limits["limits.credits"]) + limits["limits.credits_per_s"] * flood.seconds) / COST;
	console.log(`# ${flood.sent} sent in ${flood.seconds.toFixed(1)} s, ${flood.accepted} taken of ${most.toFixed(0)} allowed, refused:`,
		JSON.stringify(flood.refused), flood.closed ? `closed with ${flood.closed}` : "");
	console.log(`# others: alone ${show(alone)}; beside it ${show(beside)}; pair by pair ${ratios.map((one) => one.toFixed(2)).join(" ")}`);
	tried["messages of a flood"] = flood.sent;
	measured["times as long an answer beside a flood (aim under 1.10)"] = Number(median(ratios).toFixed(2));
	assert.ok(flood.accepted <= most + 1, "held to its limit");
	assert.ok(flood.refused.too_fast > 0 || flood.closed !== undefined, "and told so");
	bounded(daemon, before, 32, "a flood");
	for (const one of all) {
		one.leave();
		const said = (await readRoom(daemon, one.name)).filter(({ type }) => type === "chat.posted").map(({ body }) => body);
		const wanted = Array.from({ length: 2 * HALF }, (_, i) => `word ${i % HALF}`);
		words.arrived += said.length;
		assert.deepEqual(said, wanted, `${one.name}'s own words, all of them, in order`);
	}
}));

/* ---- an overseer who stands still ---- */

test("an overseer stands still while much is said, then sees it all", () => within({}, async (daemon) => {
	const body = "\u6c34".repeat(4000); // 12,000 bytes
	const messages = Math.ceil(((long ? 32 : 4) * MiB) / Buffer.byteLength(body));
	const talkers = await students(daemon, "student ", 8);
	const few = 20, all = messages + 2 * few * talkers.length;
	const alone = await others(talkers, few);
	const stalled = await Ws.open(daemon.port, { Cookie: `hark=${cookies.rivera}` });
	stalled.send(JSON.stringify({ type: "hello", ref: 1, page: "oversight", schema: schema.hash, after: 0 }));
	await stalled.wait("the stalled overseer's welcome", () => stalled.frames.some(({ payload }) => payload.includes("welcome")));
	stalled.raw.socket.pause();
	const before = rss(daemon);
	const times = [];
	await Promise.all(talkers.map(async (one, at) => {
		for (let i = at; i < messages; i += talkers.length) {
			words.said++;
			await one.done(one.say(one.room, body));
			times.push(await timed(() => one.done({ type: "ping" })));
		}
	}));
	const beside = await others(talkers, few);
	bounded(daemon, before, long ? 96 : 48, `${messages} messages, ${((messages * Buffer.byteLength(body)) / MiB).toFixed(0)} MiB, past one who stands still`);
	console.log(`# others: alone ${show(alone)}; beside it ${show(beside)}; pings meanwhile ${show(times)}`);
	tried["messages past one who stands still"] = messages;
	measured["ms an answer alone, beside it"] = [alone, beside].map((times) => median(times).toFixed(1)).join(", ");
	stalled.raw.socket.resume();
	const seen = new Set();
	await stalled.wait("all that was said", () => {
		for (const { opcode, payload } of stalled.frames.splice(0)) {
			const message = opcode === 1 ? JSON.parse(payload) : {};
			for (const one of message.type === "batch" ? message.events : [message]) {
				if (one.type === "chat.posted" && !seen.has(one.seq)) {
					seen.add(one.seq);
					words.arrived++;
				}
			}
		}
		return seen.size === all || (stalled.raw.ended && assert.fail(`closed with ${stalled.code} after ${seen.size} of ${all}`));
	}, 120000);
	stalled.send(frame("close", closePayload(1000)));
}));

test("no word of others was lost", () => {
	tried["messages of others"] = words.said;
	say("hostile", tried, { "messages of others": words.said - words.arrived }, measured);
	assert.equal(words.arrived, words.said);
});

await runTests();
