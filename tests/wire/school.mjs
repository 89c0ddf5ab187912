// A school to test in: made once, copied for every daemon that is started. Who works there:
// juniper and robin (supporters, always on shift), sage (supporter, never on shift), rivera and
// okafor (counselors), chen (manager). Every password is "a password of" and the name.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Raw, Waiter, Ws, fetchOnce, frame, request, scratchDirectory } from "./client.mjs";
import { Stream } from "./stream_client.mjs";

export const schema = JSON.parse(readFileSync("protocol/schema.json", "utf8"));
export const roles = {
	juniper: "supporter", robin: "supporter", sage: "supporter",
	rivera: "counselor", okafor: "counselor", chen: "manager",
};
export const patience = 15000;
export const password = (login) => `a password of ${login}`;

const scratch = scratchDirectory();
let directories = 0;

/* Nothing is too fast unless a test says so. */
const generous = {
	"limits.credits": 1000000, "limits.credits_per_s": 1000000,
	"limits.shared_credits": 100000000, "limits.shared_credits_per_s": 100000000,
	"limits.rooms_per_min": 100000000, "limits.waiting": 100000000,
};

function writeConfig(directory, options) {
	const all = { "server.port": 0, "storage.data_dir": join(directory, "data"), ...generous, ...options };
	const lines = Object.entries(all).map(([name, value]) => {
		const [section, key] = name.split(".");
		return `[${section}]\n${key} = ${value}\n`;
	});
	const path = join(directory, "hark.conf");
	writeFileSync(path, lines.join(""));
	return path;
}

export class Daemon extends Waiter {
	runner = []; // in front of the daemon's own words: valgrind
	environment = {}; // besides ours
	patience = patience; // ms for its start and its end

	constructor(built, directory, options = {}) {
		super();
		this.built = built;
		this.directory = directory;
		this.config = writeConfig(directory, options);
		this.control = join(directory, "data", "control");
	}

	async start() {
		this.output = "";
		this.exit = null;
		const [program, ...words] = [...this.runner, join(this.built, "harkd"), "--config", this.config];
		const child = spawn(program, words, { env: { ...process.env, ...this.environment } });
		this.process = child;
		this.killAtExit = () => child.kill("SIGKILL");
		process.on("exit", this.killAtExit);
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (bytes) => {
				this.output += bytes;
				this.poke();
			});
		}
		child.on("close", (code, signal) => {
			process.off("exit", this.killAtExit);
			this.exit = { code, signal };
			this.poke();
		});
		this.port = await this.wait("the daemon to be ready", () => {
			assert.equal(this.exit, null, this.output);
			return Number(/(?:ready|closed,.*) on \S+ port (\d+)/.exec(this.output)?.[1]) || null;
		}, this.patience);
		return this;
	}

	async end(signal) {
		// One that counts (make coverage) writes its counts, and then kills itself as it was told.
		this.process.kill(signal === "SIGKILL" && process.env.HARK_COUNTS ? "SIGUSR2" : signal);
		return this.wait("the daemon's end", () => this.exit, this.patience);
	}

	/* Ends it in good order; a test calls this when all else has gone well. */
	async stop() {
		assert.deepEqual(await this.end("SIGTERM"), { code: 0, signal: null }, this.output);
	}

	/* Whatever state it is in. */
	async destroy() {
		if (this.exit === null) {
			await this.end("SIGKILL");
		}
		rmSync(this.directory, { recursive: true, force: true });
	}

	async post(path, message, cookie) {
		const body = message === null ? "" : JSON.stringify(message);
		const answer = await fetchOnce(this.port, "POST", path, {
			Origin: "http://127.0.0.1", Cookie: cookie && `hark=${cookie}`,
			"Content-Type": message === null ? undefined : "application/json",
			"Content-Length": String(Buffer.byteLength(body)),
		}, body);
		return {
			status: answer.status,
			cookie: /hark=([0-9a-f]+)/.exec(answer.headers["set-cookie"] ?? "")?.[1],
			...contents(answer),
		};
	}

	/* A picture, with the headers of whoever sends it. */
	async send(body, headers) {
		const raw = await Raw.open(this.port);
		raw.send(request("POST", "/picture", {
			Origin: "http://127.0.0.1", "Content-Length": String(Buffer.byteLength(body)), ...headers,
		}));
		raw.send(body);
		const answer = await raw.answer();
		raw.drop();
		return { status: answer.status, ...contents(answer) };
	}
}

/* CSV as RFC 4180 has it: in quotes anything, and two of them for one. */
function rowsOf(text) {
	const rows = [[]];
	for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy)) {
		rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
		if (end === "\r\n") {
			rows.push([]);
		} else if (end === "") {
			break;
		}
	}
	return rows.filter((row) => row.length > 1);
}

