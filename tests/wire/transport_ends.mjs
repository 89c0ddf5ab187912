// Stopping: everybody is told, nothing is left, at whatever moment it happens.

import assert from "node:assert/strict";
import { join } from "node:path";
import { fetchOnce, frame, Raw, request, scratchDirectory, Server, test, upgradeHeaders, Ws } from "./client.mjs";
import { onValgrind } from "./valgrind.mjs";

export function register(command) {
	test("sixty sessions get 1001, whatever else is open, and no byte is leaked", async () => {
		const server = await Server.start(onValgrind(command));
		const { port } = server;
		const sessions = [];
		for (let i = 0; i < 60; i++) {
			sessions.push(await Ws.open(port));
		}
		const half = await Promise.all(Array.from({ length: 5 }, () => Raw.open(port)));
		half.forEach((raw) => raw.send("GET / HTTP/1.1\r\nHo"));
		const kept = await Raw.open(port);
		kept.send(request("GET", "/"));
		assert.equal((await kept.answer()).status, 200);
		const sending = await Raw.open(port);
		sending.socket.pause();
		sending.send(request("GET", "/assets/big-0123.js"));
		const within = await Ws.open(port);
		within.send(frame("text", "half a message", { fin: false }));
		const flooded = await Ws.open(port);
		flooded.raw.socket.pause();
		flooded.send("!flood 300 60000");
		assert.equal(await sessions[0].ask("!count"), "62");
		server.signal("SIGTERM");
		for (const ws of [...sessions, within]) {
			assert.equal(await ws.closed(), 1001);
		}
		assert.deepEqual(await server.ended(), { code: 0, signal: null }, server.errors);
		assert.match(server.output, /stopped 0/);
		for (const raw of [...half, kept]) {
			await raw.end();
		}
		flooded.drop();
		sending.drop();
	});

	test("while it drains, upgrades and posts get 503, and the hark command no answer", async () => {
		const control = join(scratchDirectory(), "control.sock");
		const server = await Server.start(command, { control });
		const { port } = server;
		const stays = await Ws.open(port);
		stays.answersClose = false;
		server.signal("SIGTERM");
		assert.equal(await stays.closed(), 1001);
		const [upgrade, post, ready, late] = await Promise.all([
			fetchOnce(port, "GET", "/ws", upgradeHeaders()),
			fetchOnce(port, "POST", "/login", { Origin: "http://127.0.0.1", "Content-Type": "application/json", "Content-Length": "4" }, "good"),
			fetchOnce(port, "GET", "/readyz"),
			Raw.open(control),
		]);
		assert.deepEqual([upgrade.status, post.status, ready.status], [503, 503, 503]);
		await late.end();
		assert.equal(late.bytes.length, 0);
		assert.deepEqual(await server.ended(), { code: 0, signal: null });
	});

	test("it stops with nobody there, and right after its start", async () => {
		const server = await Server.start(onValgrind(command));
		assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.errors);
		assert.match(server.output, /stopped 0/);
	});

	test("sessions that are refused or dropped leave nothing behind", async () => {
		const server = await Server.start(onValgrind(command), { connections: 10 });
		const { port } = server;
		for (let i = 0; i < 10; i++) {
			const dropped = await Ws.open(port);
			dropped.send(frame("text", "half", { fin: false }), frame("ping", "x"));
			dropped.drop();
			const refused = await Raw.open(port);
			refused.send(request("GET", "/ws", upgradeHeaders({ Origin: "null" })));
			await refused.end();
			const killed = await Ws.open(port);
			killed.send("!flood 20 60000", "!close 1000");
			killed.drop();
		}
		assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.errors);
	});
}
