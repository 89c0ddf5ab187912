// Reads and plays transcripts: who says what, and what comes back.
//
//	== a title                    begins a case: a daemon of its own in a fresh school
//	option talk.gone = 1s         of the daemon, before anything else
//	only over ws                  the case is about what one connection brings at once
//	ada connects                  a socket; ada is a visitor unless she works there (school.mjs)
//	ada arrives [fields]          connects, says hello, takes `welcome`, an overseer all before
//	                              `state.caught_up` too; fields go into the hello, cookie=... not
//	ada.2 arrives                 another tab with ada's token, another page of juniper's sign-in
//	ada > type field=value ...    sends a request, with a ref of its own
//	ada >> text                   sends this text; `x*70000` stands for so many x, `hex:ff00` for bytes
//	ada < type field=value ...    the next message is this and has at least these fields
//	ada < error code field=...    short for error code=...
//	ada < type ... & type ...     these are the next messages, in any order
//	ada < closed 4401             the connection ends with this code
//	ada hears 9, among them ...   nine messages come, one of them like this
//	ada hears nothing             of all that was done until now nothing is left for her
//	ada leaves                    the connection is cut; over plain HTTP she says so
//	given ada waits               she has arrived and waits in $room
//	given ada and juniper talk    both have arrived and $room is open for both; its newest n is 2
//	operator > ...                the control socket; connects by itself
//	door > sign.in ...            a post; door < 204 cookie=?c, door < error code status=401
//	door > picture by=ada ...     ada sends one to $room: id, file ("jpeg 30 20": tests/picture/make,
//	                              or a text), as="image/jpeg"; the answer as to a post
//	one of juniper, robin < ok    exactly one gets this; the names go to $winner and $loser
//	becomes juniper > t ... < u   asks until the answer is this, any other is passed over
//	daemon is killed | stops | starts
//	repeat 1..60 ... end          with ${i}; ${...} is put in first, anywhere, and may do the
//	                              ${work(challenge, bits)} that work_needed asks for
//
// A value is a word, or JSON in which $x is a variable, ?x matches anything and keeps it as $x,
// * matches anything, ! what is not there, @x an id made of the word x, %x ada's token for %ada,
// x*4000 so many x.
// Objects match when they have at least these members, lists when each element does.
//
// Requests, answers and events come in one strict order, and none may be left over at the end. A
// `batch` without ref counts as what is in it. Snapshots (state.*) but for state.caught_up are
// apart: `<` waits until the newest of its kind and room matches.
//
// Besides, of all that comes in: each answer has the ref of a request; a room's n and the
// overseers' seq have no gaps and no doubles; nobody else sees a seq, or what is for overseers, or
// for supporters.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Control, Socket, newDaemon, patience, roles, schema } from "./school.mjs";
import { work } from "./work.mjs";

export const hash = (text, bytes) => createHash("sha256").update(text).digest("hex").slice(0, 2 * bytes);
const overseersOnly = new Set(["alarm.raised", "alarm.taken", "account.was_reset", "state.wall", "state.staff",
	"escalation.raised", "escalation.moved", "flag.raised", "flag.cleared", "note.sent", "identity.moved", "case.moved",
	"exported", "room.blocked", "state.channels", "state.escrow", "state.cases", "room.marked"]);
const events = new Set(["room.opened", "room.joined", "chat.posted", "chat.pictured", "room.left", "room.requeued",
	"room.mailboxed", "room.returned", "room.ended"]);

export class Actor {
	ordered = [];
	newest = new Map();
	awaited = new Map(); // ref: type of the request
	refs = 0;
	seen = new Map(); // room: newest n
	own = new Map(); // room: n that came with `ok`
	seq = null;

	constructor(name, page) {
		this.name = name;
		this.page = page;
	}