/* What an answer to a post says: a message's fields, a file's rows, or its events. */
function contents(answer) {
	if (answer.body.length === 0) {
		return {};
	}
	if (String(answer.headers["content-type"]).startsWith("text/csv")) {
		return { rows: rowsOf(String(answer.body)) };
	}
	if (String(answer.headers["content-type"]).startsWith("image/")) {
		return { image: answer.headers["content-type"], bytes: answer.body };
	}
	const json = JSON.parse(answer.body);
	return Array.isArray(json) ? { events: json } : json;
}

/* The control socket: one message a line. */
export class Control extends Waiter {
	#raw;

	static async open(path) {
		const control = new Control();
		control.#raw = await Raw.open(path);
		control.#raw.poke = () => {
			Raw.prototype.poke.call(control.#raw);
			control.poke();
		};
		return control;
	}

	send(text) {
		this.#raw.send(`${text}\n`);
	}

	/* All whole messages that have come since, as texts. */
	take() {
		const end = this.#raw.bytes.lastIndexOf(10);
		const lines = this.#raw.bytes.subarray(0, end + 1).toString().split("\n").filter(Boolean);
		this.#raw.bytes = this.#raw.bytes.subarray(end + 1);
		return lines;
	}

	get closed() {
		return this.#raw.ended ? 1006 : undefined;
	}

	leave() {
		this.drop();
	}

	drop() {
		this.#raw.drop();
	}
}

/* What pages are carried by: "ws", or "http" and "poll", the fallback. */
let carrier = process.env.HARK_OVER ?? "ws";

export function carryOver(name) {
	assert.ok(["ws", "http", "poll"].includes(name), name);
	carrier = name;
}

export const carried = () => carrier;

/* The same face for a page's connection. */
export class Socket extends Waiter {
	#ws;

	static async open(port, cookie) {
		if (carrier !== "ws") {
			return HttpSocket.open(port, cookie);
		}
		const socket = new Socket();
		socket.#ws = await Ws.open(port, cookie ? { Cookie: `hark=${cookie}` } : {});
		const poke = socket.#ws.poke;
		socket.#ws.poke = () => {
			poke.call(socket.#ws);
			socket.poke();
		};
		return socket;
	}

	send(...texts) {
		this.#ws.send(...texts);
	}

	/* Of a message's bytes, which need be no text. */
	sendBytes(bytes) {
		this.#ws.send(frame("text", bytes));
	}

	take() {
		const texts = this.#ws.frames.filter((one) => one.opcode === 1);
		this.#ws.frames.length = 0;
		return texts.map((one) => one.payload.toString());
	}

	get closed() {
		return this.#ws.code ?? (this.#ws.raw.ended ? 1006 : undefined);
	}

	leave() {
		this.drop();
	}

	drop() {
		this.#ws.drop();
	}
}

/* And for a session over plain HTTP. */
class HttpSocket extends Stream {
	static open(port, cookie) {
		return Stream.open.call(this, port, { cookie, poll: carrier === "poll" ? 20 : undefined });
	}

	sendBytes(bytes) {
		return this.send(bytes);
	}

	async leave() {
		await this.end();
		this.drop();
	}
}

let template;

/* Makes the school; must have been awaited before the first newDaemon(). */
export async function prepare(built) {
	const directory = join(scratch, "template");
	mkdirSync(directory);
	const daemon = new Daemon(built, directory);
	const init = spawnSync(join(built, "hark"), ["--config", daemon.config, "init", "chen", "Ms. Chen"]);
	assert.equal(init.status, 0, String(init.stderr));
	await daemon.start();
	const operator = await Control.open(daemon.control);
	const ask = async (message) => {
		operator.send(JSON.stringify(message));
		const [answer] = await operator.wait(message.type, () => {
			const got = operator.take();
			return got.length > 0 && got;
		});
		assert.equal(JSON.parse(answer).type, "ok", answer);
	};
	const cookies = {};
	const { status, cookie } = await daemon.post("/enrol", {
		type: "sign.enrol", secret: /#([0-9a-f]{64})/.exec(init.stdout)[1], password: password("chen"),
	});
	assert.equal(status, 204);
	cookies.chen = cookie;
	for (const [login, role] of Object.entries(roles).filter(([, role]) => role !== "manager")) {
		const alias = login[0].toUpperCase() + login.slice(1);
		await ask({ type: "account.add", login, alias, role, password: password(login) });
		for (let weekday = 0; weekday < 7 && role === "supporter" && login !== "sage"; weekday++) {
			await ask({ type: "shift.add", login, weekday, from_min: 0, until_min: 1440 });
		}
		const signed = await daemon.post("/login", { type: "sign.in", login, password: password(login) });
		assert.equal(signed.status, 204);
		cookies[login] = signed.cookie;
	}
	operator.drop();
	await daemon.stop();
	template = { built, directory, cookies };
	return cookies;
}

/* A daemon of its own in a copy of the school. */
export function newDaemon(options) {
	const directory = join(scratch, `school-${++directories}`);
	mkdirSync(directory);
	const copy = { recursive: true, mode: 0, filter: (path) => !path.endsWith("/control") };
	cpSync(join(template.directory, "data"), join(directory, "data"), copy);
	return new Daemon(template.built, directory, options);
}
