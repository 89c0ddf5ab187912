// Whoever is not who they would have to be: node strangers.mjs build/plain. TAP.
//
// Pages of other origins at every door; cookies and tokens that were good once; and every request
// of the schema before hello, after a room's end, after signing out, and with somebody else's room.
// Requests are made from the schema: a new row is asked by itself, and must be refused.

import assert from "node:assert/strict";
import { Person, newId, take } from "../fault/people.mjs";
import { Ws, fetchOnce, runTests, test, upgradeHeaders } from "./client.mjs";
import { lookAlikes } from "./origins.mjs";
import { Random, sample } from "./sample.mjs";
import { Control, Socket, carryOver, newDaemon, password, prepare, roles, schema } from "./school.mjs";
import { Stream } from "./stream_client.mjs";

const cookies = await prepare(process.argv[2]);
const seed = Number(process.argv[3] ?? 1);
const NOWHERE = 424242; // a room that is not there

async function withDaemon(run) {
	const daemon = await newDaemon().start();
	try {
		await run(daemon);
		await daemon.stop();
		assert.doesNotMatch(daemon.output, /ERROR|runtime error|<3>/);
	} finally {
		await daemon.destroy();
	}
}

/* One by one, those in a batch too. */
const messagesOf = (texts) => texts.map((text) => JSON.parse(text))
	.flatMap((one) => (one.type === "batch" && one.ref === undefined ? one.events : [one]));

const hello = (page, token) => ({ type: "hello", page, token, schema: schema.hash });

/* Ada's talk with juniper, an adult called, a case opened and details sealed. */
async function talk(daemon) {
	const ada = new Person(daemon, "ada"), juniper = new Person(daemon, "juniper", cookies);
	const rivera = new Person(daemon, "rivera", cookies);
	await Promise.all([ada.arrive(), juniper.arrive(), rivera.arrive(0)]);
	const room = await ada.start();
	await take(juniper, room);
	await ada.done(ada.say(room, "a word of hers"));
	await ada.done({ type: "identity.offer", room, name: "Ada of all people" });
	await ada.done({ type: "escalation.raise", room, id: newId(), reason: "need" });
	const { case: about } = await rivera.ask({ type: "case.open", room });
	const { escalation } = await rivera.sees("escalation.raised", { room });
	assert.ok(escalation > 0);
	return { ada, juniper, rivera, room, known: { room, escalation, case_id: about?.case_id ?? 1, opening: 1 } };
}

/* All that there is to know about her room. */
async function everythingOf(daemon, room) {
	const reader = new Person(daemon, "ada"), rivera = new Person(daemon, "rivera", cookies);
	await Promise.all([reader.arrive(), rivera.arrive(0)]);
	await reader.until("all of the room", () => reader.caughtUp.size > 0 && reader.states.has(`state.room ${room}`));
	await rivera.until("all of the feed", () => rivera.caughtUp.size > 0);
	const asked = [];
	for (const type of ["room.marks", "identity.status"]) {
		asked.push({ ...await rivera.ask({ type, room }), ref: 0 });
	}
	reader.leave();
	rivera.leave();
	return {
		events: reader.events, state: reader.states.get(`state.room ${room}`),
		feed: rivera.events.filter((one) => one.room === room), asked,
	};
}

/* All that overseers see. */
async function feedOf(daemon) {
	const chen = new Person(daemon, "chen", cookies);
	await chen.arrive(0);
	await chen.until("all of the feed", () => chen.caughtUp.size > 0);
	chen.leave();
	return chen.events;
}

const kinds = (feed, room) => feed.filter((one) => one.room === room).map(({ type, seq }) => [seq, type]);

/* ---- origins ---- */

const host = "hark.school.example";
const json = (message) => ({ headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) });