	/* Takes in what has come. */
	drain() {
		for (const text of this.socket.take()) {
			const message = JSON.parse(text);
			assert.ok(message.type in schema.events, `${this.name} got ${text}`);
			if (message.type === "batch" && message.ref === undefined) {
				message.events.forEach((one) => this.#note(one));
			} else {
				this.#note(message);
			}
		}
	}

	#note(message) {
		const { type } = message;
		if (this.page !== "oversight") {
			assert.ok(!JSON.stringify(message).includes('"seq":') || this.page === "control",
				`${this.name} may see no seq: ${JSON.stringify(message)}`);
			assert.ok(!overseersOnly.has(type) || this.page === "control", `${type} is not for ${this.name}`);
		}
		if (this.page !== "console") {
			const theirs = ["note.posted", "desk.nudged", "state.desk"].includes(type) || "readers" in message;
			assert.ok(!theirs, `${this.name} is no supporter: ${JSON.stringify(message)}`);
		}
		if (message.ref !== undefined) {
			const asked = this.awaited.get(message.ref);
			assert.ok(asked, `${this.name} has no such request: ${JSON.stringify(message)}`);
			this.awaited.delete(message.ref);
			if (type === "ok" && ["room.open", "room.start", "codename.open"].includes(asked)) {
				this.#beginAgain(message.room);
			}
		}
		this.#count(message);
		if (type.startsWith("state.") && type !== "state.caught_up") {
			this.newest.set(`${type} ${message.room ?? ""}`, message);
		} else {
			this.ordered.push(message);
		}
	}

	#count(message) {
		const { type, room, n, seq } = message;
		if (seq !== undefined && type !== "state.caught_up" && this.page === "oversight") {
			assert.ok(this.seq === null || seq === this.seq + 1, `${this.name} got seq ${seq} after ${this.seq}`);
			this.seq = seq;
			return;
		}
		if (type === "ok" && n !== undefined) {
			this.own.set(`${room} ${n}`, true);
		}
		if (!events.has(type)) {
			return;
		}
		let next = this.seen.get(room);
		if (next !== undefined) {
			next++;
			while (next < n && this.own.has(`${room} ${next}`)) {
				next++;
			}
			assert.equal(n, next, `${this.name} got ${JSON.stringify(message)}`);
		}
		this.seen.set(room, n);
	}

	/* The room's events are given anew, from a place of the client's choice. */
	#beginAgain(room) {
		this.seen.delete(room);
	}
}

/* ---- values ---- */

function readValue(text, variables) {
	const times = /^x\*(\d+)$/.exec(text);
	if (times) {
		return "x".repeat(Number(times[1]));
	}
	const quoted = text.replace(/"(?:[^"\\]|\\.)*"|([$?@%])(\w+)|\*/g, (whole, sign, name) => {
		switch (sign) {
		case "$":
			assert.ok(name in variables, `there is no $${name}`);
			return JSON.stringify(variables[name]);
		case "?":
			return `{"?":"${name}"}`;
		case "@":
			return JSON.stringify(hash(name, 16));
		case "%":
			return JSON.stringify(hash(`token of ${name}`, 32));
		default:
			return whole === "*" ? '{"?":""}' : whole;
		}
	});
	if (text === "!") {
		return { "?": null };
	}
	try {
		return JSON.parse(quoted);
	} catch {
		assert.match(text, /^[\w.+-]+$/, `what is ${text}?`);
		return text;
	}
}

/* name=value ..., where values may hold blanks inside quotes and brackets. */
function readFields(text, variables) {
	const fields = {};
	let rest = text.trim();
	while (rest !== "") {
		const name = /^(\w+)=/.exec(rest);
		assert.ok(name, `name=value is missing at: ${rest}`);
		let at = name[0].length, depth = 0, inside = false;
		for (; at < rest.length && (depth > 0 || inside || rest[at] !== " "); at++) {
			if (rest[at] === "\\" && inside) {
				at++;
			} else if (rest[at] === '"') {
				inside = !inside;
			} else if (!inside) {
				depth += "[{".includes(rest[at]) - "]}".includes(rest[at]);
			}
		}
		fields[name[1]] = readValue(rest.slice(name[0].length, at), variables);
		rest = rest.slice(at).trim();
	}
	return fields;
}

