// No note to a supporter ever comes to a visitor: visitors, supporters and counselors talk, write
// notes, step in and out, come back and look back at random, the daemon is killed under them, and
// then every word that any visitor's page was ever sent is looked through, every event there is, and
// what is exported and printed.
// node notes.mjs build/plain [SEED [STEPS]]. TAP.

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { runTests, test } from "./client.mjs";
import { Socket, newDaemon, patience, prepare, roles, schema } from "./school.mjs";
import { Actor, hash } from "./transcript.mjs";

const built = process.argv[2];
const seed = Number(process.argv[3] ?? randomInt(1, 1 << 30));
const steps = Number(process.argv[4] ?? 3000);

/* mulberry32 */
let state = seed;
function random(below) {
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) % below;
}
const pick = (list) => list[random(list.length)];

const options = {
	"talk.silent": "2s", "talk.gone": "300ms", "talk.offer": "100ms", "talk.unanswered": "1s",
	"talk.cap": 4, "limits.feed_frames": 4, "limits.oversight_frames": 16,
};
const visitors = ["ada", "bo", "cy"];
const people = [...visitors, ...visitors, "juniper", "juniper", "robin", "rivera", "rivera", "okafor"];
const marker = "for the supporter alone";

class School {
	actors = new Map();
	heard = new Map(); // name: every text that came, of all pages and lives
	rooms = [];
	words = [];
	notes = new Map(); // body: id
	written = new Set(); // bodies whose `ok` came
	count = 0;

	constructor(daemon, cookies) {
		this.daemon = daemon;
		this.cookies = cookies;
	}

	async arrive(name, fields = {}) {
		const role = roles[name];
		const page = role === undefined ? "visitor" : role === "supporter" ? "console" : "oversight";
		const actor = new Actor(name, page);
		actor.requests = new Map();
		actor.socket = await Socket.open(this.daemon.port, this.cookies[name]);
		const take = actor.socket.take.bind(actor.socket);
		const texts = this.heard.get(name) ?? [];
		this.heard.set(name, texts);
		actor.socket.take = () => {
			const all = take();
			texts.push(...all);
			return all;
		};
		this.actors.set(name, actor);
		this.send(actor, {
			type: "hello", page, schema: schema.hash,
			...(page === "visitor" ? { token: hash(`token of ${name}`, 32) } : {}), ...fields,
		});
		return actor;
	}

	send(actor, message) {
		const ref = ++actor.refs;
		actor.awaited.set(ref, message.type);
		actor.requests.set(ref, message);
		actor.socket.send(JSON.stringify({ type: message.type, ref, ...message }));
	}

	look(actor) {
		actor.drain();
		for (const got of actor.ordered.splice(0)) {
			if (got.room !== undefined && !this.rooms.includes(got.room)) {
				this.rooms.push(got.room);
			}
			if (got.type === "codename") {
				this.words.push(got.words);
			}
			const request = actor.requests.get(got.ref);
			if (request?.type === "note.send" && got.type === "ok") {
				this.written.add(request.body);
			}
		}
		if (actor.socket.closed !== undefined) {
			this.actors.delete(actor.name);
		}
	}

	async settle(actor) {
		await actor.socket.wait(`answers for ${actor.name}`, () => {
			actor.drain();
			return actor.awaited.size === 0 || actor.socket.closed !== undefined;
		}, patience);
		this.look(actor);
	}

	note(author, room) {
		const own = [...this.notes].filter(([body]) => body.endsWith(author));
		const again = own.length > 0 && random(5) === 0 ? pick(own) : null;
		const body = again ? again[0] : `${marker} ${++this.count} by ${author}`;
		const id = again ? again[1] : hash(`${seed} note ${this.count}`, 16);
		this.notes.set(body, id);
		return { type: "note.send", room, id, body };
	}

	message(actor) {
		const room = pick(actor.page === "oversight" || random(6) === 0 ? this.rooms : [...actor.seen.keys(), ...this.rooms].slice(0, 1));
		const said = { type: "chat.send", room, id: hash(`${seed} ${++this.count}`, 16), body: `message ${this.count}` };
		const looks = [{ type: "room.open", room, after: random(5) },
			{ type: "room.history", room, before: 2 + random(40), limit: 1 + random(50) }];
		if (actor.page === "visitor") {
			return pick([said, said, said, said, ...looks, { type: "room.start", topics: [], to: "now" },
				{ type: "room.wait", room }, { type: "room.mailbox", room, to: "counselor" }, { type: "chat.seen", room, n: 3 },
				...(random(8) === 0 ? [{ type: "codename.make", room }, { type: "room.end", room }] : []),
				...(random(8) === 0 && this.words.length > 0 ? [{ type: "codename.open", words: pick(this.words) }] : [])]);
		}
		if (actor.page === "console") {
			return pick([said, said, ...looks, { type: "room.take", room: pick(this.rooms) },
				{ type: "room.take", room: pick(this.rooms) }, { type: "room.take", room: this.rooms.at(-1) },
				...(random(10) === 0 ? [{ type: "room.release", room }] : [])]);
		}
		return pick([...Array.from({ length: 3 }, () => this.note(actor.name, room)), said, ...looks,
			{ type: "room.step_in", room, alone: random(4) === 0 }, { type: "room.step_out", room },
			{ type: "room.nudge", room }, { type: "room.marks", room }, { type: "room.close", room },
			{ type: "alarm.take", room }]);
	}

