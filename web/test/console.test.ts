/* console/: own rooms, what is new in them, hand-over, shift, unsent words. */

import assert from "node:assert/strict";
import test from "node:test";
import {
	chats, current, lastSaid, nextToSend, nobodyReachable, shift, someoneNew, someoneWaits, toSee, unread, whyNotEnd, whyNotHand, whyNotTake,
} from "../console/select";
import * as state from "../console/state";
import type { Chat, Console, Desk, DeskRoom } from "../console/state";
import { sessionEnds } from "../staff/staff";
import type { Of, RoomState, WireEvent } from "../lib/wire";

const T = 1_700_000_000_000;
const MIN = 60_000;

const welcome: WireEvent = {
	type: "welcome", role: "supporter", server_ms: T + 2000, account: 11, name: "Juniper", picture: "moss-a",
	until_ms: T + 12 * 60 * MIN,
};
const room = (number: number, more: Partial<DeskRoom> = {}): DeskRoom => ({
	room: number, name: `Room ${number}`, picture: "lantern-a", topics: [], wish: "", phase: "live", since_ms: T, n: 0,
	seen: 0, present: true, offered: false, returned: false, ...more,
});
const desk = (more: Partial<Desk> = {}): Desk => ({
	type: "state.desk", on_shift: true, taking: true, cap: 3, shift_from_ms: T - 30 * MIN, shift_until_ms: T + 30 * MIN,
	waiting: [], mine: [], left: [], peers: [], adults: [], asks: [], ...more,
});
const stands = (number: number, more: Partial<RoomState> = {}): RoomState => ({
	type: "state.room", room: number, phase: "live", to: "now", n: 1, name: `Room ${number}`, picture: "lantern-a",
	peer_name: "Juniper", peer_here: true, visitor_here: true, peer_seen: 0, visitor_seen: 0, peer_typing: false,
	visitor_typing: false, has_codename: false, ...more,
});
const said = (number: number, n: number, more: Partial<Of<"chat.posted">> = {}): Of<"chat.posted"> => ({
	type: "chat.posted", room: number, n, at_ms: T + n, who: "visitor", name: "", id: String(n).padStart(32, "0"),
	body: `words ${n}`, ...more,
});
const requeued = (why: Of<"room.requeued">["why"], name = "Juniper"): WireEvent => ({
	type: "room.requeued", room: 1, n: 9, at_ms: T, why, name,
});
const out = (id: string, at_ms = T) => ({ id: id.repeat(32), body: `own ${id}`, at_ms });

const after = (s: Console, ...messages: WireEvent[]): Console =>
	messages.reduce((one, message) => state.receive(one, message, T), s);
const started = (...messages: WireEvent[]): Console =>
	after(state.connection(state.begin({}), "online", 0, T), welcome, ...messages);
const chat = (s: Console, number: number): Chat => {
	const found = s.chats.get(number);
	assert(found);
	return found;
};
const kinds = (s: Console): string[] => s.notices.map((notice) => notice.kind);

test("console: own rooms come from the list; a new connection opens them again", () => {
	const s = state.opened(started(desk({ mine: [room(1), room(2)] })), 1);
	assert.deepEqual(chats(s).map((one) => [one.room, one.open]), [[1, true], [2, false]]);
	assert.deepEqual(chats(after(s, welcome)).map((one) => one.open), [false, false]);
});

test("console: new words are those of the visitor after what was seen", () => {
	const s = started(desk({ mine: [room(1, { seen: 2 })] }), said(1, 1), said(1, 2), said(1, 3),
		said(1, 4, { who: "peer", name: "Juniper" }), said(1, 5), said(1, 5));
	assert.equal(unread(chat(s, 1)), 2);
	assert.equal(toSee(chat(s, 1)), 5);
	assert.equal(toSee(chat(after(s, said(1, 6, { who: "peer", name: "Juniper" })), 1)), 5);
	const seen = state.saw(s, 1, 5);
	assert.equal(unread(chat(seen, 1)), 0);
	assert.equal(toSee(chat(seen, 1)), 0);
	assert.equal(unread(chat(state.saw(seen, 1, 3), 1)), 0);
});

test("console: the list's older seen mark does not bring back what was seen here", () => {
	const s = state.saw(started(desk({ mine: [room(1)] }), said(1, 1)), 1, 1);
	assert.equal(unread(chat(after(s, desk({ mine: [room(1, { seen: 0 })] })), 1)), 0);
});

test("console: words of a room that is not ours are not kept", () => {
	const s = started(desk({ waiting: [room(1, { phase: "waiting" })] }), said(1, 1));
	assert.equal(s.chats.size, 0);
});

