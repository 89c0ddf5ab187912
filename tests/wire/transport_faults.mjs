// The library's known faults and what we do about each, one test each.

import assert from "node:assert/strict";
import { fetchOnce, frame, Raw, request, Server, test, upgradeHeaders, Ws } from "./client.mjs";
import { onValgrind } from "./valgrind.mjs";

export function register(command) {
	const one = async (options, run, program = command) => {
		const server = await Server.start(program, options);
		try {
			await run(server);
		} finally {
			assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.errors);
		}
	};

	/* So that what ends here was ended by what is tested, not by its time. */
	const patient = { "handshake-ms": 600000 };

	/* Under valgrind where there is one: what is wrong here may show nowhere else. */
	const badUpgrades = async ({ port }) => {
		for (const Upgrade of ["nonsense", "h2c", "TLS/1.0", "websocket2", "x".repeat(200), "websocket, h2c"]) {
			for (const before of [0, 1, 2]) {
				const raw = await Raw.open(port);
				for (let i = 0; i < before; i++) {
					raw.send(request("GET", "/healthz"));
					assert.equal((await raw.answer()).status, 200);
				}
				raw.send(request("GET", "/", { Upgrade, Connection: "Upgrade", "HTTP2-Settings": "AAMAAABkAAQAAP__" }));
				await raw.end();
				assert.ok(!/101|HTTP\/2/.test(raw.text()), `${Upgrade}: ${raw.text()}`);
			}
		}
	};

	test("CVE-2025-11677: an unknown Upgrade on a kept connection reads nothing freed", () =>
		one(patient, badUpgrades, onValgrind(command)));

	test("HTTP/2 in clear text is refused, asked for or begun unasked", () =>
		one(patient, async ({ port }) => {
			const asked = await Raw.open(port);
			asked.send(request("GET", "/", { Upgrade: "h2c", Connection: "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABkAAQAAP__" }));
			await asked.end();
			assert.equal(asked.text(), "");
			const begun = await Raw.open(port);
			begun.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
			await begun.end();
			assert.ok(!begun.bytes.includes(Buffer.from([0, 0, 0, 4, 1])));
		}));

	test("CONNECT opens no raw connection", () =>
		one(patient, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.send("CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nraw bytes");
			await raw.end();
			assert.ok(!raw.text().includes("200"));
		}));

	/* What a request said is wiped from the memory that the library works in: never anything else. */
	const shortValues = async ({ port }) => {
		const asked = await Raw.open(port);
		for (let byte = 0x21; byte <= 0xff; byte++) {
			const value = Buffer.from([byte]).toString("latin1");
			const headers = { "User-Agent": value, Authorization: value, "X-Forwarded-For": value };
			asked.send(Buffer.from(request("GET", "/healthz", headers), "latin1"));
			assert.equal((await asked.answer()).status, 200, `a byte ${byte}`);
			const ws = await Ws.open(port, headers);
			assert.equal(await ws.ask("still served"), "still served");
			ws.drop();
		}
		asked.drop();
	};

	test("a header of one byte wipes nothing but itself", () => one(patient, shortValues));

	/* GET, POST, GET in one packet: the library would never come back from the post. */
	const inOnePacket = async ({ port }) => {
		const json = { Origin: "http://127.0.0.1", "Content-Type": "application/json", "Content-Length": "4" };
		const posts = [
			request("POST", "/login", { ...json, Origin: "http://evil.example" }, "good"), // refused
			request("POST", "/enrol", json, "good"), // answered at once
			request("POST", "/login", json, "slow"), // answered later
			request("POST", "/send", json, "good"),
			request("POST", "/picture", { ...json, "Content-Type": "image/png" }, "good"),
		];
		for (const post of posts) {
			for (const behind of ["", "x", request("GET", "/healthz"), post, post.repeat(50)]) {
				const raw = await Raw.open(port);
				raw.send(request("GET", "/healthz") + post + behind);
				assert.equal((await raw.answer()).status, 200);
				await raw.end();
				assert.equal(raw.text(), "");
			}
		}
		const ws = await Ws.open(port);
		assert.equal(await ws.ask("still served"), "still served");
		ws.drop();
	};

	test("a post that was sent before the answer to what is before it stops nobody", () => one(patient, inOnePacket));
	test("and reads nothing freed", () => one(patient, inOnePacket, onValgrind(command)));

	test("an empty message over plain HTTP is no message, and no harm", () =>
		one({}, async ({ port }) => {
			const head = { Origin: "http://127.0.0.1", Authorization: `Hark ${"5e".repeat(32)}` };
			const opened = await fetchOnce(port, "GET", "/events", { ...head, Prefer: "wait=0" });
			assert.equal(opened.status, 200);
			const sent = await fetchOnce(port, "POST", "/send", { ...head, "Content-Type": "application/json", "Content-Length": "0" });
			assert.ok(sent.status === 204 || sent.status === 400, String(sent.status));
		}));

	test("permessage-deflate is never accepted, and a compressed frame is 1002", () =>
		one({}, async ({ port }) => {
			for (const offer of ["permessage-deflate", "permessage-deflate; client_max_window_bits", "x-webkit-deflate-frame"]) {
				const ws = await Ws.open(port, { "Sec-WebSocket-Extensions": offer });
				assert.equal(ws.handshake.headers["sec-websocket-extensions"], undefined);
				ws.send(frame("text", "", { rsv: 4 }));
				assert.equal(await ws.closed(), 1002);
			}
		}));

	test("a close code is not lost when the session wishes it within WRITEABLE", () =>
		one({}, async ({ port }) => {
			// The pipe is full when the wish comes, so that it is met in WRITEABLE.
			const ws = await Ws.open(port);
			ws.raw.socket.pause();
			ws.send("!flood 300 60000", "!close 4401");
			const other = await Ws.open(port);
			assert.equal(await other.ask("meanwhile"), "meanwhile");
			ws.raw.socket.resume();
			assert.equal(await ws.closed(), 4401);
			assert.equal(ws.frames.filter((got) => got.opcode === 1).length, 300);
		}));

	test("half-sent requests take no place from good ones", () =>
		one({ connections: 200 }, async ({ port }) => {
			const half = await Promise.all(Array.from({ length: 400 }, () => Raw.open(port)));
			for (const raw of half) {
				raw.send("GET /ws HTTP/1.1\r\nHost: 127");
			}
			const ws = await Ws.open(port);
			assert.equal(await ws.ask("hello"), "hello");
			half.forEach((raw) => raw.drop());
		}));

	test("refused upgrades end without a session having been there", () =>
		one({}, async ({ port }) => {
			for (let i = 0; i < 30; i++) {
				const raw = await Raw.open(port);
				raw.send(request("GET", "/ws", upgradeHeaders({ Origin: "http://evil.example" })) + frame("text", "early"));
				assert.equal((await raw.answer()).status, 403);
				await raw.end();
			}
			const ws = await Ws.open(port);
			assert.equal(await ws.ask("!count"), "1");
		}));

	test("a frame that comes with the handshake is not lost", () =>
		one({}, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.send(Buffer.concat([Buffer.from(request("GET", "/ws", upgradeHeaders())), frame("text", "early"), frame("text", "bird")]));
			assert.equal((await raw.answer()).status, 101);
			await raw.wait("the echo", () => raw.text() === "\x81\x05early\x81\x04bird");
			raw.drop();
		}));

	test("a pong is no part of the text around it", () =>
		one({}, async ({ port }) => {
			const ws = await Ws.open(port);
			const text = Buffer.from("\u0645\u0631\u062d\u0628\u0627");
			ws.send(frame("text", text.subarray(0, 3), { fin: false }), frame("pong", Buffer.from([0x80, 0xff])),
				frame("continuation", text.subarray(3)), frame("pong", Buffer.from([0xff])));
			assert.equal(await ws.message(), text.toString());
			assert.equal(await ws.ask("still here"), "still here");
		}));

	test("large messages leave in one frame each", () =>
		one({}, async ({ port }) => {
			const ws = await Ws.open(port);
			ws.send(`!flood 3 ${1 << 20}`);
			for (let i = 0; i < 3; i++) {
				const got = await ws.wait("a large frame", () => ws.frames.shift());
				assert.equal(got.payload.length, 1 << 20);
				assert.ok(got.fin);
			}
		}));

	test("unmasked frames are taken, as the library hides what they lack (known)", () =>
		one({}, async ({ port }) => {
			const ws = await Ws.open(port);
			ws.send(frame("text", "bare", { masked: false }));
			assert.equal(await ws.message(), "bare");
		}));

	test("a reader that stands still holds one frame here, and nobody else up", () =>
		one({}, async ({ port, process }) => {
			const stalled = await Ws.open(port);
			stalled.raw.socket.pause();
			stalled.send("!flood 500 60000");
			const other = await Ws.open(port);
			for (let i = 0; i < 20; i++) {
				assert.equal(await other.ask(`${i}`), `${i}`);
			}
			assert.equal(await other.ask("!count"), "2");
			assert.ok(process.pid > 0);
			stalled.drop();
			await other.wait("the stalled one's end", () => {
				other.send("!count");
				return other.frames.some((got) => got.payload.toString() === "1");
			});
		}));

	test("a failed start leaves nothing on the loop", async () => {
		const holder = await Server.start(command);
		// Under valgrind those that fail when the library, or the listener, is up.
		const checked = onValgrind(command);
		const refused = [
			[checked, { port: holder.port }, /cannot listen on 127.0.0.1 port \d+: Address already in use/],
			[command, { listen: "300.0.0.1" }, /"300.0.0.1" is not an address/],
			[command, { listen: "192.0.2.1" }, /cannot listen on 192.0.2.1 port 0: Cannot assign/],
			[command, { proxy: "proxy.example" }, /trusted proxy "proxy.example" is not an address/],
			[command, { cert: "/nonexistent.pem", key: "/nonexistent.pem" }, /nonexistent.pem cannot be used for TLS: /],
			[checked, { control: "/nonexistent/hark.sock" }, /cannot listen on \/nonexistent\/hark.sock: No such file/],
			[command, { listen: `unix:/nonexistent/${"x".repeat(120)}` }, /longer than 107 bytes/],
		];
		for (const [program, options, sentence] of refused) {
			const server = await Server.start(program, options);
			assert.deepEqual(await server.ended(), { code: 1, signal: null }, server.errors);
			assert.match(server.output, /^failed: .*\nstopped 0\n$/);
			assert.match(server.output, sentence);
		}
		await holder.stop();
	});
}
