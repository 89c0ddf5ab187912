// The pieces of the transport's tests: a server process, raw sockets, and a WebSocket client that
// can be as wrong as a test needs it to be. Node's own modules only.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";

/* How long anything that is waited for may take; valgrind is slow. */
export const patience = 20000;

export function scratchDirectory() {
	const path = mkdtempSync(join(tmpdir(), "hark-test-"));
	process.on("exit", () => rmSync(path, { recursive: true, force: true }));
	return path;
}

/* Resolves when check() gives something, asked again whenever `poke` is called. */
export class Waiter {
	#waiting = new Set();

	poke() {
		for (const one of [...this.#waiting]) {
			one();
		}
	}

	wait(what, check, limit = patience) {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.#waiting.delete(look);
				reject(new Error(`waited in vain for ${what}`));
			}, limit);
			const look = () => {
				let found;
				try {
					found = check();
				} catch (error) {
					clearTimeout(timer);
					this.#waiting.delete(look);
					reject(error);
					return;
				}
				if (found !== undefined && found !== false && found !== null) {
					clearTimeout(timer);
					this.#waiting.delete(look);
					resolve(found);
				}
			};
			this.#waiting.add(look);
			look();
		});
	}
}

/* Takes turns, each awaited, until check() holds. A test must end even where what it waits for does not come. */
export async function turns(what, check, turn) {
	const end = Date.now() + patience;
	while (!await check()) {
		if (Date.now() > end) {
			throw new Error(`waited in vain for ${what}`);
		}
		await turn();
	}
}

/* A program under test, started with options; knows its port. */
export class Server extends Waiter {
	output = "";
	errors = "";
	exit = null;

	static async start(command, options = {}) {
		const server = new Server();
		const args = Object.entries(options).flatMap(([name, value]) =>
			[value].flat().flatMap((one) => [`--${name}`, String(one)]));
		server.process = spawn(command[0], [...command.slice(1), ...args]);
		server.process.stdout.on("data", (data) => {
			server.output += data;
			server.poke();
		});
		server.process.stderr.on("data", (data) => (server.errors += data));
		server.process.on("close", (code, signal) => {
			server.exit = { code, signal };
			server.poke();
		});
		const line = await server.wait("the server's first line", () =>
			server.output.includes("\n") && server.output.split("\n")[0]);
		server.port = Number(/^listening (\d+)/.exec(line)?.[1]);
		return server;
	}

	/* Starts one, runs `run` with it and stops it: it must end well, and with nothing to complain of. */
	static async use(command, options, run) {
		const server = await Server.start(command, options);
		try {
			await run(server);
		} finally {
			assert.deepEqual(await server.stop(), { code: 0, signal: null });
			assert.equal(server.errors, "");
		}
	}

	signal(name) {
		this.process.kill(name);
	}

	ended() {
		return this.wait("the server's end", () => this.exit);
	}

	async stop() {
		this.signal("SIGTERM");
		return this.ended();
	}
}

/* A socket whose bytes are collected. */
export class Raw extends Waiter {
	bytes = Buffer.alloc(0);
	ended = false;

	static open(target, options = {}) {
		const raw = new Raw();
		const where = typeof target === "string" ? { path: target } : { port: target, host: "127.0.0.1" };
		raw.socket = options.tls
			? tls.connect({ ...where, rejectUnauthorized: false, ...options.tls })
			: net.connect({ ...where, localAddress: options.from });
		raw.socket.on("data", (data) => {
			raw.bytes = Buffer.concat([raw.bytes, data]);
			raw.poke();
		});
		for (const event of ["close", "end", "error"]) {
			raw.socket.on(event, (error) => {
				raw.ended = true;
				raw.error ??= error;
				raw.poke();
			});
		}
		return new Promise((resolve, reject) => {
			raw.socket.once(options.tls ? "secureConnect" : "connect", () => resolve(raw));
			raw.socket.once("error", reject);
		});
	}

	send(bytes) {
		if (!this.socket.destroyed) {
			this.socket.write(bytes);
		}
	}

	text() {
		return this.bytes.toString("latin1");
	}

	end() {
		return this.wait("the connection's end", () => this.ended);
	}

	drop() {
		this.socket.destroy();
	}

	/* The next whole HTTP answer. */
	async answer(head = false) {
		const size = await this.wait("an answer's headers", () => {
			const at = this.bytes.indexOf("\r\n\r\n");
			return at >= 0 ? at + 4 : this.ended && -1;
		});
		if (size < 0) {
			return { status: 0, headers: {}, body: Buffer.alloc(0) };
		}
		const [first, ...lines] = this.bytes.subarray(0, size - 4).toString("latin1").split("\r\n");
		const headers = {};
		for (const line of lines) {
			const at = line.indexOf(":");
			const name = line.slice(0, at).toLowerCase();
			headers[name] = name in headers ? `${headers[name]}, TWICE` : line.slice(at + 2);
		}
		const status = Number(first.split(" ")[1]);
		const length = head || status === 204 || status === 101 ? 0 : Number(headers["content-length"] ?? 0);
		await this.wait("an answer's body", () => this.bytes.length >= size + length || this.ended);
		const body = this.bytes.subarray(size, size + length);
		this.bytes = this.bytes.subarray(size + length);
		return { status, headers, body };
	}
}

