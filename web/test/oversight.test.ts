/* oversight/: the feed survives breaks without losing or doubling, holes are shown, memory is bounded. */

import assert from "node:assert/strict";
import test from "node:test";
import { alarms } from "../oversight/calls";
import { cards, counts, firstHole, hasOlder, isCurrent, moments, roomName, speaker, streamView } from "../oversight/select";
import {
	LINES_MAX, STREAM_MAX, begin, closeRoom, connection, gotOlder, hold, openRoom, receive, show,
} from "../oversight/state";
import type { Oversight, Wall } from "../oversight/state";
import type { Of, WireEvent } from "../lib/wire";

const T = 1_700_000_000_000;

const welcome: WireEvent = { type: "welcome", role: "counselor", server_ms: T + 500, account: 21, name: "Ms. R." };
const said = (room: number, n: number, seq: number, more: Partial<Of<"chat.posted">> = {}): Of<"chat.posted"> => ({
	type: "chat.posted", room, n, seq, at_ms: T + seq, who: "visitor", name: "", id: String(seq).padStart(32, "0"),
	body: `${room}.${n}`, ...more,
});
const wall = (room: number, more: Partial<Wall> = {}): Wall => ({
	type: "state.wall", room, name: `Room ${room}`, picture: "lantern-a", phase: "live", to: "now", topics: [],
	since_ms: T, opened_ms: T, n: 1, visitor_here: true, peer_here: true, visitor_typing: false, peer_typing: false,
	...more,
});
const caughtUp = (seq: number): WireEvent => ({ type: "state.caught_up", seq });
const taken = (room: number, seq: number): WireEvent => ({ type: "alarm.taken", room, seq, at_ms: T + seq, name: "Mr. T." });
const raised = (room: number, seq: number): WireEvent => ({
	type: "alarm.raised", room, seq, at_ms: T + seq, why: "unanswered",
});

const after = (s: Oversight, ...messages: WireEvent[]): Oversight =>
	messages.reduce((state, message) => receive(state, message, T), s);
const online = (s: Oversight): Oversight => connection(s, { status: "online", retry_ms: 0, heard_ms: T }, T);
const offline = (s: Oversight, heard_ms = T): Oversight =>
	connection(s, { status: "offline", retry_ms: T + 4000, heard_ms }, T + 10_000);
const started = (...messages: WireEvent[]): Oversight => after(online(begin(T)), welcome, ...messages);
const seqs = (s: Oversight): number[] => s.stream.map((entry) => entry.seq);

test("oversight: the stream is in order of seq and has nothing twice", () => {
	const s = started(said(1, 1, 11), said(1, 2, 12), caughtUp(12), said(1, 3, 13), said(1, 3, 13), said(2, 1, 14));
	assert.deepEqual(seqs(s), [11, 12, 13, 14]);
	assert.equal(s.seq, 14);
});

test("oversight: after a break it resumes from its cursor, and what is sent again counts once", () => {
	const before = started(said(1, 1, 11), caughtUp(11), said(1, 2, 12));
	assert.equal(before.seq, 12);
	const back = after(online(offline(before)), welcome, said(1, 2, 12, { replay: true }), said(1, 3, 13, { replay: true }));
	assert.equal(isCurrent(back), false);
	const done = after(back, caughtUp(13));
	assert.deepEqual(seqs(done), [11, 12, 13]);
	assert.equal(isCurrent(done), true);
	assert.equal(done.stream.some((entry) => entry.missing), false);
});

test("oversight: an opened room's old events never move the feed's cursor", () => {
	const s = openRoom(started(said(1, 1, 11), caughtUp(20)), 2);
	const ahead = after(s, said(2, 1, 25, { replay: true }));
	assert.equal(ahead.seq, 20);
	assert.deepEqual(ahead.open?.events.map((event) => event.n), [1]);
	assert.equal(after(ahead, said(1, 2, 21)).seq, 21);
});

test("oversight: what is older than the stream stays out of it, but stands in the opened room", () => {
	const s = openRoom(started(wall(1), said(1, 5, 50), said(1, 6, 51), caughtUp(51)), 1);
	const older = after(s, said(1, 3, 30, { replay: true }), said(1, 4, 31, { replay: true }));
	assert.deepEqual(seqs(older), [50, 51]);
	assert.deepEqual(older.open?.events.map((event) => event.n), [3, 4, 5, 6]);
});

