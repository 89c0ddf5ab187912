/* lib/connection: hello, answers, the heartbeat, coming back. */

import assert from "node:assert/strict";
import test from "node:test";
import { Connection, type Incoming, Offline, WireError } from "../lib/connection";
import type { WireEvent } from "../lib/wire";
import { FakeClock, FakeSocket, settle } from "./fakes";

function setUp() {
	const clock = new FakeClock();
	const sockets: FakeSocket[] = [];
	const born: number[] = []; /* when each attempt began */
	const heard: WireEvent[] = [];
	let after = 0;
	const connection = new Connection({
		url: "ws://school/ws",
		hello: () => ({ page: "visitor", token: "t", after }),
		socket: () => {
			const socket = new FakeSocket();
			sockets.push(socket);
			born.push(clock.now());
			return socket;
		},
		clock,
		random: () => 1,
		detour: () => Promise.reject(new Error("no network")),
	});
	connection.addEventListener("message", (event) => heard.push((event as Incoming).message));
	connection.start();
	const newest = (): FakeSocket => sockets[sockets.length - 1] as FakeSocket;
	return { clock, sockets, born, heard, connection, newest, hold: (n: number) => (after = n) };
}

test("connection: hello goes out first, welcome makes it online", () => {
	const { connection, newest } = setUp();
	assert.equal(connection.status, "connecting");
	newest().onopen?.();
	const hello = newest().sent[0];
	assert.equal(hello?.type, "hello");
	assert.equal(hello?.token, "t");
	assert.equal(typeof hello?.schema, "string");
	assert.equal(connection.status, "connecting");
	newest().give({ type: "welcome", ref: hello?.ref, role: "visitor", server_ms: 0 });
	assert.equal(connection.status, "online");
});

test("connection: an answer finds its request, whatever the order", async () => {
	const { connection, newest } = setUp();
	newest().welcome();
	const first = connection.request({ type: "room.end", room: 1 });
	const second = connection.request({ type: "codename.make", room: 1 });
	const [a, b] = newest().sent.slice(1);
	newest().give({ type: "codename", ref: b?.ref, room: 1, words: "a b c d" });
	newest().give({ type: "ok", ref: a?.ref, n: 9 });
	assert.equal((await first).type, "ok");
	assert.equal((await second).type, "codename");
});

test("connection: a refusal carries its code and when to try again", async () => {
	const { connection, newest } = setUp();
	newest().welcome();
	const asked = connection.request({ type: "codename.make", room: 1 });
	newest().give({ type: "error", ref: newest().last("codename.make")?.ref, code: "too_fast", message: "Wait.", retry_ms: 700 });
	await assert.rejects(asked, { code: "too_fast", retryMs: 700 });
	assert((await asked.catch((error: unknown) => error)) instanceof WireError);
});

test("connection: offline refuses at once, a break rejects what is under way", async () => {
	const { connection, newest } = setUp();
	await assert.rejects(connection.request({ type: "ping" }));
	newest().welcome();
	const asked = connection.request({ type: "room.end", room: 1 });
	newest().onclose?.({ code: 1006 });
	assert((await asked.catch((error: unknown) => error)) instanceof Offline);
	assert.equal(connection.status, "offline");
});

test("connection: batch is unrolled in order, and answers its request", async () => {
	const { connection, newest, heard } = setUp();
	newest().welcome();
	const asked = connection.request({ type: "room.history", room: 1, before: 9, limit: 50 });
	const events = [7, 8].map((n) => ({ type: "room.returned", room: 1, n, at_ms: 0 }));
	newest().give({ type: "batch", ref: newest().last("room.history")?.ref, more: true, events });
	assert.equal((await asked).type, "batch");
	assert.deepEqual(heard.filter((one) => one.type === "room.returned").map((one) => "n" in one && one.n), [7, 8]);
});

test("connection: silence is asked about after 5 s, no answer is offline within 15 s", () => {
	const { connection, newest, clock } = setUp();
	newest().welcome();
	clock.pass(4900);
	assert.equal(newest().last("ping"), undefined);
	clock.pass(1000);
	assert(newest().last("ping"));
	assert.equal(connection.status, "online");
	clock.pass(6000);
	assert.equal(connection.status, "offline");
});

test("connection: an answered ping keeps it online", () => {
	const { connection, newest, clock, sockets } = setUp();
	newest().welcome();
	for (let minute = 0; minute < 10; minute++) {
		clock.pass(5500);
		newest().give({ type: "ok", ref: newest().last("ping")?.ref });
	}
	assert.equal(connection.status, "online");
	assert.equal(sockets.length, 1);
});

