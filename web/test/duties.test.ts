/* console/duties: opens rooms, says what was seen and typed, sends and keeps what waits. */

import assert from "node:assert/strict";
import test from "node:test";
import { Duties, readCalls, readOpen, readReports, readSaved } from "../console/duties";
import * as state from "../console/state";
import type { Console, Desk, DeskRoom } from "../console/state";
import type { Answer, Asked, Status } from "../lib/connection";
import type { WireEvent } from "../lib/wire";
import { FakeClock, settle } from "./fakes";

const T = 1_700_000_000_000;

const room = (number: number, n = 0): DeskRoom => ({
	room: number, name: `Room ${number}`, picture: "lantern-a", topics: [], wish: "", phase: "live", since_ms: T, n,
	seen: 0, present: true, offered: false, returned: false,
});
const desk = (...mine: DeskRoom[]): Desk => ({
	type: "state.desk", on_shift: true, taking: true, cap: 3, waiting: [], mine, left: [], peers: [], adults: [], asks: [],
});
const welcome: WireEvent = { type: "welcome", role: "supporter", server_ms: T, account: 11, name: "Juniper" };
const said = (number: number, n: number): WireEvent => ({
	type: "chat.posted", room: number, n, at_ms: T, who: "visitor", name: "", id: String(n).padStart(32, "0"), body: "hi",
});

/* A console without a page: what it sends is in `asked`. */
class Bench {
	s: Console = state.connection(state.begin({}), "online", 0, T);
	visible = true;
	clock = new FakeClock();
	asked: Asked[] = [];
	kept = new Map<string, unknown>();
	answer: (asked: Asked) => Promise<Answer> = () => new Promise(() => undefined);
	readonly duties: Duties;

	constructor() {
		const request = (asked: Asked): Promise<Answer> => {
			this.asked.push(asked);
			return this.answer(asked);
		};
		const status = (): Status => this.s.status;
		const connection = {
			request,
			tell: (asked: Asked): void => void request(asked),
			get status() {
				return status();
			},
		};
		const store = {
			read: <V>(key: string): V | undefined => this.kept.get(key) as V | undefined,
			write: (key: string, value: unknown): void => void this.kept.set(key, value),
		};
		this.duties = new Duties({
			connection, store, clock: this.clock, get: () => this.s, set: (s) => void (this.s = s), visible: () => this.visible,
		});
	}

	hears(...messages: WireEvent[]): void {
		for (const message of messages) {
			this.s = state.receive(this.s, message, T);
			this.duties.run();
		}
	}

	take(type: Asked["type"]): Asked[] {
		const some = this.asked.filter((one) => one.type === type);
		this.asked = this.asked.filter((one) => one.type !== type);
		return some;
	}
}

test("duties: every own room is opened once, a new one from its newest hundred, a known one from where it is held", () => {
	const bench = new Bench();
	bench.hears(welcome, desk(room(1), room(2, 340)), desk(room(1), room(2, 340)));
	assert.deepEqual(bench.take("room.open"), [
		{ type: "room.open", room: 1, after: 0 }, { type: "room.open", room: 2, after: 240 },
	]);
	bench.hears(said(1, 1), said(1, 2), welcome);
	assert.deepEqual(bench.take("room.open")[0], { type: "room.open", room: 1, after: 2 });
});

test("duties: nothing is opened while offline", () => {
	const bench = new Bench();
	bench.s = state.connection(bench.s, "offline", T, T);
	bench.hears(desk(room(1)));
	assert.deepEqual(bench.asked, []);
});

test("duties: seen is said once for what is on screen, at its end, before somebody's eyes", () => {
	const bench = new Bench();
	bench.hears(welcome, desk(room(1)), said(1, 1), said(1, 2), said(1, 3));
	bench.duties.see();
	assert.deepEqual(bench.take("chat.seen"), []);
	bench.s = state.select(bench.s, 1);
	bench.visible = false;
	bench.duties.see();
	assert.deepEqual(bench.take("chat.seen"), []);
	bench.visible = true;
	bench.duties.atEnd(1, false);
	assert.deepEqual(bench.take("chat.seen"), []);
	bench.duties.atEnd(1, true);
	bench.duties.see();
	assert.deepEqual(bench.take("chat.seen"), [{ type: "chat.seen", room: 1, n: 3 }]);
});