test("oversight: a hole in a room is shown in the stream, and not where the stream begins", () => {
	const s = started(said(1, 7, 11), said(1, 8, 12), caughtUp(12), said(1, 11, 15), said(2, 4, 16));
	assert.deepEqual(s.stream.map((entry) => entry.missing), [false, false, true, false]);
});

test("oversight: a hole in the opened room is shown and closes when its events come", () => {
	const s = after(openRoom(started(caughtUp(0)), 1), said(1, 1, 1), said(1, 4, 4));
	assert.deepEqual(moments(s).map((moment) => moment.missing), [false, true]);
	assert.equal(firstHole(s.open?.events ?? []), 4);
	const closed = gotOlder(s, 1, [said(1, 2, 2), said(1, 3, 3)]);
	assert.deepEqual(moments(closed).map((moment) => moment.missing), [false, false, false, false]);
	assert.equal(firstHole(closed.open?.events ?? []), 0);
});

test("oversight: opening a room begins with the run of lines that has no hole", () => {
	const s = started(wall(1), said(1, 1, 1), said(1, 2, 2), said(1, 5, 5), said(1, 6, 6), caughtUp(6));
	const open = openRoom(s, 1);
	assert.deepEqual(open.open?.events.map((event) => event.n), [5, 6]);
	assert.equal(hasOlder(open), true);
	assert.equal(closeRoom(open).open, null);
});

test("oversight: a room that could not be read says why, and only while it is open", () => {
	const s = openRoom(started(caughtUp(0)), 1);
	assert.equal(gotOlder(s, 1, "Not allowed.").open?.refused, "Not allowed.");
	assert.equal(gotOlder(s, 2, "Not allowed."), s);
});

const ended = (room: number, n: number, seq: number): WireEvent => ({
	type: "room.ended", room, n, seq, at_ms: T + seq, who: "visitor", name: "", replay: true,
});

test("oversight: a room that ended during a break leaves the wall, whether walls come first or last", () => {
	const s = started(said(1, 1, 1), said(2, 1, 2), caughtUp(2), wall(1), wall(2));
	const back = after(online(offline(s)), welcome);
	for (const done of [
		after(back, wall(2), ended(1, 2, 3), caughtUp(3)),
		after(back, ended(1, 2, 3), caughtUp(3), wall(2)),
	]) {
		assert.deepEqual([...done.walls.keys()], [2]);
		assert.deepEqual([...done.lines.keys()], [2]);
		assert.equal(roomName(done, 1).name, "Room 1");
	}
});

test("oversight: a room that ended and came back during a break stays, whether walls come first or last", () => {
	const s = started(caughtUp(2), wall(1));
	const returned: WireEvent = { type: "room.returned", room: 1, n: 3, seq: 4, at_ms: T, replay: true };
	const back = after(online(offline(s)), welcome);
	const first = after(back, wall(1, { phase: "waiting" }), ended(1, 2, 3), returned, caughtUp(4));
	const last = after(back, ended(1, 2, 3), returned, caughtUp(4), wall(1, { phase: "waiting" }));
	assert.equal(first.walls.get(1)?.phase, "waiting");
	assert.equal(last.walls.get(1)?.phase, "waiting");
});

test("oversight: lines that come before their room's wall are kept for it", () => {
	const s = started(said(1, 1, 1), said(1, 2, 2), caughtUp(2), wall(1));
	assert.deepEqual(s.lines.get(1)?.map((event) => event.n), [1, 2]);
});

test("oversight: a room that ends leaves the wall, its name stays for the stream", () => {
	const s = started(wall(1), said(1, 1, 1), caughtUp(1));
	const over = after(s, wall(1, { phase: "ended" }));
	assert.equal(over.walls.size, 0);
	assert.equal(over.lines.size, 0);
	assert.equal(roomName(over, 1).name, "Room 1");
});

test("oversight: the stream keeps its newest events, a card its newest lines", () => {
	let s = started(wall(1), caughtUp(0));
	for (let i = 1; i <= STREAM_MAX + 50; i++) {
		s = after(s, said(1, i, i));
	}
	assert.equal(s.stream.length, STREAM_MAX);
	assert.equal(s.floor, 51);
	assert.equal(s.lines.get(1)?.length, LINES_MAX);
	assert.equal(s.lines.get(1)?.[LINES_MAX - 1]?.n, STREAM_MAX + 50);
	assert.equal(after(s, said(1, 7, 7, { replay: true })).stream.length, STREAM_MAX);
});

