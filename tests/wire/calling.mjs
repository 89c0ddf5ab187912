// A school of its own whose adults are called over channels, with quick limits; see channels.mjs.

import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Control, newDaemon } from "./school.mjs";
import { Person, becomes, newId } from "../fault/people.mjs";

export const marker = "zqxjkvbplw"; // what a student says: in no message

/* Short, so that nothing is waited for longer than it must be. */
const quick = { "notify.retry": "20ms", "notify.timeout": "300ms", "notify.connect": "300ms", "program.timeout": "300ms" };
export const everywhere = "0 | everyone | mail, webhook, ntfy, slack, teams, program";

/* A school of its own with something more around it. */
export class School {
	servers = [];

	constructor(options = {}) {
		this.daemon = newDaemon({ ...quick, ...options });
		this.file = (name) => join(this.daemon.directory, name);
	}

	secret(name, text, mode = 0o600) {
		writeFileSync(this.file(name), `${text}\n`);
		chmodSync(this.file(name), mode);
		return this.file(name);
	}

	/* Options that were not known when it was made, or are now others. */
	set(options) {
		let text = readFileSync(this.daemon.config, "utf8");
		for (const [name, value] of Object.entries(options)) {
			const [section, key] = name.split(".");
			text = text.replace(new RegExp(`^\\[${section}\\]\\n${key} = .*\\n`, "m"), "");
			text += `[${section}]\n${key} = ${value}\n`;
		}
		writeFileSync(this.daemon.config, text);
	}

	async serve(server) {
		this.servers.push(server);
		return server.listen();
	}

	async start(settings = {}) {
		await this.daemon.start();
		this.operator = await Control.open(this.daemon.control);
		for (const [key, value] of Object.entries({ office_mail: "office@hill.example", ...settings })) {
			const answer = await this.ask({ type: "setting.set", key, value });
			assert.equal(answer.type, "ok", JSON.stringify(answer));
		}
	}

	#ref = 0;
	#answers = [];

	ask(message) {
		const ref = ++this.#ref;
		this.operator.send(JSON.stringify({ ref, ...message }));
		return this.operator.wait(`an answer to ${message.type}`, () => {
			this.#answers.push(...this.operator.take().map((text) => JSON.parse(text)));
			return this.#answers.find((one) => one.ref === ref);
		});
	}

	/* { mail: { sent_ms, ... }, ... } */
	async #told(message) {
		const answer = await this.ask(message);
		assert.equal(answer.type, "notify.told", JSON.stringify(answer));
		return Object.fromEntries(answer.channels.map((one) => [one.channel, one]));
	}

	test(channel) {
		return this.#told({ type: "notify.test", channel });
	}

	states() {
		return this.#told({ type: "notify.status" });
	}

	/* Until each channel does so. */
	all(what, check) {
		return becomes(what, async () => {
			const states = await this.states();
			return Object.values(states).every(check) && states;
		});
	}

	/* A student calls for an adult; what was said and noted comes to no channel. */
	async call() {
		const student = new Person(this.daemon, `student-${newId()}`);
		await student.arrive();
		const { room } = await student.done({ type: "room.start", topics: [], to: "now" });
		await student.done({ type: "chat.send", room, id: newId(), body: `${marker} said` });
		const call = { type: "escalation.raise", room, id: newId(), reason: "need", note: `${marker} noted` };
		await student.done(call);
		return student;
	}

	async end() {
		this.operator.drop();
		await this.daemon.stop();
		await this.away();
	}

	async away() {
		await this.daemon.destroy();
		await Promise.all(this.servers.map((server) => server.close()));
	}
}