export function request(method, path, headers = {}, body = "") {
	const lines = Object.entries({ Host: "127.0.0.1", ...headers })
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${name}: ${value}\r\n`);
	return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/* One request on a connection of its own. */
export async function fetchOnce(target, method, path, headers, body, options) {
	const raw = await Raw.open(target, options);
	raw.send(request(method, path, headers, body));
	const answer = await raw.answer(method === "HEAD");
	raw.drop();
	return answer;
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/* A client's frame; rsv, length and mask may be given wrong. */
export function frame(kind, payload = "", { fin = true, rsv = 0, masked = true, length, opcode } = {}) {
	const body = Buffer.from(payload);
	const size = length ?? BigInt(body.length);
	const head = [(fin ? 0x80 : 0) | (rsv << 4) | (opcode ?? opcodes[kind])];
	const bit = masked ? 0x80 : 0;
	if (size < 126n) {
		head.push(bit | Number(size));
	} else if (size < 65536n) {
		head.push(bit | 126, Number(size >> 8n), Number(size & 255n));
	} else {
		head.push(bit | 127);
		for (let shift = 56n; shift >= 0n; shift -= 8n) {
			head.push(Number((size >> shift) & 255n));
		}
	}
	if (!masked) {
		return Buffer.concat([Buffer.from(head), body]);
	}
	const mask = randomBytes(4);
	const covered = Buffer.from(body);
	for (let i = 0; i < covered.length; i++) {
		covered[i] ^= mask[i & 3];
	}
	return Buffer.concat([Buffer.from(head), mask, covered]);
}

export function closePayload(code, reason = "") {
	const head = Buffer.alloc(2);
	head.writeUInt16BE(code);
	return Buffer.concat([head, Buffer.from(reason)]);
}

export function upgradeHeaders(extra = {}) {
	return {
		Origin: "http://127.0.0.1",
		Upgrade: "websocket",
		Connection: "Upgrade",
		"Sec-WebSocket-Key": randomBytes(16).toString("base64"),
		"Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Protocol": "hark.v1",
		...extra,
	};
}

/* A WebSocket: frames in order in `frames`, messages taken one by one. */
export class Ws extends Waiter {
	frames = [];
	answersPings = true;
	answersClose = true;

	static async open(target, extra = {}, options = {}) {
		const ws = new Ws();
		ws.raw = await Raw.open(target, options);
		const headers = upgradeHeaders(extra);
		ws.raw.send(request("GET", options.path ?? "/ws", headers));
		ws.handshake = await ws.raw.answer();
		if (ws.handshake.status !== 101) {
			throw new Error(`the upgrade was answered ${ws.handshake.status}`);
		}
		ws.accepted = createHash("sha1")
			.update(`${headers["Sec-WebSocket-Key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
			.digest("base64") === ws.handshake.headers["sec-websocket-accept"];
		ws.raw.poke = () => {
			Raw.prototype.poke.call(ws.raw);
			ws.#parse();
			ws.poke();
		};
		ws.raw.poke();
		return ws;
	}

	#parse() {
		for (;;) {
			const bytes = this.raw.bytes;
			if (bytes.length < 2) {
				return;
			}
			let at = 2;
			let size = bytes[1] & 127;
			if (size === 126) {
				at = 4;
				size = bytes.length >= 4 ? bytes.readUInt16BE(2) : Infinity;
			} else if (size === 127) {
				at = 10;
				size = bytes.length >= 10 ? Number(bytes.readBigUInt64BE(2)) : Infinity;
			}
			if (bytes.length < at + size) {
				return;
			}
			const payload = bytes.subarray(at, at + size);
			this.raw.bytes = bytes.subarray(at + size);
			this.#take({ opcode: bytes[0] & 15, fin: bytes[0] >= 128, rsv: bytes[0] & 0x70, payload });
		}
	}

	#take(got) {
		if (got.opcode === opcodes.ping && this.answersPings) {
			this.raw.send(frame("pong", got.payload));
		}
		if (got.opcode === opcodes.close) {
			this.code = got.payload.length >= 2 ? got.payload.readUInt16BE(0) : 1005;
			if (this.answersClose) {
				this.raw.send(frame("close", got.payload.subarray(0, 2)));
			}
		}
		this.frames.push(got);
	}

	send(...bytes) {
		this.raw.send(Buffer.concat(bytes.map((one) => (typeof one === "string" ? frame("text", one) : one))));
	}

	#next(opcode, what) {
		return this.wait(what, () => {
			const at = this.frames.findIndex((one) => one.opcode === opcode);
			if (at >= 0) {
				return this.frames.splice(at, 1)[0];
			}
			if (this.raw.ended) {
				throw new Error(`the connection ended before ${what}`);
			}
			return null;
		});
	}

	async message() {
		return (await this.#next(opcodes.text, "a message")).payload.toString();
	}

	ping() {
		return this.#next(opcodes.ping, "a ping");
	}

	pong() {
		return this.#next(opcodes.pong, "a pong");
	}

	async ask(text) {
		this.send(text);
		return this.message();
	}

	/* The close code; 1006 when the connection ended without one. */
	async closed() {
		await this.wait("a close", () => this.code !== undefined || this.raw.ended);
		return this.code ?? 1006;
	}

	drop() {
		this.raw.drop();
	}
}

/* TAP: tests run one after the other. */
const tests = [];

export function test(name, run) {
	tests.push({ name, run });
}

export async function runTests() {
	let number = 0;
	let failed = 0;
	for (const { name, run } of tests) {
		number++;
		try {
			await run();
			console.log(`ok ${number} - ${name}`);
		} catch (error) {
			failed++;
			console.log(`not ok ${number} - ${name}`);
			console.log(`# ${String(error.stack ?? error).split("\n").join("\n# ")}`);
		}
	}
	console.log(`1..${number}`);
	process.exit(failed === 0 ? 0 : 1);
}
