/* lib/roomlog: once, in order, and where each message stands. */

import assert from "node:assert/strict";
import test from "node:test";
import { type Item, type MessageItem, items } from "../lib/roomitems";
import { type RoomLog, acknowledge, addEvent, addOutgoing, emptyLog, hasEarlier, markOutgoing } from "../lib/roomlog";
import type { RoomEvent } from "../lib/wire";
import { posted } from "./fakes";

const visitor = { who: "visitor", name: "" } as const;
const view = { self: visitor, seen: 0 };

const log = (...events: RoomEvent[]): RoomLog => events.reduce(addEvent, emptyLog);
const numbers = (one: RoomLog): number[] => one.events.map((event) => event.n);
const messages = (list: Item[]): MessageItem[] => list.filter((item): item is MessageItem => item.kind === "message");
const bodies = (one: RoomLog): string[] => messages(items(one, view)).map((item) => item.body);

test("roomlog: events stand in order of n, whatever order they come in", () => {
	assert.deepEqual(numbers(log(posted(1), posted(4), posted(2), posted(3))), [1, 2, 3, 4]);
});

test("roomlog: an event that comes twice counts once and changes nothing", () => {
	const once = log(posted(1), posted(2));
	assert.equal(addEvent(once, posted(2, { body: "again", replay: true } as object)), once);
});

test("roomlog: after stops before a gap and runs on when it closes", () => {
	const gap = log(posted(1), posted(2), posted(5));
	assert.equal(gap.after, 2);
	assert.equal(addEvent(gap, posted(3)).after, 3);
	assert.equal([posted(3), posted(4)].reduce<RoomLog>(addEvent, gap).after, 5);
});

test("roomlog: a log that begins late is whole from there; older ones go before it", () => {
	const late = log(posted(40), posted(41));
	assert.equal(late.after, 41);
	assert(hasEarlier(late));
	const older = [posted(38), posted(39)].reduce<RoomLog>(addEvent, late);
	assert.deepEqual(numbers(older), [38, 39, 40, 41]);
	assert.equal(older.after, 41);
});

test("roomlog: an own message waits last, and keeps its key when it gets its number", () => {
	const out = { id: "a".repeat(32), body: "hi", at_ms: 9000 };
	const waiting = addOutgoing(log(posted(1)), out);
	const [, before] = messages(items(waiting, view));
	assert.equal(before?.state, "waiting");
	const sent = acknowledge(waiting, { id: out.id, room: 1, n: 2, at_ms: 9100, ...visitor });
	const [, after] = messages(items(sent, view));
	assert.equal(after?.state, "sent");
	assert.equal(after?.key, before?.key);
	assert.equal(sent.outbox.length, 0);
	assert.equal(sent.after, 2);
});

test("roomlog: the peer's message that overtook the answer comes first, nothing is missed", () => {
	const waiting = addOutgoing(log(posted(1)), { id: "a".repeat(32), body: "mine", at_ms: 0 });
	const sent = acknowledge(waiting, { id: "a".repeat(32), room: 1, n: 3, at_ms: 3000, ...visitor });
	assert.equal(sent.after, 1);
	const whole = addEvent(sent, posted(2));
	assert.deepEqual(bodies(whole), ["m1", "m2", "mine"]);
	assert.equal(whole.after, 3);
});

test("roomlog: stored but not answered: the replay settles it, a late answer changes nothing", () => {
	const id = "b".repeat(32);
	const waiting = addOutgoing(log(posted(1)), { id, body: "mine", at_ms: 0 });
	const replayed = addEvent(waiting, posted(2, { id, body: "mine", ...visitor }));
	assert.deepEqual(bodies(replayed), ["m1", "mine"]);
	assert.equal(replayed.outbox.length, 0);
	assert.equal(acknowledge(replayed, { id, room: 1, n: 2, at_ms: 0, ...visitor }), replayed);
});

test("roomlog: answered, then replayed: still once", () => {
	const id = "c".repeat(32);
	const sent = acknowledge(addOutgoing(log(posted(1)), { id, body: "mine", at_ms: 0 }), { id, room: 1, n: 2, at_ms: 0, ...visitor });
	assert.equal(addEvent(sent, posted(2, { id, body: "mine", ...visitor })), sent);
});

test("roomlog: a message of this visitor's other tab is drawn as the own one", () => {
	const [item] = messages(items(log(posted(1, { ...visitor })), view));
	assert.equal(item?.mine, true);
});

test("roomlog: seen up to a number, refused, and tried again", () => {
	const id = "d".repeat(32);
	const one = addOutgoing(log(posted(1, { ...visitor }), posted(2, { ...visitor })), { id, body: "x", at_ms: 0 });
	const states = (which: RoomLog) => messages(items(which, { self: visitor, seen: 1 })).map((item) => item.state);
	assert.deepEqual(states(one), ["seen", "sent", "waiting"]);
	const refused = markOutgoing(one, id, "room_ended");
	assert.deepEqual(states(refused), ["seen", "sent", "failed"]);
	assert.deepEqual(states(markOutgoing(refused, id)), ["seen", "sent", "waiting"]);
});

test("roomlog: runs by one writer, broken by another writer, a note or an hour", () => {
	const hour = 3600_000;
	const joined = { type: "room.joined", room: 1, n: 5, at_ms: 4000, who: "peer", name: "Wren", picture: "moss-a", handed: true } as const;
	const list = messages(
		items(log(posted(1), posted(2), posted(3, { ...visitor }), posted(4), joined, posted(6), posted(7, { at_ms: 2 * hour })), view),
	);
	assert.deepEqual(
		list.map((item) => [item.n, item.first, item.last]),
		[[1, true, false], [2, false, true], [3, true, true], [4, true, true], [6, true, true], [7, true, true]],
	);
});