	async step(i) {
		const name = pick(people);
		const actor = this.actors.get(name);
		if (!actor) {
			await this.arrive(name, random(2) === 0 ? { after: random(9) } : {});
		} else if (random(40) === 0) {
			actor.drain();
			actor.socket.drop();
			this.actors.delete(name);
		} else {
			this.send(actor, this.message(actor));
		}
		for (const one of [...this.actors.values()]) {
			this.look(one);
		}
		const some = [...this.actors.values()];
		if (i % 3 === 0 && some.length > 0) {
			await this.settle(pick(some));
		}
	}

	async kill() {
		for (const actor of this.actors.values()) {
			this.look(actor);
		}
		await this.daemon.end("SIGKILL");
		this.actors.clear();
		await this.daemon.start();
	}

	/* The answer to one request of one who has just come. */
	async ask(actor, message) {
		this.send(actor, message);
		const { refs } = actor;
		return actor.socket.wait(`the answer to ${message.type}`, () => {
			actor.drain();
			return actor.ordered.splice(0).find((one) => one.ref === refs);
		}, patience);
	}

	/* Everything a visitor can still get at: from the first event on, and looking back. */
	async lookBack(name) {
		const actor = await this.arrive(name);
		await this.settle(actor);
		for (const room of this.rooms) {
			await this.ask(actor, { type: "room.open", room, after: 0 });
			for (const before of [51, 101, 1000]) {
				await this.ask(actor, { type: "room.history", room, before, limit: 50 });
			}
		}
	}

	/* What leaves the house: exports of everything, and a printed case of each room. */
	async files() {
		const files = [];
		for (const format of ["json", "csv"]) {
			const answer = await this.daemon.post("/export",
				{ type: "export", reason: "To see what is in the file", format }, this.cookies.chen);
			assert.equal(answer.status, 200, JSON.stringify(answer));
			files.push(JSON.stringify(answer));
		}
		const actor = this.actors.get("chen");
		for (const room of this.rooms) {
			const opened = await this.ask(actor, { type: "case.open", room });
			const told = await this.ask(actor, { type: "case.get", case_id: opened.case_id, print: "For the file" });
			assert.equal(told.type, "case.told", JSON.stringify(told));
			files.push(JSON.stringify(told));
		}
		return files;
	}

	/* Every event there is, and what the notes say by whom they are for. */
	async overseer() {
		const actor = await this.arrive("chen", { after: 0 });
		await actor.socket.wait("the whole story", () => {
			actor.drain();
			return actor.ordered.splice(0).some((one) => one.type === "state.caught_up");
		}, patience);
		const story = this.heard.get("chen").join("\n");
		const to = new Map();
		for (const room of this.rooms) {
			const marked = await this.ask(actor, { type: "room.marks", room });
			for (const note of marked.notes ?? []) {
				assert.ok(!to.has(note.body), `${note.body} is there twice`);
				to.set(note.body, note.to);
			}
		}
		return { story, to };
	}
}

const cookies = await prepare(built);

test(`no note comes to a visitor, seed ${seed}`, async () => {
	const daemon = await newDaemon(options).start();
	const school = new School(daemon, cookies);
	try {
		for (const name of visitors) {
			await school.settle(await school.arrive(name));
			await school.ask(school.actors.get(name), { type: "room.start", topics: [], to: "now" })
				.then(({ room }) => school.rooms.push(room));
		}
		const end = Date.now() + 10000;
		for (let i = 1; i <= steps && Date.now() < end; i++) {
			await school.step(i);
			if (i === Math.ceil(steps / 2)) {
				await school.kill();
			}
		}
		await school.kill();
		for (const name of visitors) {
			await school.lookBack(name);
		}
		const { story, to } = await school.overseer();
		assert.ok(!story.includes(marker), "an event holds what a note says");
		for (const file of await school.files()) {
			assert.ok(!file.includes(marker), "a file or a printed case holds what a note says");
		}
		for (const name of visitors) {
			const leak = school.heard.get(name).find((text) => text.includes(marker) || text.includes("note."));
			assert.equal(leak, undefined, `${name} was sent ${leak}`);
		}
		let given = 0;
		for (const name of ["juniper", "robin"]) {
			const bodies = school.heard.get(name).join("\n").match(new RegExp(`${marker} \\d+ by \\w+`, "g")) ?? [];
			given += bodies.length;
			for (const body of bodies) {
				assert.equal(to.get(body)?.toLowerCase(), name, `${name} was given ${body}`);
			}
		}
		for (const body of school.written) {
			assert.ok(to.has(body), `${body} was acknowledged and is lost`);
		}
		console.log(`# ${school.written.size} notes acknowledged, ${to.size} kept, ${given} times given, in ${school.rooms.length} rooms`);
		assert.ok(school.written.size > 5 && given > 5, "too few notes to prove anything");
		daemon.process.exitCode ?? (await daemon.end("SIGTERM"));
	} catch (error) {
		error.message += `\n${daemon.output.slice(-4000)}`;
		throw error;
	} finally {
		await daemon.destroy();
	}
});

await runTests();
