/* lib/roads, with a connection on it: which road, when the other, and back without a gap. */

import assert from "node:assert/strict";
import test from "node:test";
import { Connection, type Incoming, type Open } from "../lib/connection";
import { Roads } from "../lib/roads";
import type { WireEvent } from "../lib/wire";
import { FakeClock, FakeServer, FakeSocket, settle } from "./fakes";

const LOOK_MS = 60000;

function setUp(kept: Record<string, unknown> = {}) {
	const clock = new FakeClock();
	const server = new FakeServer();
	const sockets: FakeSocket[] = [];
	const heard: WireEvent[] = [];
	const statuses: string[] = [];
	let after = 0;
	let asked = 0;
	let hide = (): void => undefined;
	const onHide = (run: () => void): void => void (hide = run);
	const socket: Open = () => {
		sockets.push(new FakeSocket());
		return sockets[sockets.length - 1] as FakeSocket;
	};
	const store = {
		read: <T>(key: string) => kept[key] as T | undefined,
		write: (key: string, value: unknown) => void (kept[key] = value),
	};
	const connection = new Connection({
		url: "ws://school/ws",
		hello: () => ({ page: "visitor", token: "t", after }),
		store,
		clock,
		random: () => 1,
		socket,
		detour: () => {
			asked++;
			return Promise.resolve(new Roads({ clock, store, socket, fetch: server.fetch, key: () => "ab", onHide }).open);
		},
	});
	connection.addEventListener("message", (event) => heard.push((event as Incoming).message));
	connection.addEventListener("status", () => statuses.push(connection.status));
	connection.start();
	const newest = (): FakeSocket => sockets[sockets.length - 1] as FakeSocket;
	let id = 0;
	const give = (message: object) => server.write(`id: ${++id}\ndata: ${JSON.stringify(message)}\n\n`);
	/* Hello by the stream, and its welcome. */
	const welcome = async (): Promise<void> => {
		await server.begin();
		const hello = JSON.parse(server.posts[server.posts.length - 1]?.body ?? "{}") as { type: string; ref: number };
		assert.equal(hello.type, "hello");
		await server.answer(204);
		await give({ type: "welcome", ref: hello.ref, role: "visitor", server_ms: 0 });
	};
	/* Time passes in which the stream brings something now and then, and takes what is said. */
	const alive = async (ms: number): Promise<void> => {
		for (let past = 0; past < ms; past += 4000) {
			clock.pass(4000);
			await give({ type: "room.returned", room: 1, n: 1, at_ms: 0 });
			await server.answer(204);
		}
	};
	const refuse = async (): Promise<void> => {
		newest().onclose?.({ code: 1006 });
		await settle();
	};
	const posted = () => server.posts.map(({ body }) => (JSON.parse(body) as { type: string }).type);
	const hold = (n: number): void => void (after = n);
	return { clock, server, sockets, heard, statuses, connection, newest, give, alive, welcome, refuse, posted, kept, hold, asked: () => asked, hide: () => hide() };
}

/* Online by the stream. */
async function onStream() {
	const page = setUp();
	await page.refuse();
	await page.refuse();
	await page.welcome();
	assert.equal(page.connection.status, "online");
	return page;
}

test("roads: a WebSocket that works is all there is", async () => {
	const { newest, clock, asked, kept } = setUp();
	newest().welcome();
	for (let minute = 0; minute < 10; minute++) {
		clock.pass(5500);
		newest().give({ type: "ok", ref: newest().last("ping")?.ref });
	}
	await settle();
	assert.equal(asked(), 0);
	assert.equal(kept.road, undefined);
});

test("roads: a refused upgrade leads to the stream at once, and the tab remembers", async () => {
	const { server, connection, kept, statuses } = await onStream();
	assert.equal(server.gets.length, 1);
	assert.equal(kept.road, true);
	assert.deepEqual(statuses.slice(-1), ["online"]);
	assert.equal(connection.retryAt, undefined);
});

test("roads: frames that are swallowed lead to the stream within seconds", async () => {
	const { clock, connection, newest, server, welcome, sockets } = setUp();
	newest().onopen?.();
	clock.pass(3000);
	await settle();
	assert.equal(sockets[0]?.closed, true);
	newest().onopen?.();
	clock.pass(500);
	await settle();
	assert.equal(server.gets.length, 1);
	await welcome();
	assert.equal(connection.status, "online");
	assert.equal(newest().closed, true);
});

