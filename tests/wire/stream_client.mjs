// A session over plain HTTP (protocol/README.md), through raw sockets: GETs that stream or poll,
// posts one after another, and whatever a test wants to be wrong about them.

import { randomBytes } from "node:crypto";
import { Raw, Waiter, patience, request } from "./client.mjs";

const SILENT_MS = 15000; // then the server wants to hear something, 45 s after the last at the latest

export const newKey = () => randomBytes(32).toString("hex");

/* What is whole of a body in chunks: { text, rest, last }. RFC 9112 7.1. */
function readChunks(bytes) {
	let text = "";
	for (;;) {
		const end = bytes.indexOf("\r\n");
		const size = end < 0 ? NaN : parseInt(bytes.subarray(0, end).toString("latin1"), 16);
		if (Number.isNaN(size) || bytes.length < end + 2 + size + 2) {
			return { text, rest: bytes, last: false };
		}
		text += bytes.subarray(end + 2, end + 2 + size).toString("latin1");
		bytes = bytes.subarray(end + 2 + size + 2);
		if (size === 0) {
			return { text, rest: bytes, last: true };
		}
	}
}

/* One GET /events: its answer's events as they come. */
export class Reader extends Waiter {
	status = 0;
	headers = {};
	ended = false; /* the answer has; `whole`, as it should */
	whole = false;
	#text = ""; /* of the body, not yet whole events */
	#size = 0; /* of the body, in bytes */

	static async open(target, headers, { take = () => {}, version = "1.1", from } = {}) {
		const reader = new Reader();
		reader.take = take;
		reader.raw = await Raw.open(target, { from });
		reader.raw.send(request("GET", "/events", headers).replace("HTTP/1.1", `HTTP/${version}`));
		reader.raw.poke = () => {
			Raw.prototype.poke.call(reader.raw);
			reader.#read();
			reader.poke();
		};
		reader.raw.poke();
		return reader;
	}

	#head() {
		const size = this.raw.bytes.indexOf("\r\n\r\n");
		if (size < 0) {
			return;
		}
		const [first, ...lines] = this.raw.bytes.subarray(0, size).toString("latin1").split("\r\n");
		this.raw.bytes = this.raw.bytes.subarray(size + 4);
		this.status = Number(first.split(" ")[1]);
		this.headers = Object.fromEntries(lines.map((line) => {
			const at = line.indexOf(":");
			return [line.slice(0, at).toLowerCase(), line.slice(at + 2)];
		}));
	}

	#read() {
		if (this.status === 0) {
			this.#head();
		}
		if (this.status !== 0 && !this.ended) {
			this.#body();
		}
		this.ended ||= this.raw.ended;
	}

	#body() {
		if (this.headers["transfer-encoding"] === "chunked") {
			const { text, rest, last } = readChunks(this.raw.bytes);
			this.raw.bytes = rest;
			this.#text += text;
			this.whole = this.ended = last;
		} else {
			this.#text += this.raw.bytes.toString("latin1");
			this.#size += this.raw.bytes.length;
			this.raw.bytes = Buffer.alloc(0);
			const length = this.headers["content-length"];
			this.whole = this.ended = length === undefined ? this.raw.ended : this.#size >= Number(length);
		}
		if (this.status === 200) {
			const parts = this.#text.split("\n\n");
			this.#text = parts.pop();
			parts.forEach((part) => this.take(readEvent(part)));
		}
	}

	/* `wait`: seconds it may be kept back for. */
	begun(wait = 0) {
		return this.wait("an answer's head", () => this.status !== 0 || this.raw.ended, patience + wait * 1000);
	}

	end() {
		return this.wait("an answer's end", () => this.ended);
	}

	drop() {
		this.raw.drop();
	}
}

function readEvent(part) {
	const event = {};
	for (const line of part.split("\n")) {
		const at = line.indexOf(":");
		event[line.slice(0, at)] = Buffer.from(line.slice(at + 2), "latin1").toString();
	}
	return "" in event ? { beat: true } : event;
}

/* A session, from its first GET on. `poll`: seconds that each GET may wait; undefined: it streams. */
export class Stream extends Waiter {
	events = []; /* { id, data }, not yet taken */
	beats = 0;
	newest = 0; /* id */
	confirmed = 0; /* id */
	unconfirmed = 0; /* bytes that came since, nearly */
	number = 0; /* of messages posted */
	code = undefined; /* said by the server */
	#asked = 0; // when something last was
	#queue = Promise.resolve();
	#kept; /* connection for posts */
	#dropped = false;

	constructor(target, { key = newKey(), cookie, poll, headers = {}, from } = {}) {
		super();
		Object.assign(this, { target, key, cookie, poll, extra: headers, from });
	}

