// Fuzzed connections against the real daemon: node connections.mjs build/plain [--count 500]
// [--seed 1] [--from 0] [--valgrind]. TAP.
//
// Requests, uploads, streams and WebSockets as they should be, then bent: bytes changed, cut out,
// doubled and put in, frames with wrong heads, sent in pieces, ended in every way. Meanwhile a
// student talks and must be answered; at the end the daemon must stop clean, and an instrumented
// one (ASan, or valgrind, which also sees the packaged libraries) must have nothing to say.
// The seed is printed; connection i of a seed is always the same bytes (--from i begins there).

import assert from "node:assert/strict";
import net from "node:net";
import { parseArgs } from "node:util";
import { closePayload, frame, request, runTests, test, upgradeHeaders } from "../wire/client.mjs";
import { Random, sample } from "../wire/sample.mjs";
import { newDaemon, prepare, schema } from "../wire/school.mjs";
import { Person } from "../fault/people.mjs";

const { values: options, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		count: { type: "string", default: "500" }, seed: { type: "string", default: "1" },
		from: { type: "string", default: "0" }, valgrind: { type: "boolean", default: false },
	},
});
const [built] = positionals;
const [count, seed, from] = [options.count, options.seed, options.from].map(Number);
const AT_ONCE = 24;
const TALK_EVERY = 25; // connections
const LINGER_MS = options.valgrind ? 1500 : 100; // for what still comes, before our end is cut

/* ---- what is sent ---- */

let cookies, room;

const paths = ["/", "/console", "/oversight", "/login", "/enrol", "/healthz", "/readyz", "/launcher.js", "/assets/nothing.js",
	"/ws", "/events", "/send", "/picture", "/picture/1", "/picture/1/thumb", "/export", "/leave", "/%2e%2e/etc/passwd",
	`/${"x".repeat(300)}`, "//", "*", "http://127.0.0.1/", "/?device=x&device=y", "/events?room=1"];
const methods = ["GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "OPTIONS", "DELETE", "CONNECT", "PRI", "get"];

function oddHeaders(random) {
	const all = {
		Cookie: `hark=${random.pick([cookies.sage, cookies.okafor, random.bytes(32).toString("hex"), "x".repeat(4000)])}; x=1`,
		"X-Forwarded-For": random.pick(["1.2.3.4", "::1, 127.0.0.1", "nonsense", ",,,,"]),
		"X-Forwarded-Proto": "https",
		"Accept-Encoding": random.pick(["gzip", "gzip;q=0", "*", "br, gzip ;q=1.0"]),
		"Content-Length": random.pick(["0", "4", "4096", "4097", "-1", "+4", "99999999999999999999", "4, 4", "0x10", ""]),
		"Transfer-Encoding": random.pick(["chunked", "identity", "gzip, chunked"]),
		Upgrade: random.pick(["websocket", "h2c", "nonsense", "TLS/1.0", "websocket, h2c"]),
		Connection: random.pick(["close", "keep-alive", "Upgrade", "Upgrade, HTTP2-Settings"]),
		Expect: "100-continue",
		Range: "bytes=0-1,-1",
		Authorization: random.pick([`Hark ${random.bytes(32).toString("hex")}`, "Hark", "Basic eDp4"]),
		"Last-Event-ID": random.pick(["0", "1", "999999999999999999", "-1", "x"]),
		Prefer: random.pick(["wait=1", "wait=999999999999", "wait=;,x"]),
		"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
		"Sec-WebSocket-Version": random.pick(["13", "8", "0"]),
		"HTTP2-Settings": "AAMAAABkAAQAAP__",
		Referer: "http://127.0.0.1/",
		[`X-${"y".repeat(random.below(300))}`]: "z".repeat(random.below(4000)),
	};
	return Object.fromEntries(Object.entries(all).filter(() => random.chance(0.15)));
}

/* A request of any kind, mostly one that this role may ask; nobody signs out those who fuzz. */
function message(random, role) {
	const types = Object.entries(schema.requests)
		.filter(([type, { roles }]) => type !== "staff.sign_out_all" && type !== "staff.password" &&
			(role === undefined || roles.includes(role)))
		.map(([type]) => type);
	const others = 1 + random.below(30);
	return JSON.stringify(sample(random.pick(types), random, {
		ref: random.below(1e6), room: others === room ? 9999 : others, token: random.bytes(32).toString("hex") }));
}

function exchange(random) {
	const method = random.pick(methods);
	const body = method === "POST" && random.chance(0.8) ? message(random) : "";
	const headers = {
		Host: random.pick(["127.0.0.1", "127.0.0.1", "evil.example", ""]),
		...(random.chance(0.8) ? { Origin: "http://127.0.0.1" } : {}),
		...(body ? { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(body)) } : {}),
		...oddHeaders(random),
	};
	return Buffer.from(request(method, random.pick(paths), headers, body));
}