test("connection: after a freeze a dead socket is found in 2 s, a live one stays", () => {
	const dead = setUp();
	dead.newest().welcome();
	dead.clock.freeze(60000);
	dead.clock.pass(2500);
	assert.equal(dead.connection.status, "offline");

	const live = setUp();
	live.newest().welcome();
	live.clock.freeze(60000);
	live.newest().give({ type: "ok", ref: live.newest().last("ping")?.ref });
	live.clock.pass(2500);
	assert.equal(live.connection.status, "online");
	assert.equal(live.sockets.length, 1);
});

test("connection: pauses double to 4 s, and a welcome starts them over", () => {
	const { connection, newest, clock, sockets } = setUp();
	newest().welcome();
	const pauses: number[] = [];
	for (let attempt = 0; attempt < 6; attempt++) {
		newest().onclose?.({ code: 1006 });
		pauses.push((connection.retryAt as number) - clock.now());
		const count = sockets.length;
		while (sockets.length === count) {
			clock.pass(250);
		}
	}
	assert.deepEqual(pauses, [500, 1000, 2000, 4000, 4000, 4000]);
	newest().welcome();
	assert.equal(connection.status, "online");
});

test("connection: asked to come later, a page that lost its place does not take another's at once", () => {
	const { connection, newest, clock, sockets } = setUp();
	newest().welcome();
	newest().onclose?.({ code: 1013 });
	assert.equal((connection.retryAt as number) - clock.now(), 4000);
	connection.tryNow();
	assert.equal(sockets.length, 2, "who has something to say does not wait");
});

test("connection: whenever the network returns, the page is back within 5 s", () => {
	for (let blackHole = 20000; blackHole < 45000; blackHole += 500) {
		const { connection, newest, clock, born } = setUp();
		newest().welcome();
		clock.pass(blackHole);
		assert.equal(connection.status, "offline");
		/* A network that answers: TCP tries 0, 1, 3 and 7 s after an attempt began. */
		for (let waited = 0; waited < 5000 && connection.status !== "online"; waited += 250) {
			const age = clock.now() - (born[born.length - 1] as number);
			if (connection.retryAt === undefined && [0, 1000, 3000, 7000].includes(age)) {
				newest().welcome();
			}
			clock.pass(250);
		}
		assert.equal(connection.status, "online", `black hole of ${blackHole} ms`);
	}
});

test("connection: 'try now' does not wait for the pause", () => {
	const { connection, newest, sockets } = setUp();
	newest().welcome();
	newest().onclose?.({ code: 1012 });
	assert.equal(sockets.length, 1);
	connection.tryNow();
	assert.equal(sockets.length, 2);
	newest().welcome();
	assert.equal(connection.status, "online");
});

test("connection: 'try now' while online asks, and believes the answer", () => {
	const { connection, newest, clock, sockets } = setUp();
	newest().welcome();
	connection.tryNow();
	assert(newest().last("ping"));
	clock.pass(2500);
	assert.equal(connection.status, "offline");
	assert.equal(sockets[0]?.closed, true);
});

test("connection: hello is made anew, with what is held by then", () => {
	const { newest, clock, hold } = setUp();
	newest().welcome();
	hold(42);
	newest().onclose?.({ code: 1001 });
	clock.pass(1000);
	newest().onopen?.();
	assert.equal(newest().last("hello")?.after, 42);
});

test("connection: signed out (4401) ends it and says so", () => {
	const { connection, newest, clock, sockets } = setUp();
	let denied = 0;
	connection.addEventListener("denied", () => denied++);
	newest().welcome();
	newest().onclose?.({ code: 4401 });
	clock.pass(60000);
	assert.equal(denied, 1);
	assert.equal(sockets.length, 1);
});

test("connection: a refused hello waits for the close that says whether to sign in", async () => {
	const { connection, newest, clock, sockets } = setUp();
	let denied = 0;
	connection.addEventListener("denied", () => denied++);
	newest().onopen?.();
	newest().give({ type: "error", ref: newest().last("hello")?.ref, code: "not_allowed", message: "No." });
	await settle();
	newest().onclose?.({ code: 4401 });
	clock.pass(60000);
	assert.equal(denied, 1);
	assert.equal(sockets.length, 1);
});

test("connection: a request without an answer is given up after 15 s", async () => {
	const { connection, newest, clock } = setUp();
	newest().welcome();
	const asked = connection.request({ type: "room.end", room: 1 });
	for (let second = 0; second < 16; second++) {
		clock.pass(1000);
		newest().give({ type: "ok", ref: 0 });
	}
	await settle();
	assert((await asked.catch((error: unknown) => error)) instanceof Offline);
	assert.equal(connection.status, "online");
});

test("connection: stopped and started again, it is online only with the next welcome, and says so", () => {
	const { connection, newest } = setUp();
	newest().welcome();
	connection.stop();
	assert.equal(connection.status, "connecting");
	let told = 0;
	connection.addEventListener("status", () => told++);
	connection.start();
	newest().welcome();
	assert.equal(connection.status, "online");
	assert.equal(told, 1);
});