function doors(room, key, token) {
	const staff = { Cookie: `hark=${cookies.rivera}` };
	const hark = { Authorization: `Hark ${key}` };
	const reason = "somebody may be in danger";
	return {
		"GET /ws": { headers: { ...upgradeHeaders(), ...staff } },
		"GET /events": { headers: { Authorization: `Hark ${newId()}${newId()}` }, withoutToo: true },
		"DELETE /events": { headers: hark },
		"POST /send": json({ type: "chat.send", room, id: newId(), body: "not hers" }),
		"POST /picture": {
			headers: { Authorization: `Bearer ${token}`, "X-Hark-Room": room, "X-Hark-Id": newId(), "Content-Type": "image/jpeg" },
			body: "no picture",
		},
		"POST /login": json({ type: "sign.in", login: "sage", password: password("sage") }),
		"POST /enrol": json({ type: "sign.enrol", secret: newId() + newId(), password: "a password of nobody" }),
		"POST /export": json({ type: "export", reason, format: "csv" }),
		"POST /original": json({ type: "identity.picture", opening: 1, picture: 1, password: password("rivera") }),
		"POST /leave": { headers: hark, body: "" },
		"POST /logout": { headers: staff, body: "" },
		with(name) {
			const door = this[name];
			const more = name === "POST /send" ? hark : ["POST /export", "POST /original"].includes(name) ? staff : {};
			return { ...door, headers: { ...door.headers, ...more } };
		},
	};
}

test("no door opens to the page of another origin, however like ours", () => withDaemon(async (daemon) => {
	const { ada, juniper, rivera, room } = await talk(daemon);
	const stream = await Stream.open(daemon.port);
	await stream.ask(JSON.stringify({ ...hello("visitor", ada.token), ref: 1 }));
	const all = doors(room, stream.key, ada.token);
	const names = Object.keys(all).filter((name) => name.includes(" "));
	const before = await everythingOf(daemon, room);
	const knock = (name, Origin) => {
		const { headers, body = "" } = all.with(name);
		return fetchOnce(daemon.port, ...name.split(" "), {
			...headers, Host: `${host}:${daemon.port}`, Origin,
			"Content-Length": name.startsWith("POST") ? String(Buffer.byteLength(body)) : undefined,
		}, body);
	};
	/* A NUL is no header at any door: the connection only ends, in its time (transport_gate.mjs). */
	const alike = lookAlikes(host, daemon.port).filter((origin) => !origin.includes("\0"));
	await Promise.all(names.map((name) => {
		const none = all[name].withoutToo ? [] : [undefined, ""];
		return Promise.all([...none, ...alike].map(async (origin) => {
			const answer = await knock(name, origin);
			const what = `${name} from ${JSON.stringify(origin)}: ${answer.status} ${answer.body}`;
			assert.equal(answer.status, 403, what);
			assert.match(String(answer.body), /^This origin may not /, what);
			assert.equal(answer.headers["set-cookie"], undefined, what);
			assert.equal(answer.headers["clear-site-data"], undefined, what);
		}));
	}));
	assert.deepEqual(await everythingOf(daemon, room), before);
	assert.equal(stream.closed, undefined, "her session by streams goes on");
	for (const one of [ada, juniper, rivera]) {
		await one.done({ type: "ping" });
	}
	/* The same from our own origin gets further; those that end something come last. */
	for (const name of names.sort((a, b) => Number(/DELETE|leave|logout/.test(a)) - Number(/DELETE|leave|logout/.test(b)))) {
		const answer = await knock(name, `http://${host}:${daemon.port}`);
		assert.ok(answer.status > 0 && !/origin/.test(answer.body), `${name}: ${answer.status} ${answer.body}`);
	}
	stream.drop();
}));

/* ---- what was good once ---- */

/* Says hello over WebSocket or plain HTTP: { answer, socket }. */
async function greet(daemon, over, page, { cookie, token }) {
	carryOver(over);
	const socket = await Socket.open(daemon.port, cookie);
	carryOver("ws");
	socket.send(JSON.stringify({ ...hello(page, token), ref: 1 }));
	return { socket, answer: await answerOf(socket, 1) };
}

async function answerOf(socket, ref) {
	return socket.wait(`the answer to ${ref}`, () => {
		const found = messagesOf(socket.take()).find((one) => one.ref === ref);
		assert.ok(found || socket.closed === undefined, `closed with ${socket.closed} before the answer`);
		return found;
	});
}

const ended = (socket) => socket.wait("the end", () => socket.closed);