function anyFrame(random, wild, role) {
	const kind = wild ? random.pick(["text", "text", "text", "continuation", "binary", "ping", "pong", "close"])
		: random.pick(["text", "text", "text", "text", "ping", "pong"]);
	const payload = {
		text: () => message(random, wild ? undefined : role), close: () => closePayload(random.pick([1000, 1001, 1005, 0, 4000, 65535]), "bye"),
		ping: () => random.bytes(random.below(130)), pong: () => random.bytes(random.below(126)),
		continuation: () => random.pick(["", "more", message(random)]), binary: () => random.bytes(random.below(200)),
	}[kind]();
	const wrong = wild && random.chance(0.2);
	return frame(kind, payload, {
		fin: !(wild && random.chance(0.1)), masked: !random.chance(0.05), rsv: wrong ? random.below(8) : 0,
		...(wrong ? { opcode: random.pick([0, 1, 2, 3, 7, 8, 9, 10, 11, 15]) } : {}),
		...(wild && random.chance(0.05) ? { length: random.pick([0n, 1n, 126n, 65537n, 1n << 31n, 1n << 32n, 1n << 63n, (1n << 64n) - 1n]) } : {}),
	});
}

/* Of few keys, so that streams, posts and ends of one session meet. */
function stream(random) {
	const Authorization = `Hark ${random.below(12).toString(16).padStart(64, "5e")}`;
	const step = () => {
		const headers = { Origin: "http://127.0.0.1", Authorization, ...(random.chance(0.1) ? oddHeaders(random) : {}) };
		if (random.chance(0.3)) {
			headers["Last-Event-ID"] = random.pick([0, 1, 2, 3, 200, 999999999999]);
		}
		if (random.chance(0.1)) {
			return request("DELETE", "/events", headers);
		}
		if (random.chance(0.4)) {
			return request("GET", "/events", { ...headers, ...(random.chance(0.6) ? { Prefer: `wait=${random.below(2)}` } : {}) });
		}
		const [hello] = random.pick(pages)(random);
		const body = random.chance(0.4) ? JSON.stringify({ type: "hello", schema: schema.hash, ...hello }) : message(random);
		return request("POST", "/send", {
			...headers, "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(body)),
			...(random.chance(0.4) ? { "X-Hark-Number": random.below(5) } : {}),
		}, body);
	};
	return Array.from({ length: 1 + random.below(6) }, () => Buffer.from(step()));
}

const pages = [
	(random) => [{ page: "visitor", token: random.bytes(32).toString("hex") }, undefined, "visitor"],
	() => [{ page: "console" }, cookies.sage, "supporter"],
	() => [{ page: "oversight" }, cookies.okafor, "counselor"],
];

function webSocket(random) {
	const [hello, cookie, role] = random.pick(pages)(random);
	const upgrade = request("GET", "/ws", upgradeHeaders({ Cookie: cookie && `hark=${cookie}`, ...(random.chance(0.1) ? oddHeaders(random) : {}) }));
	const parts = [Buffer.from(upgrade)];
	if (random.chance(0.95)) {
		parts.push(frame("text", JSON.stringify({ type: "hello", ref: 1, schema: schema.hash, ...hello })));
	}
	if (hello.page === "visitor" && random.chance(0.5)) {
		parts.push(frame("text", JSON.stringify({ type: "room.start", ref: 2, topics: [], to: "now" })));
	}
	const wild = random.chance(0.5);
	for (let i = random.below(12); i >= 0; i--) {
		parts.push(anyFrame(random, wild, role));
	}
	return parts;
}

/* ---- how it is bent ---- */

const tokens = ["\r\n", "\r\n\r\n", "\n", "\0", " ", ":", ",", ";", "HTTP/1.0", "HTTP/9.9", "Content-Length: -1\r\n", "Transfer-Encoding: chunked\r\n",
	"Upgrade: x\r\n", "0\r\n\r\n", "%00", "%", "\xff\xfe", "\x81\xfe", "\x88\x80", "\x89\xff", "\"", "\\u0000", "[[[[[[[[", "{\"type\":"];

function bend(bytes, random) {
	const at = random.below(bytes.length);
	const to = Math.min(bytes.length, at + 1 + random.below(random.pick([1, 4, 40, 4000])));
	switch (random.below(6)) {
	case 0: {
		const copy = Buffer.from(bytes);
		copy[at] ^= 1 << random.below(8);
		return copy;
	}
	case 1:
		return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
	case 2:
		return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
	case 3:
		return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(tokens), "latin1"), bytes.subarray(at)]);
	case 4:
		return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(20)), bytes.subarray(at)]);
	default:
		return bytes.subarray(0, at + 1);
	}
}