test("oversight: held, the stream stands still and counts what came", () => {
	const s = hold(started(said(1, 1, 1), caughtUp(1)), true);
	const later = after(s, said(1, 2, 2), said(1, 3, 3));
	assert.deepEqual(streamView(later, 10).entries.map((entry) => entry.seq), [1]);
	assert.equal(streamView(later, 10).news, 2);
	assert.deepEqual(streamView(hold(later, false), 2).entries.map((entry) => entry.seq), [3, 2]);
	assert.equal(streamView(hold(later, false), 2).more, true);
});

test("oversight: alarms come first, oldest first; then those who wait; live cards keep their place", () => {
	const s = started(
		wall(1, { opened_ms: T - 5 }), wall(2, { phase: "waiting", since_ms: T - 9 }), wall(3, { phase: "mailbox" }),
		wall(4, { phase: "waiting", since_ms: T - 20, alarm: "unanswered", alarm_ms: T - 3 }),
		wall(5, { phase: "mailbox", alarm: "mailbox", alarm_ms: T - 8 }), wall(6, { opened_ms: T - 50 }), caughtUp(1),
	);
	assert.deepEqual(cards(s).map((one) => one.room), [5, 4, 2, 6, 1, 3]);
	assert.deepEqual(alarms(s).map((one) => one.room), [5, 4]);
	assert.deepEqual(counts(s), { all: 6, waiting: 4, flagged: 2 });
	assert.deepEqual(cards(show(s, "flagged")).map((one) => one.room), [5, 4]);
});

test("oversight: who took an alarm is known until it is raised again", () => {
	const s = started(wall(1), raised(1, 1), taken(1, 2), caughtUp(2));
	assert.equal(s.taken.get(1)?.by, "Mr. T.");
	assert.equal(after(s, raised(1, 3)).taken.has(1), false);
});

test("oversight: a room's alarm and the call for it stand among its events once, in time", () => {
	const called: WireEvent = {
		type: "escalation.raised", seq: 6, room: 1, at_ms: T + 2, escalation: 1, source: "system", reason: "unanswered", by: "",
	};
	const has: WireEvent = {
		type: "escalation.moved", seq: 7, room: 1, at_ms: T + 5, escalation: 1, stage: "taken", rung: 0, name: "Mr. T.",
	};
	const s = openRoom(started(
		wall(1), said(1, 1, 1), raised(1, 2), said(1, 2, 3), taken(2, 4), taken(1, 5), called, has, caughtUp(7)), 1);
	assert.deepEqual(moments(s).map((moment) => moment.key), ["n1", "s2", "n2", "s7"]);
	assert.deepEqual(streamView(s, 9).entries.map((entry) => entry.seq), [7, 3, 2, 1]);
});

test("oversight: offline, the picture's age counts from when something last came", () => {
	const s = started(caughtUp(1));
	assert.equal(isCurrent(s), true);
	const lost = offline(s, T + 3000);
	assert.equal(isCurrent(lost), false);
	assert.equal(lost.heard_ms, T + 3000);
	assert.equal(offline(lost, T + 9000).heard_ms, T + 3000);
});

test("oversight: lost while catching up, the picture is as old as before", () => {
	const s = started(caughtUp(1));
	const again = after(online(offline(s, T + 3000)), welcome);
	assert.equal(offline(again, T + 8000).heard_ms, T + 3000);
});

test("oversight: a file put back from an older copy takes its later events with it", () => {
	const s = started(wall(1), said(1, 1, 1), said(1, 2, 2), caughtUp(2));
	const back = after(online(offline(s)), welcome, wall(2), caughtUp(1));
	assert.deepEqual([...back.walls.keys()], [2]);
	assert.deepEqual(seqs(back), [1]);
	assert.equal(back.seq, 1);
});

test("oversight: a peer's words bear the peer's picture, the visitor's the room's", () => {
	const staff: WireEvent = {
		type: "state.staff", counselors: [],
		supporters: [{ account: 1, name: "Sol", picture: "field-b", here: true, free: true, load: 1, cap: 3 }],
	};
	const s = started(wall(1), staff);
	assert.equal(speaker(s, said(1, 1, 1)).picture, "lantern-a");
	assert.equal(speaker(s, said(1, 2, 2, { who: "peer", name: "Sol" })).picture, "field-b");
});
