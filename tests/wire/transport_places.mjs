// Who gives way when it is full, and who never does: transport_places.c from outside.

import assert from "node:assert/strict";
import { fetchOnce, frame, Raw, request, Server, test, turns, upgradeHeaders, Ws } from "./client.mjs";
import { newKey, Stream } from "./stream_client.mjs";

/* Of 16 places 2 are staff's. Nothing ends because of its time. */
const options = {
	hello: 1, connections: 16, "handshake-ms": 600000, "grace-ms": 600000, "dead-ms": 600000, "ping-ms": 600000,
};
const ALL = 16, OPEN = 14;
const SPARE = 512; // sockets besides

const staff = { Cookie: "hark=staff" };

/* A poll that is answered at once, as often as asked, over one connection. */
class Polls {
	static async open(port) {
		const polls = new Polls();
		polls.raw = await Raw.open(port);
		return polls;
	}

	async get(key, headers = {}) {
		this.raw.send(request("GET", "/events", { Authorization: `Hark ${key}`, Prefer: "wait=0", ...headers }));
		const { body } = await this.raw.answer();
		return body.toString();
	}

	async send(key, text) {
		this.raw.send(request("POST", "/send", {
			Authorization: `Hark ${key}`, Origin: "http://127.0.0.1", "Content-Type": "application/json",
			"Content-Length": String(text.length),
		}, text));
		return (await this.raw.answer()).status;
	}
}

async function upgraded(port, headers) {
	const raw = await Raw.open(port);
	raw.send(request("GET", "/ws", upgradeHeaders(headers)));
	const { status } = await raw.answer();
	raw.drop();
	return status;
}