/* Captured values on a match, null otherwise. */
function match(wanted, got, captured = {}) {
	if (wanted !== null && typeof wanted === "object" && "?" in wanted) {
		const name = wanted["?"];
		if ((name === null) !== (got === undefined)) {
			return null;
		}
		return name ? { ...captured, [name]: got } : captured;
	}
	if (Array.isArray(wanted)) {
		if (!Array.isArray(got) || got.length !== wanted.length) {
			return null;
		}
		return wanted.reduce((all, one, i) => all && match(one, got[i], all), captured);
	}
	if (wanted !== null && typeof wanted === "object") {
		if (got === null || typeof got !== "object") {
			return null;
		}
		return Object.entries(wanted).reduce((all, [key, one]) => all && match(one, got[key], all), captured);
	}
	return wanted === got ? captured : null;
}

/* ---- playing ---- */

class Player {
	actors = new Map();
	answers = []; // of posts

	constructor(daemon, cookies) {
		this.daemon = daemon;
		this.cookies = cookies;
		this.variables = { work, schema: schema.hash, data: join(daemon.directory, "data") };
	}

	actor(name) {
		const actor = this.actors.get(name);
		assert.ok(actor, `${name} is not there`);
		return actor;
	}

	async connect(name, { cookie } = {}) {
		const [base] = name.split(".");
		const role = base === "operator" ? "operator" : roles[base];
		const page = role === undefined ? "visitor" : role === "operator" ? "control"
			: role === "supporter" ? "console" : "oversight";
		const actor = new Actor(name, page);
		actor.socket = page === "control" ? await Control.open(this.daemon.control)
			: await Socket.open(this.daemon.port, cookie ?? this.cookies[base]);
		this.actors.set(name, actor);
		return actor;
	}

	/* Awaited: it has been taken, where that can be told. */
	send(actor, message) {
		const ref = ++actor.refs;
		actor.awaited.set(ref, message.type);
		return actor.socket.send(JSON.stringify({ type: message.type, ref, ...message }));
	}

	async arrive(name, { cookie, ...fields }) {
		const actor = await this.connect(name, { cookie });
		const [base] = name.split(".");
		const hello = { type: "hello", page: actor.page, schema: schema.hash, ...fields };
		if (actor.page === "visitor") {
			hello.token ??= hash(`token of ${base}`, 32);
		}
		this.send(actor, hello);
		await this.expect(actor, "welcome", {});
		while (actor.page === "oversight" && fields.after === undefined) {
			if ((await this.next(actor, "state.caught_up")).type === "state.caught_up") {
				break;
			}
		}
	}

	/* A visitor's room up to here; $room. */
	async wait(name, variables = this.variables) {
		await this.arrive(name, {});
		const actor = this.actor(name);
		this.send(actor, { type: "room.start", topics: [], to: "now" });
		await this.expect(actor, "ok", { room: { "?": "room" }, n: 1 });
		await this.expect(actor, "room.opened", { room: variables.room, n: 1 });
		await this.expect(actor, "state.caught_up", { room: variables.room, n: 1 });
	}

	async talk(name, supporter) {
		await this.wait(name);
		if (!this.actors.has(supporter)) {
			await this.arrive(supporter, {});
		}
		const { room } = this.variables;
		const [visitor, peer] = [this.actor(name), this.actor(supporter)];
		this.send(peer, { type: "room.take", room });
		await this.expect(peer, "ok", { room, n: 2 });
		await this.expect(visitor, "room.joined", { room, n: 2, handed: false });
		this.send(peer, { type: "room.open", room, after: 2 });
		await this.expect(peer, "ok", {});
		await this.expect(peer, "state.caught_up", { room, n: 2 });
	}

	next(actor, what) {
		return actor.socket.wait(`${what} for ${actor.name}`, () => {
			actor.drain();
			const got = actor.ordered.shift();
			assert.ok(got || actor.socket.closed === undefined,
				`${actor.name} was closed with ${actor.socket.closed} before ${what}`);
			return got;
		}, patience);
	}

	async expect(actor, type, fields) {
		const wanted = { type, ...fields };
		if (type.startsWith("state.") && type !== "state.caught_up") {
			await this.expectState(actor, wanted);
			return;
		}
		const got = await this.next(actor, type);
		const captured = match(wanted, got);
		assert.ok(captured, `${actor.name} got ${JSON.stringify(got)}`);
		Object.assign(this.variables, captured);
	}