test("duties: typing is said at most every four seconds, and that it stopped", () => {
	const bench = new Bench();
	const typing = (): boolean[] => bench.take("chat.typing").map((one) => (one as { typing: boolean }).typing);
	bench.duties.typing(1, "h", T);
	bench.duties.typing(1, "hi", T + 900);
	assert.deepEqual(typing(), [true]);
	bench.duties.typing(1, "hi t", T + 4000);
	assert.deepEqual(typing(), [true]);
	bench.duties.typing(1, "", T + 4100);
	bench.duties.typing(1, "", T + 4200);
	assert.deepEqual(typing(), [false]);
	bench.duties.typing(1, "a", T + 5000);
	bench.duties.typing(2, "b", T + 5100);
	assert.deepEqual(typing(), [true, true]);
});

test("duties: what waits is sent, settled by its answer, and kept until then", async () => {
	const bench = new Bench();
	bench.hears(welcome, desk(room(1)));
	await settle();
	let settled: (answer: Answer) => void = () => undefined;
	bench.answer = () => new Promise((resolve) => (settled = resolve));
	bench.s = state.say(bench.s, 1, { id: "a".repeat(32), body: "hello", at_ms: T });
	bench.duties.run();
	assert.deepEqual(bench.take("chat.send"), [{ type: "chat.send", room: 1, id: "a".repeat(32), body: "hello" }]);
	const saved = bench.kept.get("console.outbox") as Record<number, unknown[]>;
	assert.equal(saved[1]?.length, 1);
	settled({ type: "ok", n: 1, at_ms: T });
	await settle();
	bench.duties.run();
	assert.deepEqual(bench.kept.get("console.outbox"), {});
	assert.deepEqual(bench.s.chats.get(1)?.log.events.map((event) => event.n), [1]);
});

test("duties: the open chat is kept for a refresh, and none when none is open", () => {
	const bench = new Bench();
	bench.hears(welcome, desk(room(1), room(2)));
	bench.s = state.select(bench.s, 2);
	bench.duties.run();
	assert.equal(bench.kept.get("console.open"), 2);
	bench.s = state.select(bench.s, null);
	bench.duties.run();
	assert.equal(bench.kept.get("console.open"), undefined);
});

test("duties: signed out, nothing is left in the tab", () => {
	const bench = new Bench();
	bench.hears(welcome, desk(room(1)));
	bench.s = state.say(bench.s, 1, { id: "a".repeat(32), body: "hello", at_ms: T });
	bench.s = state.report(bench.s, 1, "d".repeat(32), bench.clock.now());
	bench.duties.run();
	assert.equal(readReports({ lasting: true, clear: () => undefined, write: () => undefined, read: (key) => bench.kept.get(key) as never }).length, 1);
	bench.duties.forget();
	const nothing = (): void => undefined;
	const read = <V>(key: string): V | undefined => bench.kept.get(key) as V | undefined;
	const store = { lasting: true, read, write: nothing, clear: nothing };
	assert.deepEqual(readSaved(store), {});
	assert.equal(readOpen(store), null);
	assert.deepEqual(readReports(store), []);
});

test("duties: a call for an adult goes out, with one id, before words that wait, and is kept until heard", async () => {
	const bench = new Bench();
	bench.s = { ...bench.s, status: "offline" };
	bench.hears(welcome, desk(room(1)));
	const call = { id: "c".repeat(32), room: 1, reason: "hurt", tell: true } as const;
	bench.s = state.callAdult(bench.s, call);
	bench.duties.run();
	assert.equal(bench.asked.some((one) => one.type === "escalation.raise"), false);
	assert.deepEqual(readCalls({ read: (key: string) => bench.kept.get(key) } as never), [call]);
	bench.answer = (asked) => Promise.resolve(asked.type === "escalation.raise" ? { type: "ok" } : new Promise(() => undefined) as never);
	bench.s = { ...bench.s, status: "online" };
	bench.duties.run();
	await settle();
	const raised = bench.asked.filter((one) => one.type === "escalation.raise");
	assert.deepEqual(raised, [{ type: "escalation.raise", room: 1, id: call.id, reason: "hurt", tell: true }]);
	assert.deepEqual(bench.s.calling, []);
	bench.duties.run();
	assert.equal(bench.kept.get("console.calls"), undefined);
});
