/* oversight/reader: asks for what is to be read, and for nothing that a room could notice. */

import assert from "node:assert/strict";
import test from "node:test";
import { Reader } from "../oversight/reader";
import * as state from "../oversight/state";
import type { Oversight } from "../oversight/state";
import { Offline } from "../lib/connection";
import type { Answer, Asked } from "../lib/connection";
import type { WireEvent } from "../lib/wire";
import { settle } from "./fakes";

const T = 1_700_000_000_000;

const said = (n: number): WireEvent => ({
	type: "chat.posted", room: 1, n, seq: n, at_ms: T + n, who: "visitor", name: "", id: String(n).padStart(32, "0"), body: "x",
});
const wall = (n: number): WireEvent => ({
	type: "state.wall", room: 1, name: "Slow River", picture: "river-a", phase: "live", to: "now", topics: [], since_ms: T,
	opened_ms: T, n, visitor_here: true, peer_here: true, visitor_typing: false, peer_typing: false,
});

function bench(...messages: WireEvent[]) {
	const online = state.connection(state.begin(T), { status: "online", retry_ms: 0, heard_ms: T }, T);
	const one = {
		s: messages.reduce((s, message) => state.receive(s, message, T), online),
		asked: [] as Asked[],		/* of the room itself */
		beside: [] as Asked[],		/* of what stands beside it */
		answer: (): Promise<Answer> => Promise.resolve({ type: "ok" }),
		aside: (_: Asked): Promise<Answer> => Promise.resolve({ type: "case.listed", cases: [], more: false }),
		reader: null as unknown as Reader,
		events: (): number[] => one.s.open?.events.map((event) => event.n) ?? [],
	};
	const note = (asked: Asked): boolean => {
		const own = asked.type === "room.open" || asked.type === "room.close" || asked.type === "room.history";
		(own ? one.asked : one.beside).push(asked);
		return own;
	};
	const request = (asked: Asked): Promise<Answer> => (note(asked) ? one.answer() : one.aside(asked));
	const tell = (asked: Asked): void => void note(asked);
	const set = (s: Oversight): void => void (one.s = s);
	one.reader = new Reader({ request, tell }, () => one.s, set);
	return one;
}

test("reader: a long room is opened at its newest page, a short one from its beginning", () => {
	const long = bench(wall(400));
	long.reader.open(1);
	assert.deepEqual(long.asked, [{ type: "room.open", room: 1, after: 350 }]);
	const short = bench(wall(20));
	short.reader.open(1);
	assert.deepEqual(short.asked, [{ type: "room.open", room: 1, after: 0 }]);
});

test("reader: of a room whose last lines are held only what is missing is asked for", async () => {
	const one = bench(wall(12), said(11), said(12));
	one.answer = () => Promise.resolve({ type: "batch", events: [said(9), said(10)] } as Answer);
	one.reader.open(1);
	await settle();
	assert.deepEqual(one.asked, [
		{ type: "room.open", room: 1, after: 12 }, { type: "room.history", room: 1, before: 11, limit: 50 },
	]);
	assert.deepEqual(one.events(), [9, 10, 11, 12]);
});

test("reader: another room closes the one before; closing is said once", () => {
	const one = bench(wall(1));
	one.reader.open(1);
	one.reader.open(1);
	one.reader.open(2);
	one.reader.close();
	one.reader.close();
	assert.deepEqual(one.asked.map((asked) => [asked.type, (asked as { room: number }).room]), [
		["room.open", 1], ["room.close", 1], ["room.open", 2], ["room.close", 2],
	]);
});

test("reader: after a break the opened room goes on from where it is held", () => {
	const one = bench(wall(3), said(1), said(2), said(3));
	one.reader.open(1);
	one.asked = [];
	one.reader.resume();
	assert.deepEqual(one.asked, [{ type: "room.open", room: 1, after: 3 }]);
	one.reader.close();
	one.asked = [];
	one.reader.resume();
	assert.deepEqual(one.asked, []);
});

test("reader: what could not be read says so, and can be asked for again", async () => {
	const one = bench(wall(100));
	one.answer = () => Promise.reject(new Offline());
	one.reader.open(1);
	await settle();
	assert.equal(one.s.open?.asking, false);
	assert(one.s.open?.refused !== "");
	one.answer = () => Promise.resolve({ type: "batch", events: [said(50)] } as Answer);
	await one.reader.before(51);
	assert.equal(one.s.open?.refused, "");
	assert.deepEqual(one.events(), [50]);
});

test("reader: before the first event there is nothing to ask for", async () => {
	const one = bench(wall(1));
	one.reader.open(1);
	one.asked = [];
	await one.reader.before(1);
	assert.deepEqual(one.asked, []);
});

test("reader: beside a room it asks what counselors know of it; none of that is seen in the room", async () => {
	const one = bench(wall(1));
	one.reader.open(1);
	await settle();
	assert.deepEqual(one.beside, [
		{ type: "room.marks", room: 1 }, { type: "identity.status", room: 1 },
		{ type: "case.list", state: "open" }, { type: "case.list", state: "held" },
	]);
	assert.equal(one.s.open?.filed, true);
});

test("reader: a room's case is read when there is one", async () => {
	const one = bench(wall(1));
	const line = { case_id: 7, room: 1 };
	one.aside = () => Promise.resolve({ type: "case.listed", cases: [line], more: false } as unknown as Answer);
	one.reader.open(1);
	await settle();
	assert.deepEqual(one.beside.slice(-1), [{ type: "case.get", case_id: 7 }]);
});

test("reader: a place that was looked for is opened a little before it", () => {
	const one = bench(wall(400), said(400));
	one.reader.open(1, { n: 130 });
	assert.deepEqual(one.asked, [{ type: "room.open", room: 1, after: 110 }]);
	assert.equal(one.s.open?.at, 130);
	one.reader.open(1);
	assert.deepEqual(one.asked.slice(-1), [{ type: "room.open", room: 1, after: 400 }]);
});

test("reader: what is told only when asked is asked for again when it changed", () => {
	const one = bench(wall(1));
	one.reader.open(1);
	one.beside = [];
	const note = (room: number): WireEvent => ({ type: "note.sent", seq: 9, room, at_ms: T, from: "Mr. T.", to: "Sol" });
	one.reader.heard(note(2));
	assert.deepEqual(one.beside, []);
	one.reader.heard(note(1));
	assert.deepEqual(one.beside, [{ type: "room.marks", room: 1 }]);
});