	async expectAll(actor, messages) {
		const left = messages.map(({ type, fields }) => ({ type, ...fields }));
		while (left.length > 0) {
			const got = await this.next(actor, left.map((one) => one.type).join(" & "));
			const at = left.findIndex((one) => match(one, got) !== null);
			assert.ok(at >= 0, `${actor.name} got ${JSON.stringify(got)}`);
			Object.assign(this.variables, match(left[at], got));
			left.splice(at, 1);
		}
	}

	/* For answers of which one cannot say how many are which. */
	async expectAmong(actor, count, { type, fields }) {
		let found = null;
		for (let i = 0; i < count; i++) {
			found = match({ type, ...fields }, await this.next(actor, type)) ?? found;
		}
		assert.ok(found, `no ${type} among them`);
		Object.assign(this.variables, found);
	}

	async expectState(actor, wanted) {
		try {
			const captured = await actor.socket.wait(wanted.type, () => {
				actor.drain();
				const all = [...actor.newest.values()].map((one) => match(wanted, one)).filter(Boolean);
				return all[0];
			}, patience);
			Object.assign(this.variables, captured);
		} catch (error) {
			const all = [...actor.newest.values()].filter((one) => one.type === wanted.type);
			error.message += `; ${actor.name} last saw ${JSON.stringify(all)}`;
			throw error;
		}
	}

	async expectClose(actor, code) {
		const got = await actor.socket.wait(`the close of ${actor.name}`, () => actor.socket.closed, patience);
		actor.drain();
		assert.deepEqual(actor.ordered, [], `left over for ${actor.name}`);
		assert.equal(got, code);
		this.actors.delete(actor.name);
	}

	async hearNothing(actor) {
		this.send(actor, { type: "ping" });
		const got = await this.next(actor, "the answer to a ping");
		assert.deepEqual(got, { type: "ok", ref: actor.refs }, `${actor.name} got ${JSON.stringify(got)}`);
	}

	async post(message) {
		const path = {
			"sign.in": "/login", "sign.enrol": "/enrol", export: "/export", "identity.picture": "/original",
		}[message.type] ?? "/logout";
		const { cookie, ...body } = message;
		this.answers.push(await this.daemon.post(path, path === "/logout" ? null : body, cookie));
	}

	async picture({ by, file, as = "image/jpeg", id, room = this.variables.room }) {
		const [kind, width, height] = file.split(" ");
		const body = height === undefined ? file
			: execFileSync(join(this.daemon.built, "tests/picture/make"), [kind, width, height]);
		const token = by in roles ? undefined : hash(`token of ${by}`, 32);
		this.answers.push(await this.daemon.send(body, {
			"X-Hark-Room": String(room), "X-Hark-Id": id, "Content-Type": as,
			Authorization: token && `Bearer ${token}`, Cookie: token ? undefined : `hark=${this.cookies[by]}`,
		}));
	}

	expectAnswer(type, fields) {
		const got = this.answers.shift();
		const wanted = type === "error" ? { type, ...fields } : { status: Number(type), ...fields };
		const captured = match(wanted, got);
		assert.ok(captured, `the answer was ${JSON.stringify(got)}`);
		Object.assign(this.variables, captured);
	}

	async expectOne(names, type, fields) {
		const wanted = { type, ...fields };
		const outcomes = [];
		for (const name of names) {
			const actor = this.actor(name);
			const got = await this.next(actor, `an answer`);
			const captured = match(wanted, got);
			if (captured === null) {
				actor.ordered.unshift(got);
			} else {
				Object.assign(this.variables, captured);
			}
			outcomes.push(captured !== null);
		}
		assert.equal(outcomes.filter(Boolean).length, 1, `${outcomes.filter(Boolean).length} got ${type}`);
		this.variables.winner = names[outcomes.indexOf(true)];
		this.variables.loser = names[outcomes.indexOf(false)];
	}

