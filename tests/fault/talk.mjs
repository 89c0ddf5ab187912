// Two who talk at a daemon that may fail under them, and what each of them was answered: kept over
// any number of failures and starts, and compared with the file in the end.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fetchOnce } from "../wire/client.mjs";
import { newDaemon } from "../wire/school.mjs";
import { Person, becomes, newId, readRoom, take } from "./people.mjs";

const inFlight = 6;

export class Talk {
	sent = new Map(); // id: { message, answer }
	lost = { "acknowledged messages": 0, "doubled messages": 0 };

	constructor(cookies, options) {
		this.daemon = newDaemon({ "limits.feed_frames": 64, ...options });
		this.ada = new Person(this.daemon, "ada", cookies);
		this.juniper = new Person(this.daemon, "juniper", cookies);
	}

	async begin() {
		await this.daemon.start();
		await Promise.all([this.ada.arrive(), this.juniper.arrive()]);
		this.room = await this.ada.start();
		await take(this.juniper, this.room);
		return this;
	}

	/* After a start: everybody is there again. */
	async comeBack() {
		for (const one of [this.ada, this.juniper]) {
			one.events.length = 0;
		}
		await Promise.all([this.ada.arrive(), this.juniper.arrive()]);
		await this.juniper.done({ type: "room.open", room: this.room, after: 1e6 });
	}

	async #say(entry) {
		entry.answer = undefined;
		const answer = await entry.writer.ask(entry.message);
		if (answer.type === "ok") {
			entry.answer = answer;
		} else {
			assert.ok(answer.type === "lost" || answer.code === "unavailable", JSON.stringify(answer));
		}
		return answer.type;
	}

	/* Both write until `count` are answered or one is not; some at once. True: all were answered. */
	async write(count) {
		let left = count;
		let going = true;
		const one = async (writer) => {
			while (going && left-- > 0) {
				const id = newId();
				const entry = { writer, message: writer.say(this.room, `message ${this.sent.size}`, { id }) };
				this.sent.set(id, entry);
				going = (await this.#say(entry)) === "ok" && going;
			}
		};
		await Promise.all(Array.from({ length: inFlight }, (_, i) => one(i % 2 ? this.ada : this.juniper)));
		return going;
	}

	/* What was not answered is sent again, and must be taken now. As the pages do without `again`:
	 * with it, who has said more than 256 things gets `stale_id` for one that never arrived. */
	async sendAgain() {
		const open = [...this.sent.values()].filter((entry) => !entry.answer);
		await Promise.all(open.map((entry) => this.#say(entry)));
		assert.ok(open.every((entry) => entry.answer), "not taken again");
		return open.length;
	}

	async isReady() {
		return (await fetchOnce(this.daemon.port, "GET", "/readyz")).status === 200;
	}

	healed() {
		return becomes("writing again", () => this.isReady());
	}

	/* What both were shown since they came, each message once. */
	shown() {
		return [this.ada, this.juniper].map((one) => one.events.filter(({ type }) => type === "chat.posted"));
	}

	/* Everything acknowledged is in the file, once, and nothing that nobody said; and what the two were
	 * shown is what stands there. */
	async compare() {
		const file = (await readRoom(this.daemon, "ada")).filter((one) => one.type === "chat.posted");
		const ids = file.map((one) => one.id);
		const missing = [...this.sent].filter(([id, entry]) => entry.answer && !ids.includes(id));
		this.lost["acknowledged messages"] += missing.length;
		this.lost["doubled messages"] += ids.length - new Set(ids).size;
		assert.deepEqual(missing.map(([, { message }]) => message.body), [], "acknowledged and lost");
		assert.equal(new Set(ids).size, ids.length, "said twice");
		for (const one of file) {
			const { message, answer } = this.sent.get(one.id);
			assert.equal(one.body, message.body);
			if (answer) {
				assert.deepEqual([one.n, one.at_ms], [answer.n, answer.at_ms]);
			}
		}
		const kept = new Map(file.map((one) => [one.n, one]));
		for (const events of this.shown()) {
			assert.equal(new Set(events.map(({ n }) => n)).size, events.length, "shown twice");
			for (const { n, id, body, at_ms: at } of events) {
				const there = kept.get(n);
				assert.deepEqual({ n, id, body, at }, { n, id: there?.id, body: there?.body, at: there?.at_ms }, "shown and not kept");
			}
		}
	}

	/* With everybody away: every page, every table and the audit are whole. */
	verify(built) {
		const { status, stderr } = spawnSync(join(built, "hark"), ["--config", this.daemon.config, "verify"],
			{ encoding: "utf8" });
		assert.equal(status, 0, stderr);
	}
}
