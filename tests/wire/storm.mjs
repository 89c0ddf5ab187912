// Everybody at once, at random: visitors, supporters and overseers who come, talk, drop, resend and
// are killed under. What must hold: harkd lives, numbers have no gaps (transcript.mjs checks each
// message), and in the end every acknowledged message is there once, with the number it was given.
// node storm.mjs build/plain [SEED [STEPS]]. TAP.

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
	"talk.silent": "1s", "talk.gone": "300ms", "talk.offer": "100ms", "talk.unanswered": "700ms",
	"talk.token_grace": "2s", "talk.cap": 2, "limits.feed_frames": 4, "limits.oversight_frames": 16,
};
const visitors = ["ada", "bo", "cy", "dee", "eli", "fay"];
const staff = ["juniper", "robin", "rivera", "chen"];

class Storm {
	actors = new Map();
	rooms = [4242];
	sent = new Map(); // id: { room, body, n? }
	words = ["no such words here"];
	steps = 0;

	constructor(daemon, cookies) {
		this.daemon = daemon;
		this.cookies = cookies;
	}

	async arrive(name, fields = {}) {
		const [base] = name.split(".");
		const role = roles[base];
		const page = role === undefined ? "visitor" : role === "supporter" ? "console" : "oversight";
		const actor = new Actor(name, page);
		actor.requests = new Map();
		actor.socket = await Socket.open(this.daemon.port, this.cookies[base]);
		this.actors.set(name, actor);
		this.send(actor, {
			type: "hello", page, schema: schema.hash,
			...(page === "visitor" ? { token: hash(`token of ${base} ${this.lives ?? 0}`, 32) } : {}), ...fields,
		});
	}

	send(actor, message) {
		const ref = ++actor.refs;
		actor.awaited.set(ref, message.type);
		actor.requests.set(ref, message);
		actor.socket.send(JSON.stringify({ type: message.type, ref, ...message }));
	}

	/* Takes what has come; forgets who was closed. */
	look(actor) {
		actor.drain();
		for (const got of actor.ordered.splice(0)) {
			const request = actor.requests.get(got.ref);
			if (got.room !== undefined && !this.rooms.includes(got.room)) {
				this.rooms.push(got.room);
			}
			if (got.type === "codename") {
				this.words.push(got.words);
			}
			if (request?.type === "chat.send" && got.type === "ok") {
				this.acknowledge(request, got);
			}
		}
		if (actor.socket.closed !== undefined) {
			this.actors.delete(actor.name);
		}
	}

	acknowledge(request, { room, n }) {
		const sent = this.sent.get(request.id);
		assert.equal(room, request.room);
		assert.ok(sent.n === undefined || sent.n === n, `${request.id} was ${sent.n}, now ${n}`);
		sent.n = n;
	}

	message(actor) {
		const room = random(8) === 0 ? pick(this.rooms) : (actor.seen.size > 0 ? pick([...actor.seen.keys()]) : pick(this.rooms));
		const kind = random(40);
		if (kind < 16) {
			const again = random(4) === 0 && [...this.sent].filter(([, one]) => one.by === actor.name.split(".")[0]);
			if (again && again.length > 0) {
				const [id, one] = pick(again);
				return { type: "chat.send", room: one.room, id, body: one.body, again: true };
			}
			const id = hash(`${seed} ${this.sent.size}`, 16);
			const body = "x".repeat(1 + random(300));
			this.sent.set(id, { room, body, by: actor.name.split(".")[0] });
			return { type: "chat.send", room, id, body };
		}
		const rest = [
			{ type: "ping" }, { type: "chat.typing", room, typing: random(2) === 0 }, { type: "chat.seen", room, n: 1 + random(9) },
			{ type: "room.open", room, after: random(6) }, { type: "room.open", room, after: random(6) },
			{ type: "room.close", room }, { type: "room.history", room, before: 2 + random(50), limit: 1 + random(50) },
			{ type: "room.start", topics: [], to: pick(["now", "now", "peer", "counselor"]) },
			{ type: "room.start", topics: ["x"], to: "now" },
			{ type: "room.mailbox", room, to: pick(["peer", "counselor"]) }, { type: "room.wait", room },
			{ type: "room.end", room }, { type: "desk.taking", taking: random(4) > 0 },
			{ type: "room.take", room: pick(this.rooms) }, { type: "room.take", room: pick(this.rooms) },
			{ type: "room.take", room: this.rooms.at(-1) }, { type: "room.take", room: this.rooms.at(-1) },
			{ type: "room.release", room }, { type: "room.hand", room, account: 2 + random(3) },
			{ type: "room.hand_answer", room: pick(this.rooms), accept: random(3) > 0 }, { type: "alarm.take", room: pick(this.rooms) },
			{ type: "room.step_in", room: pick(this.rooms), alone: random(3) === 0 }, { type: "room.step_out", room },
			{ type: "room.nudge", room }, { type: "room.marks", room },
			{ type: "note.send", room, id: hash(`note ${random(50)}`, 16), body: "Ask what happened" },
			...(random(6) === 0 ? [{ type: "codename.make", room }, { type: "codename.open", words: pick(this.words) },
				{ type: "token.forget" }] : []),
		];
		return pick(rest);
	}