async function cookieIsNone(daemon, cookie, page, what) {
	for (const over of ["ws", "http"]) {
		const { answer, socket } = await greet(daemon, over, page, { cookie });
		assert.equal(answer.code, "not_allowed", `${what}, ${over}: ${JSON.stringify(answer)}`);
		assert.equal(await ended(socket), 4401, `${what}, ${over}`);
	}
	const reason = "somebody may be in danger";
	const posts = {
		"/export": { type: "export", reason, format: "csv" },
		"/original": { type: "identity.picture", opening: 1, picture: 1, password: "whatever it is" },
	};
	for (const [path, message] of Object.entries(posts)) {
		const { status, code } = await daemon.post(path, message, cookie);
		assert.deepEqual([status, code], [401, "not_allowed"], `${what}: ${path}`);
	}
	const sent = await daemon.send("no picture", {
		Cookie: `hark=${cookie}`, "X-Hark-Room": 1, "X-Hark-Id": newId(), "Content-Type": "image/jpeg" });
	assert.deepEqual([sent.status, sent.code], [403, "not_allowed"], `${what}: /picture`);
	const elsewhere = await fetchOnce(daemon.port, "GET", `/${page}`, { Cookie: `hark=${cookie}` });
	assert.deepEqual([elsewhere.status, elsewhere.headers.location], [303, "/login"], `${what}: /${page}`);
	assert.equal((await daemon.post("/logout", null, cookie)).status, 204, `${what}: signing out again harms nobody`);
}

/* The session by streams that it had: gone for posts, and for a GET that would go on. */
async function streamIsNone(stream, what) {
	assert.equal(await stream.close(), 4401, what);
	assert.equal((await stream.post(JSON.stringify({ type: "ping" }))).status, 404, `${what}: /send`);
	stream.code = undefined;
	await stream.get({ "Last-Event-ID": String(Math.max(1, stream.newest)) });
	assert.equal(await stream.close(), 1001, `${what}: GET /events`);
	stream.drop();
}

const ways = {
	"signed out": ["juniper", (daemon, cookie) => daemon.post("/logout", null, cookie)],
	"another password": ["robin", async (daemon, cookie, own) =>
		own.done({ type: "staff.password", old: password("robin"), new: "quite another password" })],
	"signed out everywhere": ["rivera", (daemon, cookie, own) => own.done({ type: "staff.sign_out_all" })],
	"account closed": ["okafor", async (daemon) => {
		const operator = await Control.open(daemon.control);
		operator.send(JSON.stringify({ type: "account.disable", ref: 1, login: "okafor", disabled: true }));
		assert.equal((await answerOf(operator, 1)).type, "ok");
		operator.drop();
	}],
};

test("a cookie is good for nothing after signing out, another password, and the account's end", () => withDaemon(async (daemon) => {
	for (const [what, [login, end]] of Object.entries(ways)) {
		const cookie = cookies[login], page = login === "juniper" || login === "robin" ? "console" : "oversight";
		const { cookie: second } = await daemon.post("/login", { type: "sign.in", login, password: password(login) });
		const own = new Person(daemon, login, { [login]: second });
		await own.arrive();
		const before = {};
		for (const over of ["ws", "http"]) {
			const { answer, socket } = await greet(daemon, over, page, { cookie });
			assert.equal(answer.type, "welcome", `${what}, ${over}, before`);
			before[over] = socket;
		}
		await end(daemon, cookie, own);
		assert.equal(await ended(before.ws), 4401, what);
		await streamIsNone(before.http, what);
		await cookieIsNone(daemon, cookie, page, what);
		if (what === "signed out" || what === "another password") {
			await own.done({ type: "ping" }); // that one sign-in is good
		} else {
			assert.equal(await own.closed(), 4401, what);
			await cookieIsNone(daemon, second, page, `${what}, the other one`);
		}
	}
	await daemon.end("SIGKILL");
	await daemon.start();
	for (const [what, [login]] of Object.entries(ways)) {
		await cookieIsNone(daemon, cookies[login], login === "juniper" || login === "robin" ? "console" : "oversight", `${what}, after a start`);
	}
}));

test("a token that was forgotten opens nothing", () => withDaemon(async (daemon) => {
	const { ada, room } = await talk(daemon);
	const before = await everythingOf(daemon, room);
	const { socket: stream } = await greet(daemon, "http", "visitor", ada);
	await ada.done({ type: "token.forget" });
	await streamIsNone(stream, "forgotten");
	for (const start of [false, true]) {
		if (start) {
			await daemon.end("SIGKILL");
			await daemon.start();
		}
		for (const over of ["ws", "http"]) {
			const { answer, socket } = await greet(daemon, over, "visitor", ada);
			assert.deepEqual([answer.type, answer.room], ["welcome", undefined], over);
			for (const message of [{ type: "room.open", after: 0 }, { type: "room.history", before: 9, limit: 9 },
				{ type: "chat.send", id: newId(), body: "again" }, { type: "room.end" }, { type: "codename.make" }]) {
				socket.send(JSON.stringify({ ...message, room, ref: 2 }));
				assert.equal((await answerOf(socket, 2)).code, "no_such_room", `${message.type}, ${over}`);
			}
			socket.drop();
		}
		const sent = await daemon.send("no picture", {
			Authorization: `Bearer ${ada.token}`, "X-Hark-Room": room, "X-Hark-Id": newId(), "Content-Type": "image/jpeg" });
		assert.deepEqual([sent.status, sent.code], [403, "not_allowed"]);
	}
	assert.deepEqual(kinds(await feedOf(daemon), room), kinds(before.feed, room));
}));

