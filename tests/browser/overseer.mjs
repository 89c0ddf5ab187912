// A counselor without a page: what the counselors' side does where a spec looks at the other pages.

import assert from "node:assert/strict";
import { becomes } from "./browser.mjs";
import { Socket, schema } from "../wire/school.mjs";

export class Overseer {
	#refs = 0;
	#answers = new Map();
	calls = new Map(); // escalation: its newest snapshot
	rooms = [];
	heard = [];

	static async arrive(school, login = "rivera") {
		const overseer = new Overseer();
		overseer.socket = await Socket.open(school.port, school.cookies[login]);
		await overseer.ask({ type: "hello", page: "oversight", schema: schema.hash, after: 0 });
		return overseer;
	}

	#drain() {
		for (const text of this.socket.take()) {
			const one = JSON.parse(text);
			for (const message of one.type === "batch" && one.ref === undefined ? one.events : [one]) {
				this.#note(message);
			}
		}
	}

	#note(message) {
		this.heard.push(message);
		if (message.ref !== undefined) {
			this.#answers.set(message.ref, message);
		}
		if (message.type === "state.escalation") {
			this.calls.set(message.escalation, message);
		}
		if (message.type === "state.wall" && !this.rooms.includes(message.room)) {
			this.rooms.push(message.room);
		}
	}

	async ask(message) {
		const ref = ++this.#refs;
		this.socket.send(JSON.stringify({ ref, ...message }));
		const answer = await becomes(`the answer to ${message.type}`, () => {
			this.#drain();
			return this.#answers.get(ref);
		});
		assert.notEqual(answer.type, "error", JSON.stringify(answer));
		return answer;
	}

	/* The one call there is, once it looks so. */
	call(looks = () => true) {
		return becomes("a call for an adult", () => {
			this.#drain();
			assert.ok(this.calls.size <= 1, "one call, however often it was sent");
			return [...this.calls.values()].find(looks);
		});
	}

	leave() {
		this.socket.drop();
	}
}