	static async open(target, options) {
		const stream = new this(target, options);
		const { status } = await stream.get();
		if (status !== 200) {
			throw new Error(`the stream was answered ${status}`);
		}
		await stream.wait("the stream's first bytes", () => stream.beats > 0 || stream.closed !== undefined);
		return stream;
	}

	headers(more = {}) {
		return {
			Authorization: `Hark ${this.key}`, Cookie: this.cookie && `hark=${this.cookie}`,
			"Last-Event-ID": this.newest > 0 ? String(this.newest) : undefined, ...this.extra, ...more,
		};
	}

	/* A GET, from what came last; the one before it, if it still is there, will end. */
	async get(more = {}, options = {}) {
		const prefer = this.poll === undefined ? {} : { Prefer: `wait=${this.poll}` };
		this.confirmed = this.newest;
		this.unconfirmed = 0;
		this.#asked = Date.now();
		const reader = await Reader.open(this.target, this.headers({ ...prefer, ...more }), {
			from: this.from, ...options, take: (event) => this.#take(event, reader),
		});
		this.reader = reader;
		reader.poke = () => {
			Waiter.prototype.poke.call(reader);
			this.#goOn(reader);
			this.poke();
		};
		await reader.begun(this.poll);
		reader.poke();
		return reader;
	}

	#take(event) {
		if (event.beat) {
			this.beats++;
		} else if (event.event === "close") {
			this.code = Number(event.data);
		} else if (Number(event.id) === this.newest + 1) {
			this.newest++;
			this.unconfirmed += event.data.length;
			this.events.push(event);
		} else {
			this.broken = `event ${event.id} after ${this.newest}`;
		}
	}

	/* The next poll; or a new GET where too much is unconfirmed, or all is quiet (a page posts a ping,
	 * whose answer a test would hear). */
	#goOn(reader) {
		if (reader !== this.reader || this.#dropped || this.code !== undefined) {
			return;
		}
		const again = this.poll !== undefined ? reader.ended && reader.whole
			: this.newest - this.confirmed >= 64 || this.unconfirmed >= 32768 || Date.now() - this.#asked >= SILENT_MS;
		if (again && reader.status === 200) {
			reader.drop();
			this.reader = undefined;
			this.get().catch(() => {
				this.code = 1006;
				this.poke();
			});
		}
	}

	/* Posts once, awaited: { status, ... }. */
	async post(body, more = {}, kept = undefined) {
		const bytes = Buffer.from(body);
		const raw = kept ?? await Raw.open(this.target, { from: this.from });
		this.#asked = Date.now();
		raw.socket.setNoDelay(true); // else the body waits for the head's acknowledgement
		raw.send(request("POST", "/send", this.headers({
			Origin: "http://127.0.0.1", "Content-Type": "application/json",
			"Content-Length": String(bytes.length), ...more,
		})));
		raw.send(bytes);
		const answer = await raw.answer();
		if (raw !== kept) {
			raw.drop();
		}
		return answer;
	}

	/* Posts after those that are under way, on a kept connection, and again when that had gone. */
	send(...bodies) {
		for (const body of bodies) {
			this.#queue = this.#queue.then(() => this.#postNext(body)).catch(() => undefined);
		}
		return this.#queue;
	}

	async #postNext(body) {
		const number = { "X-Hark-Number": String(++this.number) };
		let answer = { status: 0 };
		for (let tries = 0; tries < 3 && answer.status === 0 && !this.#dropped; tries++) {
			if (this.#kept === undefined || this.#kept.ended) {
				this.#kept = await Raw.open(this.target, { from: this.from });
			}
			answer = await this.post(body, number, this.#kept);
		}
		if (answer.headers?.connection === "close") {
			this.#kept.drop();
			this.#kept = undefined;
		}
	}

	/* All texts that have come since. */
	take() {
		return this.events.splice(0).map((event) => event.data);
	}

	async message() {
		const event = await this.wait("a message", () => {
			if (this.events.length === 0 && this.closed !== undefined) {
				throw new Error(`the stream ended with ${this.closed} before a message`);
			}
			return this.events.shift();
		});
		return event.data;
	}

	async ask(text) {
		await this.send(text);
		return this.message();
	}

	close() {
		return this.wait("the stream's close", () => this.closed);
	}

	get closed() {
		const cut = this.reader?.ended && !(this.poll !== undefined && this.reader.whole);
		return this.broken ?? this.code ?? (cut ? 1006 : undefined);
	}

	async end() {
		const raw = await Raw.open(this.target);
		raw.send(request("DELETE", "/events", this.headers({ Origin: "http://127.0.0.1" })));
		const answer = await raw.answer();
		raw.drop();
		return answer;
	}

	drop() {
		this.#dropped = true;
		this.reader?.drop();
		this.#kept?.drop();
	}
}
