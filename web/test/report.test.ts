/* console/report: one tap ends a chat and tells a counselor, after seconds in which it can be undone. */

import assert from "node:assert/strict";
import test from "node:test";
import { Reporter } from "../console/report";
import { reportOf, whyNotEnd, whyNotHand } from "../console/select";
import * as state from "../console/state";
import type { Console, Desk, DeskRoom } from "../console/state";
import { type Answer, type Asked, Offline, WireError } from "../lib/connection";
import type { Code, WireEvent } from "../lib/wire";
import { FakeClock, settle } from "./fakes";

const ID = "d".repeat(32);

const room = (number: number): DeskRoom => ({
	room: number, name: `Room ${number}`, picture: "lantern-a", topics: [], wish: "", phase: "live", since_ms: 0, n: 0,
	seen: 0, present: true, offered: false, returned: false,
});
const desk = (...mine: DeskRoom[]): Desk => ({
	type: "state.desk", on_shift: true, taking: true, cap: 3, waiting: [], mine, left: [], peers: [], adults: [], asks: [],
});
const joined: WireEvent = {
	type: "state.room", room: 1, phase: "live", to: "now", n: 1, name: "Room 1", picture: "lantern-a", peer_name: "Juniper",
	peer_here: true, visitor_here: true, peer_seen: 0, visitor_seen: 0, peer_typing: false, visitor_typing: false,
	has_codename: false, adult_name: "Rivera", adult_here: true,
};
const ended: WireEvent = { type: "room.ended", room: 1, n: 2, at_ms: 0, who: "visitor", name: "" };
const refusal = (code: Code, retry_ms?: number) =>
	new WireError({ type: "error", code, message: "No.", ...(retry_ms === undefined ? {} : { retry_ms }) });

/* A console with two chats; what it asks is in `asked`, and gets these answers, then ok. */
class Bench {
	clock = new FakeClock();
	s: Console;
	asked: Asked[] = [];
	readonly reporter: Reporter;

	constructor(answers: (Error | Promise<Answer>)[] = []) {
		this.s = state.receive(state.connection(state.begin({}), "online", 0, 0), desk(room(1), room(2)), 0);
		const status = () => this.s.status;
		this.reporter = new Reporter({
			connection: {
				get status() {
					return status();
				},
				request: (asked) => {
					this.asked.push(asked);
					const answer = answers.shift() ?? Promise.resolve<Answer>({ type: "ok" });
					return answer instanceof Error ? Promise.reject(answer) : answer;
				},
			},
			clock: this.clock, get: () => this.s, set: (s) => this.change(s),
		});
	}

	change(s: Console): void {
		this.s = s;
		this.reporter.run();
	}

	tap(number = 1, id = ID): void {
		this.change(state.report(this.s, number, id, this.clock.now()));
	}

	async pass(ms: number): Promise<void> {
		this.clock.pass(ms);
		await settle();
	}
}

const asks = (what: string, id = ID, number = 1) => ({ type: "room.report", room: number, id, what });

test("report: one tap does it, once, after five seconds, and the chat says that a counselor was told", async () => {
	const bench = new Bench();
	bench.tap();
	bench.tap(1, "e".repeat(32));
	await bench.pass(4900);
	assert.deepEqual(bench.asked, []);
	await bench.pass(5000);
	assert.deepEqual(bench.asked, [asks("rude")]);
	assert.deepEqual(bench.s.reporting, []);
	assert.deepEqual([1, 2].map((number) => bench.s.chats.get(number)?.told), [true, false]);
	await bench.pass(60_000);
	assert.equal(bench.asked.length, 1);
});

test("report: undone within the seconds nothing was ever asked, and it can be tapped again", async () => {
	const bench = new Bench();
	bench.tap();
	await bench.pass(4900);
	bench.change(state.undoReport(bench.s, 1));
	await bench.pass(60_000);
	assert.deepEqual(bench.asked, []);
	bench.tap();
	await bench.pass(5000);
	assert.deepEqual(bench.asked, [asks("rude")]);
});

test("report: a reason does it at once; what is on its way cannot be undone or said otherwise", async () => {
	const bench = new Bench([new Promise(() => undefined)]);
	bench.tap();
	bench.change(state.reportNow(bench.s, 1, bench.clock.now(), "threat"));
	assert.deepEqual(bench.asked, [asks("threat")]);
	bench.change(state.undoReport(bench.s, 1));
	bench.change(state.reportNow(bench.s, 1, bench.clock.now(), "testing"));
	assert.deepEqual([reportOf(bench.s, 1)?.what, reportOf(bench.s, 1)?.sent], ["threat", true]);
	await bench.pass(60_000);
	assert.equal(bench.asked.length, 1);
});

test("report: when the page is left or hidden it goes out in the same turn, of every chat", () => {
	const bench = new Bench();
	bench.tap(1);
	bench.tap(2, "e".repeat(32));
	void bench.reporter.hurry();
	assert.deepEqual(bench.asked, [asks("rude"), asks("rude", "e".repeat(32), 2)]);
	void bench.reporter.hurry();
	assert.equal(bench.asked.length, 2);
});

test("report: offline it waits, can still be undone, and goes out the moment the connection is back", async () => {
	const bench = new Bench();
	bench.tap(1);
	bench.tap(2, "e".repeat(32));
	bench.change(state.connection(bench.s, "offline", 0, 0));
	await bench.pass(60_000);
	assert.deepEqual(bench.asked, []);
	bench.change(state.undoReport(bench.s, 2));
	bench.change(state.connection(bench.s, "online", 0, 0));
	assert.deepEqual(bench.asked, [asks("rude")]);
});

test("report: what passes is asked again with the same id, and leaving does not hurry it", async () => {
	const bench = new Bench([refusal("unavailable", 700), new Offline(), refusal("too_many")]);
	bench.tap();
	await bench.pass(5000);
	void bench.reporter.hurry();
	assert.equal(bench.asked.length, 1);
	for (const [wait, times] of [[1000, 2], [2250, 3], [2250, 4]] as const) {
		await bench.pass(wait);
		assert.equal(bench.asked.length, times);
	}
	assert.deepEqual(new Set(bench.asked.map((one) => JSON.stringify(one))).size, 1);
	assert.deepEqual(bench.s.reporting, []);
});

test("report: a chat that is over before says that nobody was told; where a counselor is, nobody needs to be", async () => {
	const bench = new Bench([refusal("room_ended"), refusal("not_allowed")]);
	bench.tap();
	bench.change(state.receive(bench.s, ended, 0));
	await bench.pass(5000);
	assert.deepEqual(bench.s.notices.map(({ kind, room }) => [kind, room]), [["untold", "Room 1"]]);
	assert.deepEqual([bench.s.reporting, bench.s.chats.get(1)?.told], [[], false]);

	const other = new Bench([refusal("not_allowed")]);
	other.tap();
	other.change(state.receive(other.s, joined, 0));
	await other.pass(5000);
	assert.deepEqual([other.s.notices, other.s.reporting, other.asked.length], [[], [], 1]);
});

test("report: meanwhile the chat is neither handed on nor ended another way; an ended one cannot be reported", () => {
	const bench = new Bench();
	bench.tap();
	const chat = bench.s.chats.get(1);
	assert(chat);
	assert.deepEqual([whyNotEnd(bench.s, chat), whyNotHand(bench.s, chat)], ["ending", "ending"]);
	const over = state.receive(bench.s, { ...ended, room: 1 }, 0);
	assert.deepEqual(state.report({ ...over, reporting: [] }, 1, ID, 0).reporting, []);
});
