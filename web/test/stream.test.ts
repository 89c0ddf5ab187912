/* lib/stream: events down, posts up, what breaks, what is kept back. */

import assert from "node:assert/strict";
import test from "node:test";
import { StreamSocket, takeEvents } from "../lib/stream";
import { FakeClock, FakeServer, settle } from "./fakes";

function setUp(options: { polls?: boolean } = {}) {
	const clock = new FakeClock();
	const server = new FakeServer();
	const heard: string[] = [];
	const codes: number[] = [];
	let opened = 0;
	let polls = 0;
	const socket = new StreamSocket({
		url: "http://school/events", key: "ab", fetch: server.fetch, clock, ...options, onPoll: () => polls++,
	});
	socket.onopen = () => opened++;
	socket.onmessage = ({ data }) => heard.push(String(data));
	socket.onclose = ({ code }) => codes.push(code);
	return { clock, server, socket, heard, codes, opened: () => opened, polls: () => polls };
}

test("stream: events leave the text when they are complete, comments and other fields are nothing", () => {
	const { told, rest } = takeEvents(':\n\nid: 1\ndata: {"a":1}\n\nevent: close\r\ndata:1001\r\n\r\nretry: 5\nid: 2\ndata: {');
	assert.deepEqual(told, [{ id: "1", name: "", data: '{"a":1}' }, { id: "", name: "close", data: "1001" }]);
	assert.equal(rest, "retry: 5\nid: 2\ndata: {");
});

test("stream: opens with the answer, passes events on once, in whatever pieces they come", async () => {
	const { server, heard, opened } = setUp();
	assert.equal(server.gets[0]?.headers.Authorization, "Hark ab");
	await server.begin();
	assert.equal(opened(), 1);
	await server.write(":\n\nid: 1\nda");
	await server.write("ta: one\n\nid: 2\ndata: two\n");
	assert.deepEqual(heard, ["one"]);
	await server.write("\nid: 2\ndata: two\n\nid: 3\ndata: \u00e9\u{1f642}\n\n");
	assert.deepEqual(heard, ["one", "two", "\u00e9\u{1f642}"]);
});

test("stream: a character may lie across two pieces", async () => {
	const { server, heard } = setUp();
	await server.begin();
	const bytes = new TextEncoder().encode("id: 1\ndata: \u{1f642}\n\n");
	await server.writeBytes(bytes.slice(0, 14));
	await server.writeBytes(bytes.slice(14));
	assert.deepEqual(heard, ["\u{1f642}"]);
});

test("stream: messages go one at a time, numbered, and confirm what came", async () => {
	const { server, socket } = setUp();
	await server.begin();
	socket.send("hello");
	socket.send("second");
	assert.deepEqual(server.posts.map(({ body }) => body), ["hello"]);
	await server.write("id: 1\ndata: welcome\n\n");
	await server.answer(204);
	assert.deepEqual(server.posts.map(({ body }) => body), ["hello", "second"]);
	assert.deepEqual(server.posts.map(({ headers }) => headers["X-Hark-Number"]), ["1", "2"]);
	assert.equal(server.posts[0]?.headers["Last-Event-ID"], undefined);
	assert.equal(server.posts[1]?.headers["Last-Event-ID"], "1");
	assert.equal(server.posts[1]?.url, "http://school/send");
});

test("stream: a post that broke is sent again under its number; what the server refuses ends it", async () => {
	const { server, socket, clock, codes } = setUp();
	await server.begin();
	socket.send("hello");
	await server.answer(204);
	socket.send("words");
	await server.fail();
	clock.pass(1);
	await settle();
	assert.deepEqual(server.posts.slice(1).map(({ body, headers }) => [body, headers["X-Hark-Number"]]), [["words", "2"], ["words", "2"]]);
	await server.answer(404);
	assert.deepEqual(codes, [1006]);
});

test("stream: hello before its stream is known is said again", async () => {
	const { server, socket, clock, codes, opened } = setUp();
	clock.pass(1000);
	assert.equal(opened(), 1);
	socket.send("hello");
	await server.answer(404);
	clock.pass(250);
	await settle();
	assert.equal(server.posts.length, 2);
	await server.answer(204);
	assert.deepEqual(codes, []);
});

test("stream: one that breaks goes on after the last event, three times in a row and no more", async () => {
	const { server, clock, heard, codes } = setUp();
	await server.begin();
	await server.write("id: 7\ndata: seven\n\n");
	await server.end();
	clock.pass(1);
	await settle();
	assert.equal(server.gets[1]?.headers["Last-Event-ID"], "7");
	await server.begin();
	await server.write("id: 7\ndata: seven\n\nid: 8\ndata: eight\n\n");
	assert.deepEqual(heard, ["seven", "eight"]);
	for (const pause of [0, 500, 1500]) {
		await server.breakOff();
		assert.deepEqual(codes, []);
		clock.pass(pause);
		await settle();
	}
	await server.breakOff();
	assert.deepEqual(codes, [1006]);
	assert.equal(server.gets.length, 5);
});

