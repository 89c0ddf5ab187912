// What does not get on is ended: half-sent requests, stalled frames, silent peers. The limits are
// set short; nothing is measured, only that it happens, and that it does not to those who live.
// Where somebody must live, the limit leaves a busy machine seconds to answer in.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { frame, Raw, request, Server, test, upgradeHeaders, Ws } from "./client.mjs";

export function register(command) {
	const one = (options, run) => Server.use(command, options, run);
	const json = { Origin: "http://127.0.0.1", "Content-Type": "application/json" };

	test("a connection that says nothing, or half of something, is ended", () =>
		one({ "handshake-ms": 300 }, async ({ port }) => {
			const stalls = ["", "GET", "GET / HTTP/1.1\r\nHost: x\r\n", request("GET", "/ws", upgradeHeaders()).slice(0, -2),
				request("POST", "/login", { ...json, "Content-Length": "100" }, "half")];
			const all = await Promise.all(stalls.map(() => Raw.open(port)));
			all.forEach((raw, i) => raw.send(stalls[i]));
			await Promise.all(all.map((raw) => raw.end()));
			assert.ok(all.every((raw) => raw.bytes.length === 0));
		}));

	test("a header that trickles in is ended, too", () =>
		one({ "handshake-ms": 300 }, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.send("GET / HTTP/1.1\r\nX: ");
			const trickle = setInterval(() => raw.send("x"), 20);
			await raw.end();
			clearInterval(trickle);
			assert.equal(raw.bytes.length, 0);
		}));

	test("a kept connection that asks for nothing more is ended", () =>
		one({ "handshake-ms": 2000 }, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.send(request("GET", "/healthz"));
			assert.equal((await raw.answer()).status, 200);
			await raw.end();
		}));

	/* Paused, node does not see the end; a byte sent after it does. */
	const endsUnread = async (raw) => {
		const poke = setInterval(() => raw.send("x"), 20);
		await raw.wait("the server to give up", () => raw.ended || raw.socket.destroyed);
		clearInterval(poke);
	};

	test("a large file that nobody takes is given up", () =>
		one({ "handshake-ms": 300 }, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.socket.pause();
			// Several, so that no socket's buffer holds them all.
			raw.send(request("GET", "/assets/big-0123.js").repeat(9));
			await endsUnread(raw);
		}));

	/* Milliseconds of a processor that it has had. */
	const worked = ({ process }) => {
		const [user, system] = readFileSync(`/proc/${process.pid}/stat`, "latin1").split(") ")[1].split(" ").slice(11, 13);
		return (Number(user) + Number(system)) * 10;
	};

	/* The library gives up by itself, after five seconds at full speed. */
	test("who asks for little, over and over, and takes nothing keeps no processor busy", () =>
		one({ "handshake-ms": 600000 }, async (server) => {
			const raw = await Raw.open(server.port);
			raw.socket.pause();
			const before = worked(server);
			raw.send(request("GET", "/healthz").repeat(40000));
			await endsUnread(raw);
			assert.ok(worked(server) - before < 2500, `${worked(server) - before} ms`);
		}));

	test("who breaks the protocol with much unread keeps none busy either", () =>
		one({ "ping-ms": 1000 }, async (server) => {
			const ws = await Ws.open(server.port);
			ws.raw.socket.pause();
			ws.send("!flood 500 60000");
			const other = await Ws.open(server.port);
			await other.ask("it has been heard");
			ws.raw.send(Buffer.concat([frame("text", "", { opcode: 3 }), Buffer.alloc(20000, "x")]));
			const before = worked(server);
			await endsUnread(ws.raw);
			assert.ok(worked(server) - before < 2500, `${worked(server) - before} ms`);
			other.drop();
		}));

	test("who takes nothing for a while, and talks, stays", () =>
		one({ "ping-ms": 300, "dead-ms": 60000 }, async ({ port }) => {
			const ws = await Ws.open(port);
			ws.raw.socket.pause();
			ws.send("!flood 300 60000");
			const other = await Ws.open(port);
			for (let i = 0; i < 3; i++) {
				ws.send(`and ${i}`);
				await other.ping(); /* each comes with a sweep */
			}
			ws.raw.socket.resume();
			await ws.wait("what it said last", () => ws.frames.some((got) => got.payload.toString() === "and 2"));
			ws.drop();
			other.drop();
		}));

	test("who asks on and takes nothing is not waited for so long", () =>
		one({ "handshake-ms": 600000 }, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.socket.pause();
			raw.send(request("GET", "/assets/big-0123.js").repeat(9));
			await endsUnread(raw);
			assert.equal((await Raw.open(port)).ended, false);
		}));

	test("a message that stalls ends its connection; a live one goes on", () =>
		one({ "handshake-ms": 2000 }, async ({ port }) => {
			const live = await Ws.open(port);
			const [fragment, inner] = await Promise.all([Ws.open(port), Ws.open(port)]);
			fragment.send(frame("text", "the first half", { fin: false }));
			inner.send(frame("text", "x".repeat(700), { length: 5000n }));
			assert.equal(await fragment.closed(), 1006);
			assert.equal(await inner.closed(), 1006);
			assert.equal(await live.ask("still here"), "still here");
		}));

	test("silence is met with a ping; who answers lives, who does not is dropped", () =>
		one({ "ping-ms": 100, "dead-ms": 3000 }, async ({ port }) => {
			const live = await Ws.open(port);
			const dead = await Ws.open(port);
			dead.answersPings = false;
			assert.equal((await dead.ping()).payload.toString(), "hark");
			assert.equal(await dead.closed(), 1006);
			for (let i = 0; i < 6; i++) {
				await live.ping();
			}
			assert.equal(live.raw.ended, false);
			assert.equal(await live.ask("!count"), "1");
		}));

	test("one silence, one ping", () =>
		one({ "ping-ms": 100, "dead-ms": 600 }, async ({ port }) => {
			const ws = await Ws.open(port);
			ws.answersPings = false;
			assert.equal(await ws.closed(), 1006);
			assert.equal(ws.frames.filter((got) => got.opcode === 9).length, 1);
		}));

	test("messages count as life without any ping being answered", () =>
		one({ "ping-ms": 100, "dead-ms": 3000 }, async ({ port }) => {
			const ws = await Ws.open(port);
			ws.answersPings = false;
			for (const end = Date.now() + 4000; Date.now() < end;) {
				assert.equal(await ws.ask("alive"), "alive");
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
			ws.drop();
		}));

	test("a reader that stands still and says nothing is dropped with its output", () =>
		one({ "ping-ms": 100, "dead-ms": 3000 }, async ({ port }) => {
			const stalled = await Ws.open(port);
			stalled.raw.socket.pause();
			stalled.send("!flood 500 60000");
			const other = await Ws.open(port);
			await other.wait("the stalled one's end", () => {
				other.send("!count");
				setTimeout(() => other.poke(), 50);
				return other.frames.some((got) => got.payload.toString() === "1");
			});
			stalled.drop();
		}));

	test("a close that is not answered ends all the same", () =>
		one({ "handshake-ms": 2000 }, async ({ port }) => {
			const ws = await Ws.open(port);
			ws.answersClose = false;
			ws.send("!close 4401");
			assert.equal(await ws.closed(), 4401);
			await ws.raw.end();
		}));

	test("three hundred connections are all pinged", () =>
		one({ "ping-ms": 300, "dead-ms": 20000, connections: 1000 }, async ({ port }) => {
			const all = await Promise.all(Array.from({ length: 300 }, () => Ws.open(port)));
			await Promise.all(all.map((ws) => ws.ping()));
			all.forEach((ws) => ws.drop());
		}));
}