/* Connection number i: what is written, piece by piece, and how it ends. */
function connectionOf(i) {
	const random = new Random(seed * 1000003 + i);
	const kind = random.pick(["http", "http", "http", "ws", "ws", "ws", "ws", "stream", "stream", "stream", "noise"]);
	let parts = kind === "ws" ? webSocket(random)
		: kind === "stream" ? stream(random)
		: kind === "http" ? Array.from({ length: 1 + random.below(4) }, () => exchange(random))
		: [random.bytes(1 + random.below(2000))];
	/* A handshake that fails shows little of what is behind it: mostly what follows it is bent. */
	const bent = kind === "ws" && random.chance(0.8) ? 1 : 0;
	for (let times = random.below(5); times > 0; times--) {
		const one = bent + random.below(parts.length - bent);
		parts = parts.map((part, at) => (at === one && part.length > 0 ? bend(part, random) : part));
	}
	/* What follows a handshake waits for its answer, mostly: a client must (RFC 6455 4.1). */
	const waits = kind === "ws" && random.chance(0.9) ? parts.splice(0, 1) : [];
	const cuts = random.chance(0.4) ? parts.flatMap((part) => {
		const at = random.below(part.length);
		return [part.subarray(0, at), part.subarray(at)];
	}) : [Buffer.concat(parts)];
	return { kind, waits: waits.length > 0, parts: [...waits, ...cuts].filter((part) => part.length > 0), end: random.pick(["cut", "half", "linger", "linger", "linger", "reset", "deaf"]), from: `127.0.0.${2 + (i % 50)}` };
}

/* ---- sending it ---- */

const seen = { connections: 0, bytes: 0 };
const note = (what) => (seen[what] = (seen[what] ?? 0) + 1);

function look(bytes) {
	const status = /^HTTP\/1\.[01] (\d+)/.exec(bytes.toString("latin1", 0, 20))?.[1];
	note(status ? `HTTP ${status}` : bytes.length > 0 ? "other bytes" : "no answer");
	if (status === "101") {
		const behind = bytes.toString("latin1");
		["welcome", "ok", "error"].filter((type) => behind.includes(`"type":"${type}"`)).forEach((type) => note(`a ${type}`));
	}
}

function connect(i, port) {
	const { waits, parts, end, from: localAddress } = connectionOf(i);
	const got = [];
	return new Promise((resolve) => {
		const socket = net.connect({ port, host: "127.0.0.1", localAddress, allowHalfOpen: true });
		let timer;
		socket.setNoDelay(true);
		socket.on("error", () => {});
		socket.on("close", () => {
			clearTimeout(timer);
			seen.connections++;
			look(Buffer.concat(got));
			resolve();
		});
		let answered = () => {};
		socket.on("data", (data) => {
			got.push(data);
			timer?.refresh();
			answered();
			if (end === "deaf" && waits) {
				socket.pause();
			}
		});
		socket.on("end", () => socket.destroy());
		if (end === "deaf" && !waits) {
			socket.pause();
		}
		const write = (at) => {
			if (at < parts.length && !socket.destroyed) {
				seen.bytes += parts[at].length;
				if (at === 0 && waits) {
					answered = () => {
						answered = () => {};
						clearTimeout(timer);
						write(1);
					};
					timer = setTimeout(answered, LINGER_MS);
					socket.write(parts[0]);
				} else {
					socket.write(parts[at], () => setImmediate(write, at + 1));
				}
				return;
			}
			if (end === "reset") {
				socket.resetAndDestroy();
			} else if (end === "cut") {
				socket.destroySoon();
			} else {
				if (end === "half") {
					socket.end();
				}
				timer = setTimeout(() => socket.destroy(), LINGER_MS);
			}
		};
		socket.on("connect", () => write(0));
	});
}

/* ---- the run ---- */

const daemon = { current: undefined };

test(`${count} connections from ${from} of seed ${seed} harm nobody`, async () => {
	cookies = await prepare(built);
	const one = newDaemon({ "limits.connections": 1000 });
	daemon.current = one;
	if (options.valgrind) {
		one.runner = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite"];
		one.patience = 120000;
	}
	await one.start();
	const ada = new Person(one, "ada");
	const hears = new Person(one, "ada"); // her other tab
	await ada.arrive();
	room = await ada.start();
	await hears.arrive();
	let next = from, said = 0, talking = Promise.resolve();
	const talk = async () => {
		const body = `still here ${said++}`;
		await ada.done(ada.say(room, body)).catch((error) => {
			throw new Error(`around connection ${next}: ${error.message}`);
		});
		await hears.sees("chat.posted", { room, body });
	};
	const alive = () => assert.equal(one.exit, null, `it ended around connection ${next}: ${one.output.slice(-4000)}`);
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		while (next < from + count) {
			const i = next++;
			await connect(i, one.port);
			alive();
			if (i % TALK_EVERY === 0) {
				talking = talking.then(talk);
				await talking;
			}
		}
	}));
	await talking;
	alive();
	console.log(`# ${said} messages of a student were answered; ${JSON.stringify(seen)}`);
	assert.ok(said >= Math.floor(count / TALK_EVERY));
});

test("the daemon stops clean and has nothing to say", async () => {
	await daemon.current.stop();
	assert.doesNotMatch(daemon.current.output, /^==\d+==|Sanitizer|runtime error|Assertion/m);
	await daemon.current.destroy();
});

await runTests();