	/* Asks again and again: for what no message tells of. Bounded in time. */
	async become(name, request, type, fields) {
		const until = Date.now() + patience;
		for (;;) {
			const answer = name === "door" ? await this.askDoor(request) : await this.ask(name, request);
			const wanted = name === "door" && type !== "error" ? { status: Number(type), ...fields } : { type, ...fields };
			const captured = match(wanted, answer);
			if (captured !== null) {
				Object.assign(this.variables, captured);
				return;
			}
			assert.ok(Date.now() < until, `it was still ${JSON.stringify(answer)}`);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	async ask(name, request) {
		const actor = this.actor(name);
		this.send(actor, request);
		return this.next(actor, "an answer");
	}

	async askDoor(request) {
		await this.post(request);
		return this.answers.shift();
	}

	async finish() {
		for (const actor of this.actors.values()) {
			assert.equal(actor.socket.closed, undefined, `${actor.name} was closed`);
			if (actor.awaited.size > 0 || actor.greeted !== false) {
				await this.settle(actor);
			}
		}
		assert.deepEqual(this.answers, []);
	}

	async settle(actor) {
		this.send(actor, { type: "ping" });
		const ref = actor.refs;
		const left = [];
		for (let got; !got || got.ref !== ref;) {
			got = await this.next(actor, "the answer to a last ping");
			if (got.ref !== ref) {
				left.push(got);
			}
		}
		assert.deepEqual(left, [], `left over for ${actor.name}`);
		assert.deepEqual([...actor.awaited.values()], [], `${actor.name} waits for an answer`);
	}

	drop() {
		for (const actor of this.actors.values()) {
			actor.socket.drop();
		}
		this.actors.clear();
	}
}

/* type and fields; `error code` is short for code=code. */
function readMessage(text, variables) {
	const [, type, rest] = /^(\S+)\s*(.*)$/.exec(text.trim());
	const code = type === "error" && /^(\w+|\*)(?=\s|$)/.exec(rest);
	const fields = readFields(code ? rest.slice(code[0].length) : rest, variables);
	return { type, fields: code ? { code: readValue(code[1], variables), ...fields } : fields };
}

function rawBytes(text) {
	const hex = /^hex:([0-9a-f]+)$/.exec(text);
	const times = /^x\*(\d+)$/.exec(text);
	return hex ? Buffer.from(hex[1], "hex") : times ? "x".repeat(Number(times[1])) : text;
}

const steps = [
	[/^(\S+) connects(.*)$/, (player, [, name, rest]) => player.connect(name, readFields(rest, player.variables))],
	[/^(\S+) arrives(.*)$/, (player, [, name, rest]) => player.arrive(name, readFields(rest, player.variables))],
	[/^(\S+) leaves$/, async (player, [, name]) => {
		await player.actor(name).socket.leave();
		player.actors.delete(name);
	}],
	[/^given (\S+) waits$/, (player, [, name]) => player.wait(name)],
	[/^given (\S+) and (\S+) talk$/, (player, [, name, peer]) => player.talk(name, peer)],
	[/^(\S+) hears nothing$/, (player, [, name]) => player.hearNothing(player.actor(name))],
	[/^(\S+) hears (\d+), among them (.+)$/, (player, [, name, count, text]) =>
		player.expectAmong(player.actor(name), Number(count), readMessage(text, player.variables))],
	[/^daemon is killed$/, async (player) => {
		await player.daemon.end("SIGKILL");
		player.drop();
		await player.daemon.start();
	}],
	[/^daemon stops$/, (player) => player.daemon.process.kill("SIGTERM")],
	[/^daemon starts$/, async (player) => {
		assert.deepEqual(await player.daemon.wait("the daemon's end", () => player.daemon.exit, patience),
			{ code: 0, signal: null }, player.daemon.output);
		player.drop();
		await player.daemon.start();
	}],
	[/^one of (\S+), (\S+) < (.+)$/, (player, [, a, b, text]) => {
		const { type, fields } = readMessage(text, player.variables);
		return player.expectOne([a, b], type, fields);
	}],
	[/^becomes (\S+) > (.+) < (.+)$/, (player, [, name, request, answer]) => {
		const asked = readMessage(request, player.variables);
		const { type, fields } = readMessage(answer, player.variables);
		return player.become(name, { type: asked.type, ...asked.fields }, type, fields);
	}],
	[/^door > (.+)$/, (player, [, text]) => {
		const { type, fields } = readMessage(text, player.variables);
		return type === "picture" ? player.picture(fields) : player.post({ type, ...fields });
	}],
	[/^door < (.+)$/, (player, [, text]) => {
		const { type, fields } = readMessage(text, player.variables);
		player.expectAnswer(type, fields);
	}],
	[/^(\S+) >> (.+)$/, async (player, [, name, text]) => {
		const { socket, awaited } = player.actor(name);
		const ref = /"ref": *(\d+)/.exec(text);
		if (ref) {
			awaited.set(Number(ref[1]), "raw");
		}
		if (name.startsWith("operator")) {
			socket.send(text);
		} else {
			await socket.sendBytes(rawBytes(text));
		}
	}],
	[/^(\S+) > (.+)$/, async (player, [, name, text]) => {
		if (name === "operator" && !player.actors.has(name)) {
			await player.connect(name);
		}
		const { type, fields } = readMessage(text, player.variables);
		await player.send(player.actor(name), { type, ...fields });
	}],
	[/^(\S+) < closed (\d+)$/, (player, [, name, code]) => player.expectClose(player.actor(name), Number(code))],
	[/^(\S+) < (.+ & .+)$/, (player, [, name, text]) =>
		player.expectAll(player.actor(name), text.split(" & ").map((one) => readMessage(one, player.variables)))],
	[/^(\S+) < (.+)$/, (player, [, name, text]) => {
		const { type, fields } = readMessage(text, player.variables);
		return player.expect(player.actor(name), type, fields);
	}],
];

async function playLine(player, line) {
	const put = line.text.replace(/\$\{([^}]+)\}/g, (whole, expression) => {
		const names = Object.keys(player.variables);
		return Function(...names, `return ${expression}`)(...names.map((name) => player.variables[name]));
	});
	for (const [pattern, step] of steps) {
		const found = pattern.exec(put);
		if (found) {
			await step(player, found);
			return;
		}
	}
	assert.fail(`not understood: ${put}`);
}

async function playLines(player, lines) {
	for (const line of lines) {
		try {
			if (line.body) {
				for (let i = line.from; i <= line.to; i++) {
					player.variables.i = i;
					await playLines(player, line.body);
				}
			} else {
				await playLine(player, line);
			}
		} catch (error) {
			if (!error.placed) {
				error.placed = true;
				error.message = `${line.file}:${line.number}: ${line.text}\n${error.message}`;
			}
			throw error;
		}
	}
}

/* The cases of one file: { title, options, lines }. */
export function readTranscript(file) {
	const cases = [];
	let open = null; // a repeat's lines
	readFileSync(file, "utf8").split("\n").forEach((raw, at) => {
		const text = raw.trim();
		const title = /^== (.+)$/.exec(text);
		const option = /^option (\S+) = (.+)$/.exec(text);
		const only = /^only over (\w+)$/.exec(text);
		const repeat = /^repeat (\d+)\.\.(\d+)$/.exec(text);
		const line = { file, number: at + 1, text };
		const current = cases.at(-1);
		if (title) {
			cases.push({ title: title[1], options: {}, lines: [] });
		} else if (text === "" || text.startsWith("#")) {
			return;
		} else if (option) {
			current.options[option[1]] = option[2];
		} else if (only) {
			current.only = only[1];
		} else if (repeat) {
			open = { ...line, from: Number(repeat[1]), to: Number(repeat[2]), body: [] };
			current.lines.push(open);
		} else if (text === "end") {
			open = null;
		} else {
			(open?.body ?? current.lines).push(line);
		}
	});
	return cases;
}

export async function play({ options, lines }, cookies) {
	const daemon = newDaemon(options);
	const player = new Player(daemon, cookies);
	try {
		await daemon.start();
		await playLines(player, lines);
		await player.finish();
		player.drop();
		await daemon.stop();
		assert.doesNotMatch(daemon.output, /ERROR:|runtime error|<3>/, daemon.output);
	} catch (error) {
		if (daemon.exit !== null || /ERROR|runtime error|<3>/.test(daemon.output)) {
			error.message += `\n${daemon.output}`;
		}
		throw error;
	} finally {
		player.drop();
		await daemon.destroy();
	}
}