test("console: a room that somebody else has now is dropped at once, with a word why", () => {
	const s = state.select(started(desk({ mine: [room(1)] }), said(1, 1)), 1);
	const handed: WireEvent = {
		type: "room.joined", room: 1, n: 2, at_ms: T, who: "peer", name: "Sol", picture: "field-b", handed: true,
	};
	const gone = after(s, handed, desk());
	assert.equal(gone.chats.size, 0);
	assert.equal(gone.selected, null);
	assert.deepEqual(gone.notices.map((one) => [one.kind, one.who]), [["handed", "Sol"]]);
	assert.deepEqual(kinds(after(s, desk())), ["lost"]);
});

test("console: why a room went back to the queue is said, unless it was long ago or another's", () => {
	const s = started(desk({ mine: [room(1)] }));
	for (const why of ["silent", "gone", "released", "shift_over"] as const) {
		assert.deepEqual(kinds(after(s, requeued(why), desk())), [why]);
	}
	assert.deepEqual(kinds(after(s, requeued("gone", "Sol"))), []);
	assert.deepEqual(kinds(after(s, { ...requeued("gone"), replay: true } as WireEvent)), []);
	const told = after(s, requeued("silent"));
	assert.deepEqual(state.dismiss(told, told.notices[0]?.key ?? "").notices, []);
});

test("console: words that waited in a room somebody else has now are told, beside the reason", () => {
	const s = state.say(started(desk({ mine: [room(1)] })), 1, out("a"));
	const gone = after(s, requeued("gone"), desk());
	assert.deepEqual(gone.notices.map((one) => [one.kind, one.who]), [["gone", ""], ["unsent", "own a"]]);
});

test("console: a chat that ended can be read until it is put away", () => {
	const ended: WireEvent = { type: "room.ended", room: 1, n: 2, at_ms: T, who: "visitor", name: "" };
	const s = after(state.select(started(desk({ mine: [room(1), room(2)] }), said(1, 1)), 1), ended, desk({ mine: [room(2)] }));
	assert.equal(current(s)?.ended, true);
	assert.deepEqual(chats(s).map((one) => one.room), [2, 1]);
	assert.deepEqual(kinds(s), []);
	const away = state.putAway(s, 1);
	assert.equal(away.chats.has(1), false);
	assert.equal(away.selected, null);
});

test("console: a colleague who says no is named; one who says yes is not", () => {
	const asked = started(desk({ mine: [room(1)] }), stands(1, { handing_to: "Sol" }));
	assert.equal(whyNotHand(asked, chat(asked, 1)), "asked");
	const no = after(asked, stands(1));
	assert.deepEqual(no.notices.map((one) => [one.kind, one.who]), [["declined", "Sol"]]);
	assert.deepEqual(kinds(after(asked, stands(1, { peer_name: "Sol" }))), []);
});

test("console: a room that was taken is shown as soon as the list has it", () => {
	const s = state.want(started(desk()), 4);
	assert.equal(s.selected, null);
	assert.equal(after(s, desk({ mine: [room(4)] })).selected, 4);
	const late = state.select(state.want(started(desk({ mine: [room(1)] })), 4), 1);
	assert.equal(after(late, desk({ mine: [room(1), room(4)] })).selected, 1);
});

test("console: a sent message stands once, also when it comes back after a break", () => {
	const s = state.say(state.write(started(desk({ mine: [room(1)] }), said(1, 1)), 1, "hello"), 1, out("a"));
	assert.equal(chat(s, 1).draft, "");
	assert.deepEqual(lastSaid(chat(s, 1)), { body: "own a", mine: true, at_ms: T });
	const ok: Of<"ok"> = { type: "ok", n: 2, at_ms: T + 5 };
	const done = state.sent(s, 1, out("a"), ok);
	assert.equal(chat(done, 1).log.outbox.length, 0);
	const again = after(done, said(1, 2, { who: "peer", name: "Juniper", id: "a".repeat(32), replay: true }));
	assert.deepEqual(chat(again, 1).log.events.map((event) => event.n), [1, 2]);
	const lostAnswer = after(s, said(1, 2, { who: "peer", name: "Juniper", id: "a".repeat(32), replay: true }));
	assert.equal(chat(lostAnswer, 1).log.outbox.length, 0);
});