test("roads: without a network nothing is fetched twice, and the socket is tried first again", async () => {
	const { clock, newest, asked, server, connection } = setUp();
	newest().onclose?.({ code: 1006 });
	await settle();
	assert.equal(asked(), 1);
	newest().welcome();
	assert.equal(connection.status, "online");
	clock.pass(1000);
	await settle();
	assert.equal(server.gets.length, 0);
});

test("roads: a tab that remembers takes the stream first; where that fails, the socket", async () => {
	const { server, newest, connection, kept } = setUp({ road: true });
	await settle();
	assert.equal(server.gets.length, 1);
	await server.begin(503);
	newest().welcome();
	assert.equal(connection.status, "online");
	assert.equal(kept.road, undefined);
});

test("roads: back to the WebSocket: greeted with what is held, the stream goes on until the welcome", async () => {
	const { newest, give, alive, heard, connection, server, hold, sockets, statuses, kept } = await onStream();
	const before = sockets.length;
	await alive(LOOK_MS);
	assert.equal(sockets.length, before + 1);
	const asked = connection.request({ type: "room.end", room: 1 });
	const ref = (JSON.parse(server.posts[server.posts.length - 1]?.body ?? "") as { ref: number }).ref;
	await server.answer(204);
	statuses.length = 0;
	newest().onopen?.();
	assert.deepEqual(newest().sent.map(({ type }) => type), ["ping"]);
	hold(5);
	newest().give({ type: "error", code: "hello_first", message: "Say hello first." });
	assert.equal(newest().last("hello")?.after, 5);
	/* What comes by the stream now comes again by the WebSocket. */
	heard.length = 0;
	await give({ type: "room.returned", room: 1, n: 6, at_ms: 0 });
	assert.deepEqual(heard, []);
	const welcome = { type: "welcome", ref: newest().last("hello")?.ref, role: "visitor", server_ms: 0 };
	newest().give({ type: "batch", events: [welcome, { type: "room.returned", room: 1, n: 6, at_ms: 0 }] });
	await give({ type: "room.returned", room: 1, n: 7, at_ms: 0 });
	assert.deepEqual(heard.map(({ type }) => type), ["welcome", "room.returned", "batch"]);
	assert.deepEqual(statuses, ["connecting", "online"]);
	/* The answer to what was asked on the stream still comes by it, then it ends. */
	assert.equal(server.gets[0]?.signal.aborted, false);
	await give({ type: "batch", events: [{ type: "room.returned", room: 1, n: 8, at_ms: 0 }, { type: "ok", ref }] });
	assert.equal(heard.some((one) => one.type === "room.returned" && one.n > 6), false);
	assert.equal((await asked).type, "ok");
	assert.equal(server.gets[0]?.signal.aborted, true);
	void connection.request({ type: "room.end", room: 2 }).catch(() => undefined);
	assert.equal(newest().last("room.end")?.room, 2);
	assert.equal(kept.road, undefined);
});

test("roads: a WebSocket that is no road yet costs nothing that was said meanwhile, and is tried again", async () => {
	const { newest, give, alive, heard, connection, sockets } = await onStream();
	await alive(LOOK_MS);
	const first = sockets.length;
	newest().onopen?.();
	newest().give({ type: "error", code: "hello_first", message: "Say hello first." });
	heard.length = 0;
	await give({ type: "room.returned", room: 1, n: 2, at_ms: 0 });
	assert.deepEqual(heard, []);
	newest().onclose?.({ code: 1006 });
	assert.equal(heard.length, 1);
	await alive(LOOK_MS);
	assert.equal(sockets.length, first);
	await alive(LOOK_MS + 4000);
	assert.equal(sockets.length, first + 1);
	/* This one swallows all. */
	newest().onopen?.();
	await alive(8000);
	assert.equal(newest().closed, true);
	assert.equal(connection.status, "online");
});

test("roads: a stream that is silent is offline in time, and comes back on the stream", async () => {
	const { clock, connection, server, welcome, posted } = await onStream();
	clock.pass(5500);
	await settle();
	assert.deepEqual(posted(), ["hello", "ping"]);
	clock.pass(6000);
	assert.equal(connection.status, "offline");
	clock.pass(1000);
	await settle();
	assert.equal(server.gets.length, 2);
	await server.answer(204);
	await welcome();
	assert.equal(connection.status, "online");
});

test("roads: a page that goes away tells the server; one that comes back is new", async () => {
	const { hide, server, connection, clock } = await onStream();
	hide();
	await settle();
	assert.equal(server.leaves.length, 1);
	assert.equal(connection.status, "offline");
	clock.pass(500);
	assert.equal(server.gets.length, 2);
});