/* ---- every request ---- */

/* `ok` for any room, as it is for one that is not open: nothing more of it is sent. */
const IDLE = ["room.close"];

const asksAbout = (type) => schema.requests[type].fields.some(({ name }) => name === "room");

/* Those that end what the others are asked with come last. */
function everyType() {
	const last = ["token.forget", "staff.sign_out_all"];
	return Object.keys(schema.requests).sort((a, b) => last.indexOf(a) - last.indexOf(b));
}

/* Asks all of them; { type, message, answer } each. */
async function askAll(one, random, known, types = everyType(), times = 2) {
	const asked = [];
	for (const type of types) {
		for (let i = 0; i < times && one.socket.closed === undefined; i++) {
			const message = sample(type, random, known);
			asked.push({ type, message, answer: await one.ask(message) });
		}
	}
	return asked;
}

const shown = ({ message, answer }) => `${JSON.stringify(message)}: ${JSON.stringify(answer)}`;

test("before hello every request is refused, whoever's cookie it is", () => withDaemon(async (daemon) => {
	const { room, known } = await talk(daemon);
	const before = await everythingOf(daemon, room);
	const random = new Random(seed);
	for (const [over, who] of [["ws"], ["http"], ["ws", "juniper"], ["ws", "rivera"], ["http", "chen"]]) {
		carryOver(over);
		const socket = await Socket.open(daemon.port, cookies[who]);
		carryOver("ws");
		for (const type of everyType().filter((type) => type !== "hello")) {
			const message = sample(type, random, known);
			socket.send(JSON.stringify({ ref: 1, ...message }));
			const answer = await answerOf(socket, 1);
			assert.equal(answer.code, "hello_first", `${over} ${who}: ${shown({ message, answer })}`);
		}
		socket.drop();
	}
	assert.deepEqual(await everythingOf(daemon, room), before);
}));

/* Of a supporter's and a visitor's requests about a room that is not theirs. */
for (const [name, has] of [["bo", "no room"], ["cy", "a room"], ["robin", "a shift"], ["sage", "no shift"]]) {
	test(`${name}, with ${has}, cannot touch somebody else's`, () => withDaemon(async (daemon) => {
		const { ada, juniper, room, known } = await talk(daemon);
		const stranger = new Person(daemon, name, cookies);
		await stranger.arrive();
		if (has === "a room") {
			await stranger.start();
		}
		const before = await everythingOf(daemon, room);
		const events = [ada.events.length, juniper.events.length];
		const random = new Random(seed);
		for (const { type, message, answer } of await askAll(stranger, random, known)) {
			const what = shown({ message, answer });
			if (type === "hello") {
				assert.equal(answer.code, "hello_again", what);
			} else if (!schema.requests[type].roles.includes(stranger.role)) {
				assert.equal(answer.code, "not_allowed", what);
			} else if (asksAbout(type) && !IDLE.includes(type)) {
				assert.ok(["no_such_room", "taken", "off_shift"].includes(answer.code), what);
			}
		}
		assert.deepEqual(await everythingOf(daemon, room), before);
		await Promise.all([ada, juniper].map((one) => one.done({ type: "ping" })));
		assert.deepEqual([ada.events.length, juniper.events.length], events, "neither heard of it");
	}));
}

test("a visitor is told the same of somebody's room as of one that is not there", () => withDaemon(async (daemon) => {
	const { room, known } = await talk(daemon);
	const bo = new Person(daemon, "bo");
	await bo.arrive();
	const types = everyType().filter((type) => asksAbout(type) && schema.requests[type].roles.includes("visitor"));
	for (let i = 0; i < 10; i++) {
		const answers = [];
		for (const which of [room, NOWHERE]) {
			const asked = await askAll(bo, new Random(seed + i), { ...known, room: which }, types, 1);
			answers.push(asked.map(({ type, answer }) => ({ asked: type, ...answer, ref: 0 })));
		}
		assert.deepEqual(answers[0], answers[1]);
	}
	bo.leave();
}));

