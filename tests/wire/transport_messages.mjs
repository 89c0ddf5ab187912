// RFC 6455 and our limits: a small part of the conformance cases, by the ids of Autobahn where
// there is one.

import assert from "node:assert/strict";
import { closePayload, frame, Server, test, Ws } from "./client.mjs";

export function register(command) {
	let shared;
	const server = async () => (shared ??= await Server.start(command));
	const open = async () => Ws.open((await server()).port);

	/*
	 * What is sent is answered by a close with this code. The connection's end is not waited for:
	 * within a broken frame the library does not see our close and gives us five seconds.
	 */
	const ends = async (code, ...bytes) => {
		const ws = await open();
		ws.send(...bytes);
		assert.equal(await ws.closed(), code);
		ws.drop();
	};

	test("1.1 texts of every length class come back in one frame", async () => {
		const ws = await open();
		for (const size of [0, 1, 125, 126, 127, 128, 511, 512, 513, 1024, 4096, 16384, 65535, 65536]) {
			ws.send("*".repeat(size));
			const got = await ws.wait("the echo", () => ws.frames.shift());
			assert.equal(got.payload.length, size);
			assert.ok(got.fin);
			assert.equal(got.rsv, 0);
		}
		ws.drop();
	});

	test("1.1.8 a text sent byte by byte", async () => {
		const ws = await open();
		ws.raw.socket.setNoDelay(true);
		for (const byte of frame("text", "x".repeat(300))) {
			await new Promise((resolve) => ws.raw.socket.write(Buffer.from([byte]), resolve));
		}
		assert.equal((await ws.message()).length, 300);
		ws.drop();
	});

	test("many messages in one packet come back in order", async () => {
		const ws = await open();
		ws.send(...Array.from({ length: 500 }, (_, i) => `message ${i}`));
		for (let i = 0; i < 500; i++) {
			assert.equal(await ws.message(), `message ${i}`);
		}
		ws.drop();
	});

	test("2.x pings are answered with their payload, also within a message", async () => {
		const ws = await open();
		for (const payload of ["", "hello", Buffer.from([0, 255, 254, 1]), "x".repeat(125)]) {
			ws.send(frame("ping", payload));
			assert.deepEqual((await ws.pong()).payload, Buffer.from(payload));
		}
		ws.send(frame("text", "one ", { fin: false }), frame("ping", "between"), frame("continuation", "two"));
		assert.equal((await ws.pong()).payload.toString(), "between");
		assert.equal(await ws.message(), "one two");
		ws.drop();
	});

	test("2.5 a ping longer than 125 bytes ends the connection", async () => {
		const ws = await open();
		ws.send(frame("ping", "x".repeat(126)));
		await ws.raw.end();
	});

	test("2.7 pongs nobody asked for are fine", async () => {
		const ws = await open();
		ws.send(frame("pong"), frame("pong", "unasked"));
		assert.equal(await ws.ask("still here"), "still here");
		ws.drop();
	});

	test("3.x reserved bits are 1002", async () => {
		for (const rsv of [1, 2, 3, 4, 5, 6, 7]) {
			await ends(1002, frame("text", "x", { rsv }));
		}
	});

	test("4.x unknown opcodes are 1002", async () => {
		for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
			await ends(1002, frame("", "x", { opcode }));
		}
	});

	test("5.x fragments are joined; what is no fragment is 1002", async () => {
		const ws = await open();
		ws.send(frame("text", "a", { fin: false }), frame("continuation", "", { fin: false }),
			frame("continuation", "b", { fin: false }), frame("continuation", "c"));
		assert.equal(await ws.message(), "abc");
		ws.drop();
		await ends(1002, frame("continuation", "x"));
		await ends(1002, frame("continuation", "x", { fin: false }));
		await ends(1002, frame("text", "a", { fin: false }), frame("text", "b"));
		await ends(1002, frame("ping", "x", { fin: false }));
	});

	test("6.x text must be UTF-8, and is refused as soon as it cannot be", async () => {
		const ws = await open();
		const good = "Hâ·®κ‎ ελληνικά 漢字 🜁 \u{10FFFF}";
		assert.equal(await ws.ask(good), good);
		const bytes = Buffer.from(good);
		ws.send(...Array.from(bytes, (byte, i) =>
			frame(i === 0 ? "text" : "continuation", Buffer.from([byte]), { fin: i === bytes.length - 1 })));
		assert.equal(await ws.message(), good);
		ws.drop();
		for (const bad of ["80", "c0af", "e080af", "f08080af", "eda080", "edbfbf", "f4908080", "f888808080", "c3", "e282", "ff", "fe",
			"cebae1bdb9cf83cebcceb5eda080656469746564"]) {
			await ends(1007, frame("text", Buffer.from(bad, "hex")));
		}
		// 6.4.1: not at the message's end, but at the fragment's.
		await ends(1007, frame("text", Buffer.from("f490", "hex"), { fin: false }));
		// 6.4.3: not at the frame's end either.
		await ends(1007, frame("text", Buffer.from(`${"61".repeat(600)}f490`, "hex"), { length: 2000n }));
	});

	test("7.1 a close is answered with its code", async () => {
		for (const code of [1000, 1001, 1002, 1003, 1007, 1011, 3000, 3999, 4000, 4401, 4999]) {
			const ws = await open();
			ws.answersClose = false;
			ws.send(frame("close", closePayload(code, "bye")));
			assert.equal(await ws.closed(), code);
			await ws.raw.end();
		}
		await ends(1005, frame("close"));
	});

	test("7.9 codes that may not be sent are 1002", async () => {
		for (const code of [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]) {
			await ends(1002, frame("close", closePayload(code)));
		}
	});

	test("7.5.1 a close's reason must be UTF-8", () =>
		ends(1007, frame("close", Buffer.concat([closePayload(1000), Buffer.from("cebae1bdb9cf83cebcceb5eda080656469746564", "hex")]))));

	test("7.1.5 what follows a close is not looked at", async () => {
		const ws = await open();
		ws.send(frame("text", "half", { fin: false }), frame("close", closePayload(1000)), frame("continuation", "x"), frame("text", "late"));
		assert.equal(await ws.closed(), 1000);
		assert.ok(!ws.frames.some((one) => one.opcode === 1));
	});

	test("9.x 65536 bytes are a message, one more is 1009", async () => {
		const ws = await open();
		assert.equal((await ws.ask("x".repeat(65536))).length, 65536);
		ws.send(frame("text", "y".repeat(65000), { fin: false }), frame("continuation", "z".repeat(536)));
		assert.equal((await ws.message()).length, 65536);
		ws.drop();
		await ends(1009, frame("text", "x".repeat(65537)));
		await ends(1009, frame("text", "x".repeat(65000), { fin: false }), frame("continuation", "x".repeat(537)));
		await ends(1009, frame("text", "x".repeat(2000), { length: 1n << 40n }));
	});

	test("sizes start again with every message", async () => {
		const ws = await open();
		for (let i = 0; i < 4; i++) {
			ws.send(frame("text", "x".repeat(40000), { fin: false }), frame("continuation", "y"));
			assert.equal((await ws.message()).length, 40001);
		}
		ws.drop();
	});

	test("a length with the highest bit set ends the connection", async () => {
		const ws = await open();
		ws.send(frame("text", "x", { length: 1n << 63n }));
		await ws.raw.end();
	});

	test("binary messages are 1003", () => ends(1003, frame("binary", "x")));

	test("a storm of empty fragments ends with 1008, some are fine", async () => {
		const ws = await open();
		ws.send(frame("text", "a", { fin: false }), ...Array.from({ length: 60 }, () => frame("continuation", "", { fin: false })),
			frame("continuation", "b"));
		assert.equal(await ws.message(), "ab");
		ws.drop();
		await ends(1008, frame("text", "", { fin: false }), ...Array.from({ length: 200 }, () => frame("continuation", "", { fin: false })));
	});

	test("the session's own codes arrive, from a receive and from a wish", async () => {
		for (const code of [1001, 1003, 1007, 1008, 1009, 1013, 4401]) {
			const refused = await open();
			refused.send(`!refuse ${code}`);
			assert.equal(await refused.closed(), code);
			await refused.raw.end();
			const closed = await open();
			closed.send(`!close ${code}`);
			assert.equal(await closed.closed(), code);
			await closed.raw.end();
		}
	});

	test("what was to be sent before a close is sent before it", async () => {
		const ws = await open();
		ws.send("!flood 100 5000", "last", "!close 4401");
		assert.equal(await ws.closed(), 4401);
		const texts = ws.frames.filter((one) => one.opcode === 1);
		assert.equal(texts.length, 101);
		assert.equal(texts[100].payload.toString(), "last");
	});

	test("one message to all is written to each of them", async () => {
		const all = await Promise.all(Array.from({ length: 20 }, open));
		all[0].send("!all news");
		for (const ws of all) {
			assert.equal(await ws.message(), "news");
			ws.drop();
		}
	});

	test("and all that left nothing behind", async () => {
		const { port } = await server();
		const ws = await Ws.open(port);
		await ws.wait("the others' end", () => {
			ws.send("!count");
			return ws.frames.some((one) => one.payload.toString() === "1");
		});
		assert.deepEqual(await shared.stop(), { code: 0, signal: null });
		assert.equal(shared.errors, "");
	});
}