test("console: the oldest waiting message of any chat goes first; a refused one waits for its writer", () => {
	let s = started(desk({ mine: [room(1), room(2)] }));
	s = state.say(state.say(s, 1, out("b", T + 9)), 2, out("a", T + 3));
	assert.equal(nextToSend(s)?.room, 2);
	s = state.refused(s, 2, out("a"), "room_ended");
	assert.equal(nextToSend(s)?.room, 1);
	assert.equal(nextToSend(state.tryAgain(s, 2, "a".repeat(32)))?.room, 2);
	const back = state.takeBack(state.write(s, 2, "more"), 2, "a".repeat(32));
	assert.equal(chat(back, 2).draft, "own a\nmore");
	assert.equal(chat(back, 2).log.outbox.length, 0);
});

test("console: unsent words of before a refresh are in their room again", () => {
	const s = after(state.begin({ 1: [out("c")] }), welcome, desk({ mine: [room(1), room(2)] }));
	assert.deepEqual(chat(s, 1).log.outbox.map((one) => one.body), ["own c"]);
	assert.equal(chat(s, 2).log.outbox.length, 0);
});

test("console: a sentence is put behind what is being written, with one space between", () => {
	const s = state.append(started(desk({ mine: [room(1)] })), 1, "It sounds like");
	assert.equal(chat(s, 1).draft, "It sounds like");
	assert.equal(chat(state.append(s, 1, "that hurt"), 1).draft, "It sounds like that hurt");
});

test("console: how long the visitor is away counts from when they left, not from when we looked", () => {
	const s = started(desk({ mine: [room(1)] }), stands(1));
	const left = state.receive(s, stands(1, { visitor_here: false }), T + 5 * MIN);
	assert.equal(chat(left, 1).away_ms, T + 5 * MIN);
	assert.equal(chat(state.receive(left, stands(1, { visitor_here: false }), T + 9 * MIN), 1).away_ms, T + 5 * MIN);
	assert.equal(chat(state.receive(left, stands(1), T + 9 * MIN), 1).away_ms, 0);
	assert.equal(chat(started(desk({ mine: [room(1)] }), stands(1, { visitor_here: false })), 1).away_ms, 0);
});

test("console: time left is the server's; the end is announced ten minutes before", () => {
	const s = started(desk({ shift_from_ms: T, shift_until_ms: T + 40 * MIN + 2000 }));
	const early = shift(s, T);
	assert(early.kind === "on");
	assert.equal(early.left_ms, 40 * MIN);
	assert.equal(early.ending, false);
	const late = shift(s, T + 30 * MIN);
	assert(late.kind === "on");
	assert.equal(late.ending, true);
	assert.equal(shift(started(desk({ on_shift: false, shift_from_ms: T + MIN })), T).kind, "off");
	assert.equal(shift(state.begin({}), T).kind, "unknown");
});

test("staff: the end of the sign-in is announced a quarter of an hour before", () => {
	assert.equal(sessionEnds(T + 16 * MIN, T), null);
	assert.equal(sessionEnds(undefined, T), null);
	assert.equal(sessionEnds(T + 7 * MIN - 1000, T), 7);
	assert.equal(sessionEnds(T - MIN, T), 0);
});

test("console: why a chat cannot be taken", () => {
	const s = started(desk({ mine: [room(1), room(2)], cap: 2 }));
	assert.equal(whyNotTake(s), "at_cap");
	assert.equal(whyNotTake(started(desk())), "");
	assert.equal(whyNotTake(started(desk({ on_shift: false }))), "off_shift");
	assert.equal(whyNotTake(state.connection(started(desk()), "offline", T, T)), "offline");
});

test("console: a sound for who comes and who is offered, once", () => {
	const waits = room(4, { phase: "waiting" });
	const one = desk({ waiting: [waits] });
	assert.equal(someoneNew(null, one), true);
	assert.equal(someoneNew(one, one), false);
	assert.equal(someoneNew(one, desk({ waiting: [{ ...waits, offered: true }] })), true);
	assert.equal(someoneNew(desk({ waiting: [{ ...waits, offered: true }] }), one), false);
	assert.equal(someoneNew(desk(), desk({ asks: [{ room: 1, name: "a", picture: "moss-a", from: "Sol" }] })), true);
});

test("console: the badge is on while somebody waits, is new, or asks, and never off shift", () => {
	const waits = [room(4, { phase: "waiting" })];
	assert.equal(someoneWaits(started(desk())), false);
	assert.equal(someoneWaits(started(desk({ waiting: waits }))), true);
	assert.equal(someoneWaits(started(desk({ waiting: waits, on_shift: false }))), false);
	assert.equal(someoneWaits(started(desk({ mine: [room(1)] }), said(1, 1))), true);
});