export function register(command) {
	const one = (more, run) => Server.use(command, { ...options, ...more }, run);

	/* Somebody with a chat. */
	const busy = async (port) => {
		const ws = await Ws.open(port);
		assert.equal(await ws.ask("!chat"), "chat");
		return ws;
	};

	const many = (count, open) => Promise.all(Array.from({ length: count }, open));

	test("sessions that nobody reads give way, with a hello or without, but not a chat", () =>
		one({}, async ({ port }) => {
			const here = await busy(port);
			const polls = await Polls.open(port);
			const [chat, between] = [newKey(), newKey()];
			await polls.get(chat);
			assert.equal(await polls.send(chat, "!chat"), 204);
			for (let i = 0; i < 5 * ALL; i++) {
				const key = newKey();
				assert.equal(await polls.get(key), ":\n\n", `poll ${i}`);
				if (i % 2 === 0) {
					assert.equal(await polls.send(key, "hello"), 204);
				}
				/* Who comes back in time is never the one that was away for longest. */
				await polls.get(between);
				assert.ok(Number(await here.ask("!count")) <= OPEN);
			}
			assert.equal(await polls.send(between, "still here"), 204);
			assert.equal(await polls.send(chat, "still here"), 204);
			const student = await Ws.open(port);
			assert.equal(await student.ask("hello"), "hello");
			const stream = await Stream.open(port);
			assert.equal(await stream.ask("hello"), "hello");
			stream.drop();
		}));

	test("a poll whose client has gone gives way too", () =>
		one({}, async ({ port }) => {
			const here = await busy(port);
			for (let i = 0; i < 2 * ALL; i++) {
				const polls = await Polls.open(port), key = newKey();
				assert.equal(await polls.get(key), ":\n\n");
				polls.raw.send(request("GET", "/events", { Authorization: `Hark ${key}`, Prefer: "wait=30" }));
				await here.ask("so that it is read before the end of it is seen");
				polls.raw.drop();
			}
			assert.equal(await upgraded(port), 101);
		}));

	test("a session that nobody reads has as long for its hello as any other", () =>
		one({ "handshake-ms": 400 }, async ({ port }) => {
			const here = await busy(port);
			const polls = await Polls.open(port);
			const [silent, greeted] = [newKey(), newKey()];
			await polls.get(greeted);
			assert.equal(await polls.send(greeted, "hello"), 204);
			await polls.get(silent);
			await turns("its end", async () => Number(await here.ask("!count")) <= 2, () => {});
			const later = await Polls.open(port);
			assert.equal(await later.send(silent, "hello"), 404);
			assert.equal(await later.send(greeted, "still here"), 204);
		}));

	test("of WebSockets and readers the oldest without a hello gives way", () =>
		one({}, async ({ port }) => {
			const first = await Ws.open(port);
			const second = await Stream.open(port);
			const rest = await many(OPEN - 2, () => Ws.open(port));
			const more = [await Ws.open(port)];
			assert.equal(await first.closed(), 1013);
			assert.equal(second.code, undefined);
			more.push(await Stream.open(port));
			assert.equal(await second.close(), 1013);
			assert.equal(await rest[0].ask("!count"), String(OPEN));
		}));

	test("else the oldest without a chat; with one, none", () =>
		one({}, async ({ port }) => {
			const first = await busy(port);
			const second = await Ws.open(port), third = await Stream.open(port);
			const rest = await many(OPEN - 3, () => Ws.open(port));
			for (const one of [third, second, ...rest]) {
				assert.equal(await one.ask("hello"), "hello");
			}
			const chats = [first, await busy(port)];
			assert.equal(await second.closed(), 1013);
			assert.equal(third.code, undefined);
			chats.push(await busy(port));
			assert.equal(await third.close(), 1013);
			/* A student who comes while a crowd says hello and nothing else is let in, each time. */
			for (let i = 0; i < 3 * ALL; i++) {
				const one = await Ws.open(port);
				assert.equal(await one.ask("hello"), "hello");
			}
			while (chats.length < OPEN) {
				chats.push(await busy(port));
			}
			assert.equal(await upgraded(port), 503);
			assert.match(await (await Polls.open(port)).get(newKey()), /1013/);
			for (const chat of chats) {
				assert.equal(await chat.ask("!count"), String(OPEN));
			}
			/* Whose chat is over is one without. */
			assert.equal(await chats[3].ask("!over"), "over");
			await busy(port);
			assert.equal(await chats[3].closed(), 1013);
			assert.equal(await upgraded(port), 503);
		}));

	test("one that has been told to close, and does not, gives way", () =>
		one({}, async ({ port }) => {
			const stuck = await many(OPEN, () => Ws.open(port));
			for (const ws of stuck) {
				ws.answersClose = false;
				ws.send("!close 1000");
				assert.equal(await ws.closed(), 1000);
			}
			assert.equal(await upgraded(port), 101);
			await (await many(OPEN, () => busy(port)))[0].ask("all of them");
			stuck.forEach((ws) => ws.drop());
		}));

	test("some places are staff's alone, and staff give way to nobody", () =>
		one({}, async ({ port }) => {
			const early = await Ws.open(port, staff);
			await many(OPEN - 1, () => busy(port));
			assert.equal(await upgraded(port), 503);
			assert.equal(await upgraded(port, { Cookie: "hark=stranger" }), 503);
			const ws = await Ws.open(port, staff);
			const stream = await Stream.open(port, { cookie: "staff" });
			assert.equal(await upgraded(port, staff), 503);
			for (const one of [early, ws, stream]) {
				assert.equal(await one.ask("!cookie"), "staff");
			}
		}));

	test("sockets run out: who has asked for nothing, or takes no answer, gives way", () =>
		one({}, async ({ port }) => {
			const here = await busy(port);
			const slow = [];
			for (let i = 0; i < 2 * (ALL + SPARE); i++) {
				const raw = await Raw.open(port);
				if (i % 2 === 0) {
					raw.socket.pause();
					raw.send(request("GET", "/assets/big-0123.js"));
				} else {
					raw.send("GET /ws HTTP/1.1\r\nHost: 127");
				}
				slow.push(raw);
				if (i % 32 === 0) {
					assert.equal(await here.ask("hello"), "hello");
				}
			}
			const ws = await Ws.open(port, staff);
			assert.equal(await ws.ask("hello"), "hello");
			assert.equal((await fetchOnce(port, "GET", "/healthz")).status, 200);
			await slow[1].end();
			assert.equal(slow.at(-1).ended, false);
			/* Sockets that were upgraded and say nothing give way as well. */
			here.send(frame("text", "!count"));
			assert.equal(await here.message(), "2");
			slow.forEach((raw) => raw.drop());
		}));

	/* More come in a turn of the loop than are closed in it: the last one is not refused for that. */
	test("sockets run out at once: who comes last is let in", () =>
		one({}, async (server) => {
			const { port } = server;
			const slow = [];
			const more = async (count) => {
				for (let i = 0; i < count; i++) {
					const raw = await Raw.open(port);
					raw.send("GET /ws HTTP/1.1\r\nHost: 127");
					slow.push(raw);
				}
			};
			await more(ALL + SPARE);
			for (let i = 0; i < 3; i++) {
				const here = await busy(port);
				server.signal("SIGSTOP");
				await more(250);
				const coming = Ws.open(port, staff);
				await more(3);
				server.signal("SIGCONT");
				const last = await coming;
				assert.equal(await last.ask("hello"), "hello");
				assert.equal(await here.ask("still here"), "still here");
				[here, last].forEach((ws) => ws.drop());
			}
			slow.forEach((raw) => raw.drop());
		}));
}
