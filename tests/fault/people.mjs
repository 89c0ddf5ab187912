// People at a daemon that may die under them: what they ask, what they are answered, and what they
// have seen, over any number of connections.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { Waiter } from "../wire/client.mjs";
import { Control, Socket, patience, roles, schema } from "../wire/school.mjs";

const hash = (text, bytes) => createHash("sha256").update(text).digest("hex").slice(0, 2 * bytes);

export const newId = () => randomBytes(16).toString("hex");

/* Asked again until it is so; only for what cannot be waited for. */
export async function becomes(what, check) {
	const until = Date.now() + patience;
	for (;;) {
		const found = await check();
		if (found) {
			return found;
		}
		assert.ok(Date.now() < until, `waited in vain for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

export class Person extends Waiter {
	events = []; // as they came, from all connections
	states = new Map(); // newest of each kind and room
	caughtUp = new Set(); // rooms, and undefined for the whole feed; of this connection
	#asked = new Map(); // by ref: resolves with the answer
	#ref = 0;

	constructor(daemon, name, cookies) {
		super();
		this.daemon = daemon;
		this.name = name;
		this.role = roles[name] ?? "visitor";
		this.page = { visitor: "visitor", supporter: "console" }[this.role] ?? "oversight";
		this.cookie = cookies?.[name];
		this.token = hash(`token of ${name}`, 32);
	}

	async connect() {
		this.socket = await Socket.open(this.daemon.port, this.cookie);
		const socket = this.socket;
		socket.poke = () => {
			Object.getPrototypeOf(socket).poke.call(socket);
			if (socket === this.socket) {
				this.#drain();
			}
		};
		this.caughtUp.clear();
		this.#drain();
	}

	/* Connects and says hello; `after` as the page would say it. Gives `welcome`. */
	async arrive(after) {
		await this.connect();
		const hello = { type: "hello", page: this.page, schema: schema.hash };
		if (this.role === "visitor") {
			hello.token = this.token;
		}
		const welcome = await this.ask(after === undefined ? hello : { ...hello, after });
		assert.equal(welcome.type, "welcome", JSON.stringify(welcome));
		return welcome;
	}

	#drain() {
		for (const text of this.socket.take()) {
			const message = JSON.parse(text);
			const inside = message.type === "batch" && message.ref === undefined;
			(inside ? message.events : [message]).forEach((one) => this.#note(one));
		}
		if (this.socket.closed !== undefined) {
			this.#asked.forEach((resolve) => resolve({ type: "lost", closed: this.socket.closed }));
			this.#asked.clear();
		}
		this.poke();
	}

	#note(message) {
		if (message.ref !== undefined) {
			assert.ok(this.#asked.has(message.ref), `${this.name}: nobody asked for ${JSON.stringify(message)}`);
			const settle = this.#asked.get(message.ref);
			this.#asked.delete(message.ref);
			settle(message);
		} else if (message.type === "state.caught_up") {
			this.caughtUp.add(message.room);
		} else if (message.type.startsWith("state.")) {
			this.states.set(`${message.type} ${message.room ?? ""}`, message);
		} else {
			this.events.push(message);
		}
	}

	/* The answer, or { type: "lost" } when the connection ends without one. */
	ask(message) {
		const ref = ++this.#ref;
		let answer;
		this.#asked.set(ref, (got) => (answer = got));
		this.socket.send(JSON.stringify({ ref, ...message }));
		if (this.socket.closed !== undefined) {
			this.#drain();
		}
		return this.until(`an answer to ${message.type}`, () => answer);
	}

	async done(message) {
		const answer = await this.ask(message);
		assert.equal(answer.type, "ok", `${this.name}: ${JSON.stringify(message)}: ${JSON.stringify(answer)}`);
		return answer;
	}

	async refused(message, code) {
		const answer = await this.ask(message);
		assert.equal(answer.code, code, `${this.name}: ${JSON.stringify(message)}: ${JSON.stringify(answer)}`);
		return answer;
	}

	say(room, body, { id = newId(), again } = {}) {
		return { type: "chat.send", room, id, body, again };
	}

	/* A visitor's room. */
	async start() {
		this.room = (await this.done({ type: "room.start", topics: [], to: "now" })).room;
		return this.room;
	}

	until(what, check, limit = patience) {
		return this.wait(`${this.name}: ${what}`, () => check(this), limit);
	}

	sees(type, fields = {}) {
		const entries = Object.entries(fields);
		return this.until(`${type} ${JSON.stringify(fields)}`, () => this.events.find((one) =>
			one.type === type && entries.every(([key, value]) => one[key] === value)));
	}

	said() {
		return this.events.filter((one) => one.type === "chat.posted");
	}

	closed(limit) {
		return this.until("the end", () => this.socket.closed, limit);
	}

	leave() {
		this.socket.drop();
	}
}

/* Takes a waiting room and opens it. */
export async function take(supporter, room) {
	const { n } = await supporter.done({ type: "room.take", room });
	await supporter.done({ type: "room.open", room, after: 0 });
	return n;
}

/* All of a visitor's room from the file, in order: numbers 1 to the newest, none missing. */
export async function readRoom(daemon, name) {
	const reader = new Person(daemon, name);
	await reader.arrive();
	await reader.until("all of the room", () => reader.caughtUp.size > 0);
	reader.leave();
	reader.events.forEach((one, at) => assert.equal(one.n, at + 1, `${name}'s room: ${JSON.stringify(one)}`));
	return reader.events;
}

/* The whole feed in order: seq 1 to the newest, none missing. */
export async function readFeed(daemon, cookies) {
	const reader = new Person(daemon, "rivera", cookies);
	await reader.arrive(0);
	await reader.until("all of the feed", () => reader.caughtUp.size > 0);
	reader.leave();
	reader.events.forEach((one, at) => assert.equal(one.seq, at + 1, `the feed: ${JSON.stringify(one)}`));
	return reader.events;
}

/* Several may stand in front of one daemon. */
function preload(daemon, built, name) {
	const before = daemon.environment.LD_PRELOAD;
	return `${before ? `${before}:` : ""}${resolve(built, "tests/fault", name)}`;
}

/* An instrumented daemon's library wants to be first, and need not be. */
const sanitizer = ["verify_asan_link_order=0", process.env.ASAN_OPTIONS].filter(Boolean).join(":");

/* Memory or wall clock of a daemon, see memory.c and clock.c; must be made before the daemon starts. */
export class Hooks {
	#file;
	#page = Buffer.alloc(32);

	constructor(daemon, built, what) {
		const path = `${daemon.directory}/hooks`;
		writeFileSync(path, this.#page);
		this.#file = openSync(path, "r+");
		daemon.environment = { ...daemon.environment, LD_PRELOAD: preload(daemon, built, `${what}.so`), HARK_HOOKS: path,
			ASAN_OPTIONS: sanitizer };
	}

	#write(at, size) {
		writeSync(this.#file, this.#page, at, size, at);
	}

	/* From now on the n-th allocation fails, and with `forGood` all behind it; n = 0: they are counted. */
	fail(n, forGood = false) {
		this.#page.writeUInt32LE(0, 0);
		this.#write(0, 4);
		[1, n || 0xffffffff, forGood ? 1 : 0, 0, 0].forEach((value, i) => this.#page.writeUInt32LE(value, 4 * i));
		this.#write(4, 16);
		this.#write(0, 4);
	}

	release() {
		this.#page.writeUInt32LE(0, 0);
		this.#write(0, 4);
	}

	#read(at) {
		const four = Buffer.alloc(4);
		readSync(this.#file, four, 0, 4, at);
		return four.readUInt32LE(0);
	}

	get count() {
		return this.#read(12);
	}

	get failed() {
		return this.#read(16);
	}

	/* What the daemon's wall clock shows, in milliseconds, from now on. */
	set(ms) {
		this.#page.writeBigInt64LE(BigInt(Math.round(ms - Date.now())) * 1000000n, 24);
		this.#write(24, 8);
	}

	now() {
		return Date.now() + Number(this.#page.readBigInt64LE(24) / 1000000n);
	}

	close() {
		closeSync(this.#file);
	}
}

/* What the hark command asks, each on a connection of its own. */
export class Operator {
	constructor(daemon) {
		this.daemon = daemon;
	}

	async ask(message) {
		const socket = await Control.open(this.daemon.control);
		socket.send(JSON.stringify({ ref: 2, ...message }));
		const answer = await socket.wait(`an answer to ${message.type}`, () => socket.take()
			.map((text) => JSON.parse(text)).find((one) => one.ref === 2) ?? (socket.closed && { type: "lost" }), patience);
		socket.drop();
		return answer;
	}
}

/* Bytes of a log that mean something: behind them is room, in zeros. */
export function writtenOf(log) {
	let end = log.length;
	while (end > 0 && log[end - 1] === 0) {
		end--;
	}
	return end;
}

/* The disk under a daemon, see shim.c; must be made before the daemon starts. */
export class Disk {
	static EIO = 5;
	static EROFS = 30;
	static ENOSPC = 28;
	static WAIT = 0;
	static KILL = -1; // the process, before the call
	static COUNT = -2; // in `hits`, and carried out
	#orders = 0;

	constructor(daemon, built) {
		this.path = `${daemon.directory}/fault`;
		this.release();
		daemon.environment = {
			...daemon.environment,
			LD_PRELOAD: preload(daemon, built, "shim.so"),
			HARK_FAULT: this.path,
			ASAN_OPTIONS: sanitizer,
		};
	}

	order(call, error, { times = 0, skip = 0, files = ["hark.db-wal"] } = {}) {
		this.#before = this.hits;
		writeFileSync(this.path, `${++this.#orders} ${call} ${error} ${times} ${skip} ${files.join(" ")}\n`);
	}

	#before = 0;

	release() {
		writeFileSync(this.path, `${++this.#orders} none 0 0 0\n`);
	}

	get hits() {
		return existsSync(`${this.path}.hits`) ? readFileSync(`${this.path}.hits`).length : 0;
	}

	/* Whether the order has been carried out at least once. */
	get fired() {
		return this.hits > this.#before;
	}

	hit() {
		return becomes("the disk to fail", () => this.fired);
	}
}