test("console: offline since the connection was lost, not since the last attempt", () => {
	const s = state.connection(started(desk()), "offline", T, T + 10);
	const again = state.connection(state.connection(s, "connecting", 0, T + 500), "offline", T, T + 900);
	assert.equal(again.lost_ms, T + 10);
	assert.equal(state.connection(again, "online", 0, T + 1000).lost_ms, 0);
});

test("console: news is said for live words of a visitor, not for old or own ones", () => {
	const s = started(desk({ mine: [room(1)] }));
	assert.equal(after(s, said(1, 1)).news?.room, "Room 1");
	assert.equal(after(s, said(1, 1, { replay: true })).news, null);
	assert.equal(after(s, said(1, 1, { who: "peer", name: "Juniper" })).news, null);
});

const note = (id: string, at_ms: number, more: Partial<Of<"note.posted">> = {}): Of<"note.posted"> => ({
	type: "note.posted", room: 1, at_ms, id: id.repeat(32), from: "Ms. R.", body: `note ${id}`, ...more,
});

test("console: a private note is there once, in its place, and can be put away", () => {
	let s = started(desk({ mine: [room(1)] }), note("b", T + 5), note("a", T + 1), note("b", T + 5, { replay: true }),
		note("c", T, { room: 9 }));
	assert.deepEqual(chat(s, 1).notes.map((one) => one.body), ["note a", "note b"]);
	s = after(s, note("b", T + 6, { from: "Mr. T." })); /* the same id of somebody else */
	assert.equal(chat(s, 1).notes.length, 3);
	s = state.dismissNote(s, 1, "a".repeat(32));
	assert.equal(s.dismissed.has(`1 ${"a".repeat(32)}`), true);
	assert.equal(chat(s, 1).log.events.some((event) => "body" in event && String(event.body).includes("note")), false);
});

test("console: a call for an adult waits once a room, and says when it can go nowhere", () => {
	const call = { id: "1".repeat(32), room: 1, reason: "hurt", tell: true } as const;
	let s = state.callAdult(started(desk({ mine: [room(1)] })), call);
	s = state.callAdult(s, { ...call, id: "2".repeat(32) });
	assert.deepEqual(s.calling.map((one) => one.id), [call.id]);
	s = state.notRaised(s, call.id);
	assert.equal(s.calling[0]?.failed, true);
	s = state.callAdult(s, { ...call, id: "3".repeat(32) });
	assert.deepEqual(s.calling.map((one) => one.id), ["3".repeat(32)]);
	assert.deepEqual(state.raised(s, "3".repeat(32)).calling, []);
});

test("console: the newest call of a room counts", () => {
	const call = (escalation: number, stage: Of<"state.escalation">["stage"]): Of<"state.escalation"> => ({
		type: "state.escalation", escalation, room: 1, name: "Room 1", picture: "lantern-a", source: "supporter",
		reason: "worried", by: "Juniper", at_ms: T, stage, rung: 0, told: [],
	});
	const s = started(desk({ mine: [room(1)] }), call(4, "taken"), call(3, "closed"));
	assert.deepEqual([s.calls.get(1)?.escalation, s.calls.get(1)?.stage], [4, "taken"]);
});

test("console: a counselor who takes over lets one rest; one beside is not an own voice", () => {
	const joined = (handed: boolean, n: number): WireEvent =>
		({ type: "room.joined", room: 1, n, at_ms: T, who: "counselor", name: "Ms. R.", picture: "", handed });
	let s = started(desk({ mine: [room(1)] }), joined(false, 3), said(1, 4, { who: "counselor", name: "Ms. R." }));
	assert.deepEqual(s.notices, []);
	assert.equal(lastSaid(chat(s, 1))?.mine, false);
	s = after(s, stands(1, { adult_name: "Ms. R.", adult_here: true }));
	assert.equal(whyNotEnd(s, chat(s, 1)), "adult");
	s = after(s, joined(true, 5), desk({ mine: [] }));
	assert.deepEqual(s.notices.map((one) => [one.kind, one.who]), [["rest", "Ms. R."]]);
	s = after(s, { type: "desk.nudged", room: 2, name: "Room 2", from: "Mr. T." });
	assert.equal(s.notices[s.notices.length - 1]?.kind, "nudged");
});

test("console: nobody to be reached is known only from the school", () => {
	assert.equal(nobodyReachable(started()), false);
	const school = { type: "state.school", watched: false, reachable: false } as unknown as WireEvent;
	assert.equal(nobodyReachable(started( school)), true);
	assert.equal(nobodyReachable(started( { ...school, reachable: true } as WireEvent)), false);
});
