// A class that comes at once, from one address, with a flooder among it: node crowd.mjs build/plain.
// TAP.
//
// Sixty students behind one address open a chat and write, as their pages do it: with the work they
// are asked for. Forty connections of one flooder behind the same address ask for chats with ever
// new tokens and for anything else, as fast as they are answered. Nobody is limited for where they
// come from: every student is let in within a minute, with no more sums than a page does, and so is
// who comes from elsewhere; the flooder, who does no work, opens no more once there is pressure, and
// is slowed down by the share of the address: none of the connections asks for more than it may by
// itself.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Ws, runTests, test } from "../wire/client.mjs";
import { newDaemon, prepare, schema } from "../wire/school.mjs";
import { work } from "../wire/work.mjs";
import { newId } from "./people.mjs";

const built = process.argv[2];
await prepare(built);

const minute = 60000;
const instrumented = readFileSync(`${built}/harkd`).includes("__asan_init");
const own = 1000; // credits of one connection; each has its own
const USUAL = 80;
const daemon = newDaemon({
	"limits.credits": own, "limits.credits_per_s": 1,
	"limits.shared_credits": 300, "limits.shared_credits_per_s": 60,
	"limits.total_credits": 3000, "limits.total_credits_per_s": 300,
	// Chats without work: usual in a minute, and, as nobody takes them, in all.
	"limits.rooms_per_min": USUAL, "limits.waiting": USUAL,
});

/* A tab: asks, and gets the answer to it. */
class Tab {
	#ref = 0;

	/* All are one process here: while one of them does its sums another is late, finds the door shut,
	 * and knocks again. */
	static async open(from) {
		const tab = new Tab();
		for (let tries = 1; tab.ws === undefined; tries++) {
			tab.ws = await Ws.open(daemon.port, {}, { from }).catch((error) => {
				if (tries === 5 || daemon.exit !== null) {
					throw error;
				}
			});
		}
		return tab;
	}

	async ask(message) {
		const ref = ++this.#ref;
		this.ws.send(JSON.stringify({ ...message, ref }));
		return this.ws.wait(`the answer to ${message.type}`, () => {
			const messages = this.ws.frames.splice(0).filter(({ opcode }) => opcode === 1)
				.map(({ payload }) => JSON.parse(payload))
				.flatMap((one) => (one.type === "batch" ? one.events : [one]));
			return messages.find((one) => one.ref === ref) ?? (this.ws.raw.ended ? { type: "gone" } : undefined);
		}, minute);
	}

	hello() {
		return this.ask({ type: "hello", page: "visitor", schema: schema.hash, token: randomBytes(32).toString("hex") });
	}
}

const start = { type: "room.start", topics: [], to: "now" };
const pageTries = 3; // web/visitor/effort.ts
let wanted = 0, worked = 0, hardest = 0;

/* As the page does it. Fails when anything is refused but for work. */
async function student(from) {
	const tab = await Tab.open(from);
	assert.equal((await tab.hello()).type, "welcome");
	let answer = await tab.ask(start);
	wanted++;
	for (let sums = 0; answer.code === "work_needed" && sums < pageTries; sums++) {
		worked++;
		wanted++;
		hardest = Math.max(hardest, answer.bits);
		answer = await tab.ask({ ...start, work: work(answer.challenge, answer.bits) });
	}
	assert.equal(answer.type, "ok", JSON.stringify(answer));
	for (let i = 0; i < 3; i++) {
		const said = await tab.ask({ type: "chat.send", room: answer.room, id: newId(), body: "Is anybody there?" });
		assert.equal(said.type, "ok", JSON.stringify(said));
	}
	return tab;
}

const flood = { came: 0, wanted: 0, opened: 0, refused: {}, over: false, dearest: 0 };
const credits = (type) => schema.requests[type].credits;

/* One connection of the flooder, with a token for each chat. */
async function flooder(from) {
	while (!flood.over) {
		const tab = await Tab.open(from);
		await tab.hello();
		flood.came++;
		let spent = credits("hello"), opened = false;
		for (let i = 0; i < 40 && !flood.over; i++) {
			const wish = i % 4 === 0 ? start : { type: "ping" };
			spent += credits(wish.type);
			const answer = await tab.ask(wish);
			if (wish === start && !opened) { // asked again it is the same chat
				opened = answer.type === "ok";
				flood.wanted++;
				flood.opened += opened;
			}
			if (answer.type === "gone") {
				break;
			}
			if (answer.type === "error") {
				flood.refused[answer.code] = (flood.refused[answer.code] ?? 0) + 1;
				daemon.poke();
			}
		}
		flood.dearest = Math.max(flood.dearest, spent);
		tab.ws.drop();
	}
}

test("sixty students and a flooder behind one address, and others", async () => {
	await daemon.start();
	const begun = performance.now();
	const floods = Promise.all(Array.from({ length: 40 }, () => flooder("127.0.0.9")));
	floods.catch(() => undefined); // shown when they are over
	await daemon.wait("pressure", () => flood.refused.work_needed > 0, minute);
	await daemon.wait("its share to be used up", () => flood.refused.too_fast > 0, minute);
	const pressed = performance.now();
	const tabs = await Promise.all([
		...Array.from({ length: 60 }, () => student("127.0.0.9")),
		...Array.from({ length: 5 }, (_, i) => student(`127.0.0.${20 + i}`)),
	]);
	const letIn = performance.now();
	flood.over = true;
	await floods;
	tabs.forEach((tab) => tab.ws.drop());
	const more = { opened: flood.opened - USUAL, wanted: flood.wanted - USUAL };
	console.log(`# pressure after ${Math.round(pressed - begun)} ms; ${tabs.length} students in after ${Math.round(letIn - pressed)} ms`,
		`with ${worked} sums of up to ${hardest} bits: ${tabs.length} of ${wanted} times they asked; the flooder came ${flood.came} times`,
		`and opened ${more.opened} of ${more.wanted} beyond what is usual; refused ${JSON.stringify(flood.refused)}`);
	assert.ok(worked > 0);
	assert.ok(instrumented || letIn - pressed < minute, "all are in within a minute");
	assert.ok(more.opened <= 1, "none without the work");
	// A student is in with the second time, mostly.
	assert.ok(more.opened / more.wanted < tabs.length / wanted / 5, "the flooder is far behind them");
	assert.ok(flood.dearest < own, "none was too fast by itself");
	await daemon.stop();
	await daemon.destroy();
});

await runTests();