test("stream: a code that closes is passed on, and nothing is asked again", async () => {
	const { server, clock, codes } = setUp();
	await server.begin();
	await server.write("event: close\ndata: 4401\n\n");
	await server.end();
	clock.pass(60000);
	await settle();
	assert.deepEqual(codes, [4401]);
	assert.equal(server.gets.length, 1);
});

test("stream: a full house is to be tried later", async () => {
	const { server, codes } = setUp();
	await server.begin(503);
	assert.deepEqual(codes, [1013]);
});

test("stream: where nothing is said after hello was taken, it polls", async () => {
	const { server, socket, clock, heard, codes, polls } = setUp();
	clock.pass(1000);
	socket.send("hello");
	await server.answer(204);
	clock.pass(3500);
	await settle();
	assert.equal(polls(), 1);
	assert.equal(server.gets[0]?.signal.aborted, true);
	assert.equal(server.gets[1]?.headers.Prefer, "wait=20");
	await server.begin();
	await server.write("id: 1\ndata: welcome\n\n");
	await server.end();
	assert.deepEqual(heard, ["welcome"]);
	clock.pass(1);
	await settle();
	assert.equal(server.gets[2]?.headers["Last-Event-ID"], "1");
	/* Answers with nothing in them are as they should be when they took their time. */
	for (let poll = 0; poll < 10; poll++) {
		clock.pass(20000);
		await server.begin();
		await server.end();
		clock.pass(1);
		await settle();
	}
	assert.deepEqual(codes, []);
	assert.equal(server.gets.length, 13);
	assert.equal(socket.onclose === null, false);
});

test("stream: empty answers that come at once are no poll", async () => {
	const { server, clock, codes } = setUp({ polls: true });
	assert.equal(server.gets[0]?.headers.Prefer, "wait=20");
	for (const pause of [0, 500, 1500, 0]) {
		await server.begin();
		await server.end();
		clock.pass(pause);
		await settle();
	}
	assert.deepEqual(codes, [1006]);
});

test("stream: who only listens confirms, by number and by time", async () => {
	const { server, socket, clock } = setUp();
	await server.begin();
	socket.send("hello");
	await server.answer(204);
	for (let id = 1; id <= 63; id++) {
		await server.write(`id: ${id}\ndata: x\n\n`);
	}
	assert.equal(server.posts.length, 1);
	await server.write("id: 64\ndata: x\n\n");
	assert.deepEqual(server.posts.slice(1).map(({ body, headers }) => [body, headers["Last-Event-ID"]]), [['{"type":"ping"}', "64"]]);
	await server.answer(204);
	clock.pass(15000);
	await server.write("id: 65\ndata: x\n\n");
	assert.equal(server.posts[2]?.headers["Last-Event-ID"], "65");
});

test("stream: in a quiet room of a hidden page, whose timers sleep, the server's beat is answered", async () => {
	const { server, socket, clock } = setUp();
	await server.begin();
	socket.send("hello");
	await server.answer(204);
	await server.write("id: 1\ndata: welcome\n\n");
	clock.time += 14999;
	await server.write(":\n\n");
	assert.equal(server.posts.length, 1);
	clock.time += 5001;
	await server.write(":\n\n");
	assert.deepEqual(server.posts.slice(1).map(({ body, headers }) => [body, headers["Last-Event-ID"]]), [['{"type":"ping"}', "1"]]);
	/* A post that takes long is followed by one ping, however much comes meanwhile. */
	clock.time += 20000;
	await server.write(":\n\n");
	for (let id = 2; id <= 120; id++) {
		await server.write(`id: ${id}\ndata: x\n\n`);
	}
	await server.answer(204);
	assert.deepEqual(server.posts.slice(2).map(({ headers }) => headers["Last-Event-ID"]), ["120"]);
});

test("stream: closed, it says what waits at once, to outlive the page, and then that it leaves", async () => {
	const { server, socket, codes } = setUp();
	await server.begin();
	socket.send("hello");
	socket.send('{"type":"token.forget"}');
	socket.close();
	assert.equal(server.gets[0]?.signal.aborted, true);
	assert.deepEqual(server.posts.map(({ body, keepalive }) => [body, keepalive]), [["hello", true], ['{"type":"token.forget"}', true]]);
	assert.equal(server.posts[1]?.headers["X-Hark-Number"], undefined);
	assert.equal(server.leaves.length, 0);
	await server.answer(204);
	await server.answer(204);
	assert.equal(server.leaves.length, 1);
	assert.deepEqual(codes, []);
});

test("stream: what was said last does not hold a connection for ever", async () => {
	const { server, socket, clock } = setUp();
	await server.begin();
	socket.send("hello");
	socket.close();
	clock.pass(4000);
	assert.equal(server.posts[0]?.signal.aborted, false);
	clock.pass(1000);
	assert.equal(server.posts[0]?.signal.aborted, true);
});