	async step() {
		this.steps++;
		for (const actor of [...this.actors.values()]) {
			this.look(actor);
		}
		const name = `${pick([...visitors, ...staff])}.${random(2)}`;
		const actor = this.actors.get(name);
		if (!actor) {
			await this.arrive(name, random(2) === 0 ? { after: random(9) } : {});
		} else if (random(25) === 0) {
			actor.socket.drop();
			this.actors.delete(name);
		} else {
			for (let i = random(4); i >= 0; i--) {
				this.send(actor, this.message(actor));
			}
		}
		if (this.steps % 4 === 0) {
			await this.settle(pick([...this.actors.values()]));
		}
	}

	/* All that was asked has its answer. */
	async settle(actor) {
		await actor.socket.wait(`answers for ${actor.name}`, () => {
			actor.drain();
			return actor.awaited.size === 0 || actor.socket.closed !== undefined;
		}, patience);
		this.look(actor);
	}

	async kill() {
		await this.daemon.end("SIGKILL");
		for (const actor of this.actors.values()) {
			this.look(actor);
		}
		this.actors.clear();
		await this.daemon.start();
	}

	/* Everything from the first event on, as an overseer is told. */
	async check() {
		await Promise.all([...this.actors.values()].map((actor) => this.settle(actor)));
		for (const actor of this.actors.values()) {
			actor.socket.drop();
		}
		this.actors.clear();
		await this.arrive("okafor", { after: 0 });
		const overseer = this.actors.get("okafor");
		const posted = [];
		await overseer.socket.wait("the whole story", () => {
			overseer.drain();
			posted.push(...overseer.ordered.splice(0));
			return posted.at(-1)?.type === "state.caught_up" || posted.some((one) => one.type === "state.caught_up");
		}, patience);
		const found = new Map();
		for (const one of posted.filter(({ type }) => type === "chat.posted")) {
			assert.ok(!found.has(one.id), `${one.id} is there twice`);
			found.set(one.id, one);
		}
		let acknowledged = 0;
		for (const [id, { room, n, body }] of this.sent) {
			const one = found.get(id);
			assert.ok(n === undefined || one, `${id} was acknowledged and is lost`);
			if (n !== undefined) {
				acknowledged++;
				assert.deepEqual([one.room, one.n, one.body], [room, n, body]);
			}
		}
		return acknowledged;
	}
}

const cookies = await prepare(built);

test(`everybody at once, seed ${seed}`, async () => {
	const daemon = await newDaemon(options).start();
	const storm = new Storm(daemon, cookies);
	try {
		for (let i = 1; i <= steps; i++) {
			await storm.step();
			if (i % Math.ceil(steps / 4) === 0) {
				await storm.kill();
			}
		}
		const acknowledged = await storm.check();
		console.log(`# ${acknowledged} messages acknowledged in ${storm.rooms.length} rooms`);
		assert.ok(acknowledged > steps / 100);
		storm.actors.get("okafor").socket.drop();
		await daemon.stop();
	} catch (error) {
		error.message += `\n${daemon.output.slice(-4000)}`;
		throw error;
	} finally {
		await daemon.destroy();
	}
});

await runTests();
