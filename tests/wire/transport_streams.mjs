// Sessions over plain HTTP: what protocol/README.md says of them, each sentence from both sides.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { fetchOnce, Raw, request, Server, test, turns, Ws } from "./client.mjs";
import { newKey, Reader, Stream } from "./stream_client.mjs";
import { onValgrind } from "./valgrind.mjs";

const json = { Origin: "http://127.0.0.1", "Content-Type": "application/json" };
const lookAlikes = ["null", "https://127.0.0.1", "http://127.0.0.1.evil.example", "http://127.0.0.1:1", "http://evil.example"];

/* All that a GET is answered with, to its end. */
async function readAll(port, headers, options) {
	const events = [];
	const reader = await Reader.open(port, headers, { ...options, take: (event) => events.push(event) });
	await reader.end();
	reader.drop();
	return { events, status: reader.status, headers: reader.headers, whole: reader.whole };
}

export function register(command) {
	const one = async (options, run, program = command) => {
		const server = await Server.start(program, options);
		try {
			await run(server);
		} finally {
			assert.deepEqual(await (server.told ? server.ended() : server.stop()), { code: 0, signal: null }, server.errors);
			assert.equal(server.errors, "");
		}
	};

	const goDown = (server) => {
		server.told = true; /* a second signal would not be waited for */
		server.signal("SIGTERM");
	};

	/* So that what ends here was ended by what is tested, not by its time. */
	const patient = { "handshake-ms": 600000, "grace-ms": 600000, "dead-ms": 600000, "ping-ms": 600000 };

	/* Sessions, this one not counted. */
	const others = async (ws) => Number(await ws.ask("!count")) - 1;
	const becomes = (ws, count) =>
		turns(`${count} sessions`, async () => await others(ws) === count, () => {});

	test("frames are events, in chunks or until the end, and messages are posts", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			const { status, headers } = stream.reader;
			assert.equal(status, 200);
			assert.equal(headers["content-type"], "text/event-stream");
			assert.equal(headers["cache-control"], "no-store");
			assert.equal(headers["x-accel-buffering"], "no");
			assert.equal(headers["transfer-encoding"], "chunked");
			assert.equal(headers["content-length"], undefined);
			assert.equal(stream.beats, 1);
			for (const text of ["one", "zwei \u{1f511} drei", "x".repeat(16384), "y".repeat(65536)]) {
				assert.equal(await stream.ask(text), text);
			}
			assert.equal(stream.newest, 4);
			assert.equal(stream.broken, undefined);
			stream.drop();

			const old = new Stream(port);
			await old.get({}, { version: "1.0" });
			assert.equal(old.reader.headers["transfer-encoding"], undefined);
			assert.equal(await old.ask("hello"), "hello");
			await old.send("!close 1013");
			assert.equal(await old.close(), 1013);
			await old.reader.end();
		}));

	test("frames of every length come whole, several in one write too", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			for (let size = 16200; size < 16400; size++) {
				stream.send("z".repeat(size));
			}
			for (let size = 16200; size < 16400; size++) {
				assert.equal((await stream.message()).length, size);
			}
			assert.equal(stream.broken, undefined);
			stream.drop();
		}));

	test("a GET that is cut in the midst of a frame loses nothing", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			assert.equal(await stream.ask("first"), "first");
			stream.reader.raw.socket.pause();
			await stream.send("!flood 1 900000", "last");
			stream.reader.drop();
			await stream.get();
			assert.equal((await stream.message()).length, 900000);
			assert.equal(await stream.message(), "last");
			stream.reader.drop();
			await stream.get();
			assert.equal(await stream.ask("after"), "after");
			assert.equal(stream.newest, 4);
			stream.drop();
		}));

	test("what was never confirmed comes again, from the beginning too", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			await stream.post("a", { "Last-Event-ID": undefined });
			await stream.message();
			await stream.post("b", { "Last-Event-ID": undefined });
			await stream.message();
			stream.newest = 0;
			await stream.get({ "Last-Event-ID": "0" });
			assert.deepEqual([await stream.message(), await stream.message()], ["a", "b"]);
			stream.newest = 1;
			await stream.get();
			assert.equal(await stream.message(), "b");
			stream.drop();
		}));

	test("one place in a session: neither ahead of it nor behind what was confirmed", () =>
		one(patient, async ({ port }) => {
			for (const last of ["0", "1", "4", "999999999999999999"]) {
				const stream = await Stream.open(port);
				await stream.ask("a");
				await stream.ask("b"); /* its post confirms the first, */
				assert.equal(await stream.ask("!count"), "1"); /* and this one the second */
				const { events } = await readAll(port, stream.headers({ "Last-Event-ID": last }));
				assert.deepEqual(events, [{ event: "close", data: "1001" }], last);
				assert.equal((await stream.post("c")).status, 404);
				stream.drop();
			}
		}));

	test("an unknown key opens a session, but none to go on with", () =>
		one(patient, async ({ port }) => {
			const key = newKey();
			const { events, status, whole } = await readAll(port, { Authorization: `Hark ${key}`, "Last-Event-ID": "1" });
			assert.equal(status, 200);
			assert.ok(whole);
			assert.deepEqual(events, [{ event: "close", data: "1001" }]);
			assert.equal((await new Stream(port, { key }).post("x")).status, 404);
			const stream = await Stream.open(port, { key });
			assert.equal(await stream.ask("!count"), "1");
			stream.drop();
		}));

	test("a key is 64 digits after its scheme, and opens one session only", () =>
		one(patient, async ({ port }) => {
			const key = newKey();
			const stream = await Stream.open(port, { key });
			for (const Authorization of [undefined, "Hark", "Hark ", `Hark ${key.slice(1)}`, `Hark ${key}0`, `Hark  ${key}`,
				`Hark ${key.slice(1)}g`, `Bearer ${key}`, key, `Hark ${"0".repeat(400)}`]) {
				for (const method of ["GET", "POST"]) {
					const path = method === "GET" ? "/events" : "/send";
					const { status } = await fetchOnce(port, method, path, { ...json, Authorization,
						"Content-Length": method === "POST" ? "2" : undefined }, "hi");
					assert.equal(status, 400, `${method} ${Authorization}`);
				}
			}
			assert.equal((await stream.post("!count", { Authorization: `hARK ${key.toUpperCase()}` })).status, 204);
			assert.equal(await stream.message(), "1");
			const foreign = await Stream.open(port);
			assert.equal(await foreign.ask("!count"), "2");
			assert.deepEqual(stream.take(), []);
			const almost = (key[0] === "0" ? "1" : "0") + key.slice(1);
			assert.equal((await stream.post("x", { Authorization: `Hark ${almost}` })).status, 404);
			stream.drop();
			foreign.drop();
		}));

	test("another origin neither reads, nor speaks, nor ends it", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			for (const Origin of lookAlikes) {
				const headers = stream.headers({ Origin });
				assert.equal((await fetchOnce(port, "GET", "/events", headers)).status, 403, Origin);
				assert.equal((await stream.post("x", { Origin })).status, 403, Origin);
				assert.equal((await fetchOnce(port, "DELETE", "/events", headers)).status, 403, Origin);
			}
			assert.equal((await stream.post("x", { Origin: undefined })).status, 403);
			const asked = await fetchOnce(port, "OPTIONS", "/send", { Origin: "http://evil.example",
				"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization" });
			assert.ok(!Object.keys(asked.headers).some((name) => name.startsWith("access-control")));
			await stream.get({ Origin: "http://127.0.0.1" });
			assert.equal(await stream.ask("still here"), "still here");
			stream.drop();
		}));

	test("the newer of two GETs is answered, and the older one ends as it should", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			const older = stream.reader;
			await stream.get();
			await older.end();
			assert.ok(older.whole);
			assert.equal(await stream.ask("!count"), "1");
			const polled = readAll(port, stream.headers({ Prefer: "wait=30" }));
			await stream.reader.end();
			await stream.get();
			const { events, status } = await polled;
			assert.equal(status, 200);
			assert.deepEqual(events, [{ beat: true }]);
			assert.equal(await stream.ask("on"), "on");
			stream.drop();
		}));

	test("a poll is a whole answer: at once when it opens, or has something, else after its wait", () =>
		one(patient, async ({ port }) => {
			const raw = await Raw.open(port);
			const key = { Authorization: `Hark ${newKey()}` };
			const poll = (last, wait) =>
				raw.send(request("GET", "/events", { ...key, "Last-Event-ID": last, Prefer: `respond-async, wait=${wait}` }));
			const stream = new Stream(port, { headers: key });
			poll(undefined, 30);
			const first = await raw.answer();
			assert.equal(first.status, 200);
			assert.equal(String(first.body), ":\n\n");
			assert.equal(first.headers["content-type"], "text/event-stream");
			assert.equal(first.headers["cache-control"], "no-store");
			await stream.post("between");
			poll(undefined, 30);
			assert.equal(String((await raw.answer()).body), "id: 1\ndata: between\n\n");
			poll(1, 30);
			await stream.post("while it waits");
			assert.equal(String((await raw.answer()).body), "id: 2\ndata: while it waits\n\n");
			poll(2, 1);
			assert.equal(String((await raw.answer()).body), ":\n\n");
			poll(2, 0);
			assert.equal(String((await raw.answer()).body), ":\n\n");
			poll(1, 30);
			assert.equal(String((await raw.answer()).body), "event: close\ndata: 1001\n\n"); /* 2 was confirmed */
			raw.drop();
		}));

	test("a session over polls alone", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port, { poll: 30 });
			for (let i = 0; i < 20; i++) {
				assert.equal(await stream.ask(`message ${i}`), `message ${i}`);
			}
			await stream.send("!flood 300 500", "end");
			for (let i = 0; i < 300; i++) {
				assert.equal((await stream.message()).length, 500);
			}
			assert.equal(await stream.message(), "end");
			await stream.send("!close 4401");
			assert.equal(await stream.close(), 4401);
		}));

	test("not more is given than may be kept, until it is confirmed", () =>
		one(patient, async ({ port }) => {
			for (const [flood, given] of [["!flood 300 10", 128], ["!flood 30 10000", 7]]) {
				const stream = new Stream(port);
				stream.confirmed = Infinity; /* the client confirms nothing by itself */
				const events = [];
				const reader = await Reader.open(port, stream.headers(), { take: (event) => events.push(event) });
				await reader.wait("the first bytes", () => events.length > 0);
				await stream.post(flood, { "Last-Event-ID": undefined });
				await reader.wait("all that is given", () => events.length === 1 + given);
				await stream.post("!count", { "Last-Event-ID": undefined });
				await stream.post("x", { "Last-Event-ID": "1" });
				await reader.wait("one more", () => events.length === 2 + given);
				await stream.post("x", { "Last-Event-ID": String(given + 1) });
				await reader.wait("many more", () => events.length >= 2 * given);
				reader.drop();
			}
		}));

	test("what was taken is not taken twice, and nothing before it may be missing", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			const numbered = async (text, number) => (await stream.post(text, { "X-Hark-Number": number })).status;
			assert.equal(await numbered("one", "1"), 204);
			assert.equal(await numbered("one", "1"), 204);
			assert.equal(await numbered("three", "3"), 409);
			assert.equal(await numbered("two", "2"), 204);
			assert.equal(await numbered("three", "3"), 204);
			assert.equal(await numbered("two", "2"), 204);
			for (const number of ["-1", "x", "1.5", "9999999999999999999", ""]) {
				assert.ok([204, 400].includes(await numbered("end", number)), number);
			}
			await stream.post("!count");
			const texts = [];
			for (let text; text !== "1";) {
				text = await stream.message();
				texts.push(text);
			}
			assert.deepEqual(texts.filter((text) => text !== "end"), ["one", "two", "three", "1"]);
			stream.drop();
		}));

	test("a message without a number overtakes others, and takes no number from them", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			await stream.post("one", { "X-Hark-Number": "1" });
			const slow = await Raw.open(port);
			slow.send(request("POST", "/send", stream.headers({ ...json, "Content-Length": "3", "X-Hark-Number": "2" })));
			slow.send("tw");
			assert.equal((await stream.post("last words")).status, 204);
			slow.send("o");
			assert.equal((await slow.answer()).status, 204);
			assert.equal((await stream.post("three", { "X-Hark-Number": "3" })).status, 204);
			const texts = [];
			while (texts.length < 4) {
				texts.push(await stream.message());
			}
			assert.deepEqual(texts, ["one", "last words", "two", "three"]);
			slow.drop();
			stream.drop();
		}));

	test("what would close a WebSocket ends a session with the same code", () =>
		one(patient, async ({ port }) => {
			for (const [body, code, status] of [
				["!close 1013", 1013, 204], ["!close 4401", 4401, 204], ["!refuse 1007", 1007, 400],
				[Buffer.from([0x7b, 0xff, 0x7d]), 1007, 400], ["x".repeat(65537), 1009, 413],
			]) {
				for (const poll of [undefined, 30]) {
					const stream = await Stream.open(port, { poll });
					assert.equal((await stream.post(body)).status, status);
					assert.equal(await stream.close(), code);
					assert.equal((await stream.post("x")).status, 404);
				}
			}
		}));

	test("a post has a length, JSON's type, and sense", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			const status = async (headers) => (await stream.post("body", headers)).status;
			assert.equal(await status({ "Content-Length": undefined }), 411);
			assert.equal(await status({ "Content-Length": "-1" }), 400);
			assert.equal(await status({ "Content-Length": undefined, "Transfer-Encoding": "chunked" }), 400);
			assert.equal(await status({ "Content-Type": "text/plain" }), 415);
			assert.equal(await status({ "Content-Type": undefined }), 415);
			assert.equal(await status({ "Last-Event-ID": "two" }), 400);
			for (const [method, path] of [["GET", "/send"], ["PUT", "/send"], ["POST", "/events"], ["HEAD", "/events"], ["PUT", "/events"]]) {
				const answer = await fetchOnce(port, method, path, { ...stream.headers(), ...json });
				assert.equal(answer.status, 405, `${method} ${path}`);
			}
			assert.equal(await stream.ask("good"), "good");
			stream.drop();
		}));

	test("DELETE ends a session at once, and so does leaving", () =>
		one(patient, async ({ port }) => {
			const ws = await Ws.open(port);
			const leave = (stream) =>
				fetchOnce(port, "POST", "/leave", stream.headers({ Origin: json.Origin, "Content-Length": "0" }));
			for (const end of [(stream) => stream.end(), leave]) {
				const stream = await Stream.open(port);
				assert.equal(await others(ws), 1);
				assert.notEqual((await end(stream)).status, 404);
				assert.equal(await others(ws), 0);
				assert.equal(await stream.close(), 1000);
				assert.equal((await stream.end()).status, 404);
			}
			ws.drop();
		}));

	test("the cookie, and who it is, come from the GET", () =>
		one({ ...patient, proxy: "127.0.0.1" }, async ({ port }) => {
			const stream = await Stream.open(port, { cookie: "who" });
			stream.cookie = "another";
			assert.equal(await stream.ask("!cookie"), "who");
			const here = await stream.ask("!bucket");
			const elsewhere = await Stream.open(port, { headers: { "X-Forwarded-For": "203.0.113.9" } });
			assert.notEqual(await elsewhere.ask("!bucket"), here);
			stream.drop();
			elsewhere.drop();
		}));

	test("a session counts as a connection; one too many is told to come later", () =>
		one({ ...patient, connections: 2 }, async ({ port }) => {
			const ws = await Ws.open(port);
			const stream = await Stream.open(port);
			assert.deepEqual((await readAll(port, { Authorization: `Hark ${newKey()}` })).events, [{ event: "close", data: "1013" }]);
			await assert.rejects(Ws.open(port), /503/);
			await stream.get();
			assert.equal(await stream.ask("!count"), "2");
			await stream.end();
			const next = await Stream.open(port);
			assert.equal(await next.ask("!count"), "2");
			next.drop();
			ws.drop();
		}));

	test("silence is filled with beats", () =>
		one({ ...patient, "ping-ms": 300 }, async ({ port }) => {
			const stream = await Stream.open(port);
			await stream.wait("beats", () => stream.beats >= 4);
			assert.equal(await stream.ask("hello"), "hello");
			stream.drop();
		}));

	test("a session that nobody reads ends after its grace, not one between polls or with a reader", () =>
		one({ ...patient, "grace-ms": 3000, "ping-ms": 300 }, async ({ port }) => {
			const ws = await Ws.open(port);
			const [gone, back, polls, there] = await Promise.all([{}, {}, { poll: 1 }, {}].map((options) => Stream.open(port, options)));
			gone.drop();
			back.reader.drop();
			await back.get();
			await becomes(ws, 3);
			for (const stream of [back, polls, there]) {
				assert.equal(await stream.ask("here"), "here");
			}
			assert.equal((await gone.post("x")).status, 404);
			[back, polls, there, ws].forEach((each) => each.drop());
		}));

	test("a page that asks for nothing is dead, though it reads", () =>
		one({ ...patient, "dead-ms": 3000, "ping-ms": 300 }, async ({ port }) => {
			const [dead, alive] = await Promise.all([Stream.open(port), Stream.open(port)]);
			const life = setInterval(() => alive.send("alive"), 300);
			assert.equal(await dead.close(), 1001);
			assert.equal(alive.closed, undefined);
			clearInterval(life);
			alive.drop();
		}));

	test("half-sent posts are cut, and their session goes on", () =>
		one({ ...patient, "handshake-ms": 300 }, async ({ port }) => {
			const stream = await Stream.open(port);
			const half = await Promise.all(Array.from({ length: 3 }, async () => {
				const raw = await Raw.open(port);
				raw.send(request("POST", "/send", stream.headers({ ...json, "Content-Length": "100" }), "half"));
				return raw;
			}));
			await Promise.all(half.map((raw) => raw.end()));
			assert.ok(half.every((raw) => raw.bytes.length === 0));
			assert.equal(await stream.ask("whole"), "whole");
			stream.drop();
		}));

	test("of too many posts under way the oldest is given up", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			const posts = [];
			for (let i = 0; i < 4; i++) {
				const raw = await Raw.open(port);
				/* A connection that is known already is read in turn; a new one may come late. */
				raw.send(request("GET", "/healthz"));
				assert.equal((await raw.answer()).status, 200);
				raw.send(request("POST", "/send", stream.headers({ ...json, "Content-Length": "5" }), `num${i}`));
				posts.push(raw);
				await stream.ask("a post between, so that they come in turn");
			}
			/* What is read in the same turn of the loop may change places: ask until it has come. */
			let given = false;
			const end = posts[0].end().finally(() => (given = true));
			await turns("the oldest's end", () => given, () => stream.ask("one more"));
			await end;
			for (const i of [3, 1, 2]) {
				posts[i].send("!");
				assert.equal((await posts[i].answer()).status, 204);
				assert.equal(await stream.message(), `num${i}!`);
			}
			posts.forEach((raw) => raw.drop());
			stream.drop();
		}));

	test("a post whose session ends under it finds none", () =>
		one(patient, async ({ port }) => {
			const stream = await Stream.open(port);
			const raw = await Raw.open(port);
			raw.send(request("POST", "/send", stream.headers({ ...json, "Content-Length": "5" }), "half"));
			await stream.ask("it has come");
			await stream.end();
			raw.send("!");
			assert.equal((await raw.answer()).status, 404);
			raw.drop();
		}));

	test("a reader that hangs up, or sends what nobody asked for, is let go of", () =>
		one(patient, async (server) => {
			const { port } = server;
			const descriptors = () => readdirSync(`/proc/${server.process.pid}/fd`).length;
			const ws = await Ws.open(port);
			const before = descriptors();
			const gone = (again) =>
				turns("its descriptor to be closed", () => descriptors() <= before, async () => {
					again();
					await ws.ask("a turn of the loop");
				});
			/* A request that comes in one read with the GET waits behind it; one that comes later does not. */
			const ends = [(raw) => raw.drop(), (raw) => raw.socket.end(), (raw) => raw.socket.resetAndDestroy(),
				(raw) => () => raw.send(request("GET", "/healthz"))];
			for (const Prefer of [undefined, "wait=30"]) {
				for (const end of ends) {
					const key = { Authorization: `Hark ${newKey()}` };
					await readAll(port, { ...key, Prefer: "wait=0" });
					const reader = await Reader.open(port, { ...key, Prefer });
					const again = end(reader.raw);
					await gone(typeof again === "function" ? again : () => {});
					reader.drop();
				}
			}
			ws.drop();
		}));

	test("a request in one piece with the GET is not answered, and the two go together", () =>
		one(patient, async (server) => {
			const descriptors = () => readdirSync(`/proc/${server.process.pid}/fd`).length;
			const ws = await Ws.open(server.port);
			const before = descriptors();
			const stream = new Stream(server.port);
			const raw = await Raw.open(server.port);
			raw.send(request("GET", "/events", stream.headers()) + request("GET", "/healthz"));
			/* The library's 4.3 ends such a connection by itself. */
			const ends = await raw.wait("the stream", () => raw.text().endsWith("3\r\n:\n\n\r\n") ? "later" : raw.ended && "at once");
			if (ends === "later") {
				assert.equal((await stream.post("!close 1013")).status, 204);
				await raw.end();
				assert.match(raw.text(), /event: close\ndata: 1013\n\n\r\n0\r\n\r\n$/);
			}
			assert.equal(raw.text().match(/HTTP\/1\.1 /g).length, 1);
			stream.drop();
			await turns("the descriptors to be closed", () => descriptors() <= before, () => ws.ask("a turn of the loop"));
			ws.drop();
		}));

	test("one that reads nothing costs no more than a WebSocket that does, and others nothing", () =>
		one({ ...patient, "handshake-ms": 300 }, async (server) => {
			const { port } = server;
			const ws = await Ws.open(port);
			const stuck = await Promise.all(Array.from({ length: 20 }, async () => {
				const stream = await Stream.open(port);
				stream.reader.raw.socket.pause();
				await stream.post("!flood 4000 10000");
				return stream;
			}));
			assert.equal(await ws.ask("meanwhile"), "meanwhile");
			assert.equal(await others(ws), 20);
			await Promise.all(stuck.map((stream) => stream.post("!close 1013")));
			await Promise.all(stuck.map((stream) => stream.post("!refuse 1009"))); /* hurried: kept frames stay unread */
			await becomes(ws, 0);
			ws.drop();
			stuck.forEach((stream) => stream.drop());
		}));

	test("on going down streams, polls and who is between two polls all hear 1001, or find none", () =>
		one(patient, async (server) => {
			const { port } = server;
			const stream = await Stream.open(port);
			const poll = await Stream.open(port, { poll: 30 });
			const between = new Stream(port, { poll: 0 });
			await readAll(port, between.headers({ Prefer: "wait=0" }));
			assert.equal(await stream.ask("!count"), "3");
			goDown(server);
			assert.equal(await stream.close(), 1001);
			assert.equal(await poll.close(), 1001);
			assert.ok(stream.reader.whole);
		}));

	const everything = async (server) => {
		const { port } = server;
		const stream = await Stream.open(port);
		await stream.send("one", "!flood 200 1000");
		for (let i = 0; i < 201; i++) {
			await stream.message();
		}
		(await stream.get()).drop();
		const older = await stream.get();
		assert.equal(await stream.ask("two"), "two");
		await stream.get();
		await older.end();
		const poll = await Stream.open(port, { poll: 1 });
		assert.equal(await poll.ask("three"), "three");
		const half = await Raw.open(port);
		half.send(request("POST", "/send", stream.headers({ ...json, "Content-Length": "9" }), "half"));
		await stream.post("!refuse 1007");
		await stream.close();
		const stuck = await Stream.open(port);
		stuck.reader.raw.socket.pause();
		await stuck.post("!flood 500 60000");
		await stuck.end();
		const left = await Stream.open(port);
		left.drop();
		const last = await Stream.open(port);
		goDown(server);
		assert.equal(await last.close(), 1001);
		[stuck, poll, last, half].forEach((each) => each.drop());
	};

	test("under valgrind: all of it, and the end in the midst of it", () =>
		one(patient, everything, onValgrind(command)));
}