/* What may still be asked about a room that has ended; a new row of which that is so is to be
 * entered here. */
const AFTER_THE_END = {
	visitor: ["chat.seen", "room.open", "room.history", "room.mailbox", "room.wait", "codename.make", "identity.offer"],
	supporter: IDLE,
	counselor: [...IDLE, "room.open", "room.history", "room.step_out", "room.block", "room.unblock", "room.marks", "flag.clear",
		"identity.status", "identity.ask", "case.open", "search", "audit.list", "alarm.take"],
};

test("after its end a room is read, looked after and come back to; all else is refused", () => withDaemon(async (daemon) => {
	const { ada, juniper, rivera, room, known } = await talk(daemon);
	await juniper.done({ type: "room.end", room });
	await Promise.all([ada, rivera].map((one) => one.sees("room.ended", { room })));
	const before = await everythingOf(daemon, room);
	const random = new Random(seed);
	for (const one of [ada, juniper, rivera]) {
		const types = everyType().filter((type) => asksAbout(type) && !AFTER_THE_END[one.role].includes(type));
		for (const { type, message, answer } of await askAll(one, random, known, types)) {
			const codes = schema.requests[type].roles.includes(one.role)
				? ["room_ended", "no_such_room", "not_allowed", "no_such"] : ["not_allowed"];
			assert.ok(codes.includes(answer.code), `${one.name}: ${shown({ message, answer })}`);
		}
	}
	assert.deepEqual(await everythingOf(daemon, room), before);
	assert.equal(before.state.phase, "ended");
}));

/* Of one role, in the schema's words, but for what ends it all. */
const requestsOf = (role, random, known) => everyType()
	.filter((type) => schema.requests[type].roles.includes(role) && !["token.forget", "staff.sign_out_all"].includes(type))
	.map((type) => sample(type, random, known));

test("what a visitor sends behind token.forget, in one write with it, is about nobody's room", () => withDaemon(async (daemon) => {
	const { ada, room, known } = await talk(daemon);
	const { socket } = await greet(daemon, "ws", "visitor", ada);
	const before = await everythingOf(daemon, room);
	const behind = requestsOf("visitor", new Random(seed), known).filter(({ type }) => asksAbout(type));
	socket.send(...[{ type: "token.forget" }, ...behind, { type: "ping" }].map((message, ref) => JSON.stringify({ ...message, ref })));
	const answers = new Map();
	await socket.wait("all answers", () => {
		messagesOf(socket.take()).forEach((one) => answers.set(one.ref, one));
		return [...behind, "end", "ping"].every((_, ref) => answers.has(ref));
	});
	for (const [at, message] of behind.entries()) {
		const answer = answers.get(at + 1);
		assert.equal(answer.code, "no_such_room", shown({ message, answer }));
	}
	socket.drop();
	assert.deepEqual(kinds(await feedOf(daemon), room), kinds(before.feed, room));
}));

/* A client that goes on sending on a connection it was told to close. */
for (const [name, page] of [["juniper", "console"], ["rivera", "oversight"]]) {
	test(`what ${name} sends when signing out was answered is carried out no more`, () => withDaemon(async (daemon) => {
		const { room, known } = await talk(daemon);
		const ws = await Ws.open(daemon.port, { Cookie: `hark=${cookies[name]}` });
		ws.answersClose = false;
		const said = () => messagesOf(ws.frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => payload));
		for (const [message, answer] of [[hello(page), "welcome"], [{ type: "staff.sign_out_all" }, "ok"]]) {
			ws.send(JSON.stringify({ ...message, ref: 1 }));
			await ws.wait(answer, () => said().some(({ type, ref }) => type === answer && ref === 1));
		}
		ws.frames.length = 0;
		const before = await feedOf(daemon);
		const behind = requestsOf(roles[name], new Random(seed), known);
		ws.send(...behind.map((message, at) => JSON.stringify({ ...message, ref: at + 2 })));
		assert.equal(await ws.closed(), 4401);
		assert.deepEqual(said().filter(({ ref }) => ref !== undefined), [], "none of them was answered");
		assert.deepEqual(await feedOf(daemon), before);
		assert.ok(before.some((one) => one.room === room));
	}));
}

await runTests();
