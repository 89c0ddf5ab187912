/* oversight/: calls for an adult in the right order and shown once, matched words at their place,
   sealed details gone when their clock says so, news told to the right ones, words not lost. */

import assert from "node:assert/strict";
import test from "node:test";
import { callOf, climbed, isMine, mustRing, newCalls, openCalls, unreachable } from "../oversight/calls";
import { Desk, readKept } from "../oversight/desk";
import { onFile, withNotes } from "../oversight/files";
import { highlight, terms } from "../oversight/find";
import { category, flagOf, pieces } from "../oversight/flags";
import { asking, failed, got, nothing } from "../oversight/pages";
import { mayOpen, toAnswer, underWay } from "../oversight/sealed";
import { alarms, cards, counts, moments, streamView } from "../oversight/select";
import {
	begin, connection, dismiss, isIn, nextToSend, openRoom, receive, refused, say, sent, takeBack, tick, tryAgain, voiceOf, wipe,
} from "../oversight/state";
import type { Call, Case, Oversight, Wall } from "../oversight/state";
import { busyKey } from "../oversight/views";
import { WireError } from "../lib/connection";
import type { Answer, Asked } from "../lib/connection";
import type { Span } from "../lib/protocol";
import type { Of, WireEvent } from "../lib/wire";
import { settle } from "./fakes";

const T = 1_700_000_000_000;
const ME = 21;

const welcome: WireEvent = { type: "welcome", role: "counselor", server_ms: T, account: ME, name: "Ms. R." };
const wall = (room: number, more: Partial<Wall> = {}): Wall => ({
	type: "state.wall", room, name: `Room ${room}`, picture: "lantern-a", phase: "live", to: "now", topics: [], since_ms: T,
	opened_ms: T, n: 1, visitor_here: true, peer_here: true, visitor_typing: false, peer_typing: false, ...more,
});
const call = (escalation: number, more: Partial<Call> = {}): Call => ({
	type: "state.escalation", escalation, room: escalation, name: "", picture: "", source: "supporter", reason: "hurt", by: "Sol",
	at_ms: T + escalation, stage: "told", rung: 0, told: [], ...more,
});
const taken = (escalation: number, account: number, more: Partial<Call> = {}): Call =>
	call(escalation, { stage: "taken", taken_by: "x", taken_account: account, ...more });
const said = (n: number, more: Partial<Of<"chat.posted">> = {}): Of<"chat.posted"> => ({
	type: "chat.posted", room: 1, n, seq: n, at_ms: T + n, who: "visitor", name: "", id: String(n).padStart(32, "0"), body: "x", ...more,
});
const caughtUp = (seq: number): WireEvent => ({ type: "state.caught_up", seq });
const span = (from: number, size: number, more: Partial<Span> = {}): Span => ({ from, size, severity: "medium", category: "Home", ...more });

const after = (s: Oversight, ...messages: WireEvent[]): Oversight =>
	messages.reduce((state, message) => receive(state, message, T), s);
const online = (s: Oversight): Oversight => connection(s, { status: "online", retry_ms: 0, heard_ms: T }, T);
const started = (...messages: WireEvent[]): Oversight => after(online(begin(T)), welcome, ...messages);
const order = (s: Oversight): number[] => openCalls(s).map((one) => one.escalation);

/* ---- bands ---- */

test("calls: handed to me first, then people's, then the daemon's, then what is taken; the newest first", () => {
	const s = started(
		taken(1, 22), call(2), call(3), call(4, { source: "system", reason: "unanswered" }), taken(5, ME),
		call(6, { stage: "handed", handed_account: ME }), call(7, { stage: "handed", handed_account: 22 }));
	assert.deepEqual(order(s), [6, 7, 3, 2, 4, 5, 1]);
	assert.equal(isMine(s, openCalls(s)[5]!), true);
});

test("calls: one that is closed is gone, and so is one that was closed during a break", () => {
	const s = started(call(1), call(2), caughtUp(1));
	assert.deepEqual(order(after(s, call(2, { stage: "closed" }))), [1]);
	const back = after(online(connection(s, { status: "offline", retry_ms: 0, heard_ms: T }, T)), welcome, call(2));
	assert.deepEqual(order(back), [2, 1]);
	assert.deepEqual(order(after(back, caughtUp(2))), [2]);
});

test("calls: an alarm for which a call stands is shown once, and flagged rooms are counted once", () => {
	const s = started(
		wall(1, { alarm: "unanswered", alarm_ms: T }), wall(2, { alarm: "mailbox", alarm_ms: T }), wall(3, { flag: "low" }),
		wall(4), call(9, { room: 1, source: "system", reason: "unanswered" }));
	assert.deepEqual(alarms(s).map((one) => one.room), [2]);
	assert.deepEqual(counts(s), { all: 4, flagged: 3, waiting: 0 });
});

test("calls: it rings until somebody has every one; handing on rings again", () => {
	assert.equal(mustRing(started(wall(1))), false);
	assert.equal(mustRing(started(call(1))), true);
	assert.equal(mustRing(started(call(1, { stage: "opened", opened_by: "Ms. R." }))), true);
	assert.equal(mustRing(started(taken(1, 22))), false);
	assert.equal(mustRing(started(taken(1, 22), call(2, { stage: "handed", handed_account: 22 }))), true);
	assert.equal(mustRing(started(wall(1, { alarm: "unanswered", alarm_ms: T }))), true);
});

test("calls: only a call that was not there before is worth a notification", () => {
	const none = started(wall(1));
	const one = after(none, call(1));
	assert.equal(newCalls(none, one), 1);
	assert.equal(newCalls(one, after(one, call(1, { rung: 1 }))), 0);
	assert.equal(newCalls(none, after(none, taken(2, 22))), 0);
	assert.equal(newCalls(none, after(none, wall(1, { alarm: "unanswered", alarm_ms: T }))), 1);
});

test("calls: the ring fills up to the next rung and stays full", () => {
	const one = call(0, { at_ms: T, next_ms: T + 180_000 });
	assert.equal(climbed(one, T + 45_000), 0.25);
	assert.equal(climbed(one, T + 500_000), 1);
	assert.equal(climbed(one, T - 5000), 0);
});

test("calls: flagged rooms come before those who wait, the highest flag first, an open call before all", () => {
	const s = started(
		wall(1), wall(2, { phase: "waiting" }), wall(3, { flag: "medium", flag_ms: T }), wall(4, { flag: "high", flag_ms: T + 9 }),
		wall(5), wall(6), call(7, { room: 5 }), taken(8, 22, { room: 6 }));
	assert.deepEqual(cards(s).map((one) => one.room), [5, 4, 3, 6, 2, 1]);
	assert.equal(callOf(s, 5)?.escalation, 7);
});

test("calls: nobody can be called when nobody is on duty and no channel works", () => {
	const mail = { channel: "mail", problem: "", waiting: 0, dead: 0 } as const;
	const broken = { ...mail, problem: "No answer", failed_ms: T, sent_ms: T - 1 };
	const channels = (duty: boolean, ...list: Of<"state.channels">["channels"]): Oversight =>
		started({ type: "state.channels", duty, channels: list });
	assert.equal(unreachable(started()), false, "not known yet");
	assert.equal(unreachable(channels(false)), true);
	assert.equal(unreachable(channels(true)), false);
	assert.equal(unreachable(channels(false, broken)), true);
	assert.equal(unreachable(channels(false, broken, mail)), false);
});

/* ---- words to look at ---- */

const cut = (body: string, ...spans: Span[]): string =>
	pieces(body, spans).map((one) => (one.span ? `[${one.text}]` : one.text)).join("");

test("flags: spans count code points, whatever an emoji costs in UTF-16", () => {
	assert.equal(cut("\u{1f622}\u{1f622} go home now", span(3, 7)), "\u{1f622}\u{1f622} [go home] now");
	assert.equal(cut("\u{1f622}x", span(0, 1)), "[\u{1f622}]x");
	assert.equal(cut("plain"), "plain");
});

test("flags: spans that touch, overlap or reach beyond the end lose no text", () => {
	assert.equal(cut("abcdef", span(0, 2), span(2, 2)), "[ab][cd]ef");
	assert.equal(cut("abcdef", span(3, 2), span(0, 4)), "[abcd][e]f");
	assert.equal(cut("abcdef", span(1, 4), span(2, 1)), "a[bcde]f");
	assert.equal(cut("abc", span(2, 40)), "ab[c]");
	assert.equal(cut("abc", span(9, 2)), "abc");
});

test("flags: a flag names the category of its highest words", () => {
	const spans = [span(0, 1, { category: "Home" }), span(2, 1, { severity: "high", category: "Safety" })];
	assert.equal(category({ severity: "high", spans }), "Safety");
});

test("flags: a flag is no event of the room: it moves the feed on, but not the room's numbers", () => {
	const raised: WireEvent = { type: "flag.raised", seq: 3, room: 1, at_ms: T, n: 1, severity: "high", spans: [span(0, 1)] };
	const s = after(openRoom(started(wall(1), said(1), caughtUp(1)), 1), raised);
	assert.equal(s.seq, 3);
	assert.equal(flagOf(s, 1, 1)?.severity, "high");
	assert.deepEqual(s.open?.events.map((event) => event.n), [1]);
	assert.deepEqual(s.lines.get(1)?.map((event) => event.n), [1]);
	assert.deepEqual(streamView(s, 10).entries.map((entry) => entry.seq), [1]);
});

test("flags: notes and calls that came with the room stand in its timeline once", () => {
	const raised: WireEvent = {
		type: "escalation.raised", seq: 2, room: 1, at_ms: T + 2, escalation: 5, source: "supporter", reason: "hurt", by: "Sol",
	};
	const noted: WireEvent = { type: "note.sent", seq: 3, room: 1, at_ms: T + 3, from: "Mr. T.", to: "Sol" };
	const mark = { escalation: 5, at_ms: T + 2, source: "supporter", reason: "hurt", stage: "told", by: "Sol", taken_by: "" } as const;
	const s = after(openRoom(started(wall(1), said(1), caughtUp(1)), 1), raised, noted, said(2, { seq: 4, at_ms: T + 4 }));
	assert.deepEqual(moments(s).map((one) => one.event.type), ["chat.posted", "escalation.raised", "note.sent", "chat.posted"]);
	const known = after(s, {
		type: "room.marked", room: 1, flags: [], calls: [mark, { ...mark, escalation: 4, at_ms: T + 1.5 }],
		notes: [{ at_ms: T + 3, from: "Mr. T.", to: "Sol", body: "Stay with them." }],
	});
	assert.deepEqual(moments(known).map((one) => one.event.type),
		["chat.posted", "escalation.raised", "escalation.raised", "note", "chat.posted"]);
});

/* ---- sealed details ---- */

const shown: WireEvent = {
	type: "identity.shown", opening: 8, room: 1, until_ms: T + 60_000, unread: 0,
	items: [{ kind: "device", at_ms: T, value: "NF 4417" }],
};
const opening = { opening: 8, room: 1, name: "Slow River", step: "asked", why: "self", reason: "because I read it", by: ME,
	by_name: "Ms. R.", approved_by: "", at_ms: T } as const;
const escrow = (...openings: Of<"state.escrow">["openings"]): WireEvent => ({
	type: "state.escrow", approvals: 2, open_s: 60, recovery: true, holders: [], warnings: [], openings,
});
const moved = (step: Of<"identity.moved">["step"], more: Partial<Of<"identity.moved">> = {}): Of<"identity.moved"> => ({
	type: "identity.moved", seq: 50, room: 1, at_ms: T, opening: 8, step, why: "self", name: "Mr. T.", ...more,
});

test("sealed: what is open closes by its clock, the server's, and nothing of it stays in the state", () => {
	const s = started(shown);
	assert.equal(tick(s, T + 59_999).shown?.items[0]?.value, "NF 4417");
	const closed = tick(s, T + 60_000);
	assert.equal(closed.shown, null);
	assert.equal(JSON.stringify(Object.entries(closed)).includes("NF 4417"), false);
	assert.equal(tick({ ...s, skew_ms: -5000 }, T + 60_000).shown !== null, true);
});

test("sealed: it closes when the server says so, by event or by list; another opening changes nothing", () => {
	const s = started(shown);
	assert.equal(after(s, moved("closed")).shown, null);
	assert.equal(after(s, moved("closed", { opening: 9 })).shown !== null, true);
	assert.equal(after(s, escrow({ ...opening, step: "closed" })).shown, null);
	assert.equal(after(s, escrow({ ...opening, step: "opened" })).shown !== null, true);
	assert.equal(wipe(s).shown, null);
});

test("sealed: who must answer, and who may open", () => {
	const other = { ...opening, opening: 9, by: 22, by_name: "Mr. T." };
	const s = started(escrow(opening, other, { ...opening, opening: 10, step: "approved" }, { ...other, opening: 11, step: "approved" }));
	assert.deepEqual(toAnswer(s).map((one) => one.opening), [9]);
	assert.deepEqual(mayOpen(s).map((one) => one.opening), [10]);
	assert.equal(underWay(started(escrow({ ...opening, step: "declined" })), 1), undefined);
	assert.equal(underWay(s, 1)?.room, 1);
});

/* ---- news ---- */

test("news: the others are told of an opening and of an export, live or after a break; nobody of the own", () => {
	const s = started(caughtUp(40));
	assert.equal(after(s, moved("opened")).news.length, 1);
	assert.equal(after(s, moved("opened", { name: "Ms. R." })).news.length, 0);
	assert.equal(after(s, moved("asked")).news.length, 0, "the request stands by itself");
	assert.equal(after(s, { type: "exported", seq: 51, at_ms: T, name: "Mr. T.", reason: "for the court" }).news.length, 1);
	const back = after(online(connection(s, { status: "offline", retry_ms: 0, heard_ms: T }, T)), welcome);
	const missed = after(back, moved("opened", { replay: true }), moved("opened", { replay: true }));
	assert.equal(missed.news.length, 1);
	assert.equal(dismiss(missed, 50).news.length, 0);
});

test("news: what was over before the page was opened is not news", () => {
	assert.equal(started(moved("opened", { replay: true }), caughtUp(50)).news.length, 0);
});

/* ---- speaking ---- */

const out = (id: string) => ({ id, body: `words of ${id}`, at_ms: T });

test("talk: what was sent becomes an event once, whichever way it is heard of", () => {
	const s = say(openRoom(started(wall(1, { adult_name: "Ms. R." }), said(1), caughtUp(1)), 1), 1, out("a"));
	assert.equal(isIn(s, 1), true);
	assert.equal(nextToSend(s)?.out.id, "a");
	const ok = sent(s, 1, out("a"), { type: "ok", n: 2, at_ms: T + 2 });
	assert.deepEqual(ok.open?.events.map((event) => event.n), [1, 2]);
	assert.equal(voiceOf(ok, 1).outbox.length, 0);
	const heard = after(ok, said(2, { seq: 9, who: "counselor", name: "Ms. R.", id: "a" }));
	assert.deepEqual(heard.open?.events.map((event) => event.n), [1, 2]);
	const first = after(s, said(2, { seq: 9, who: "counselor", name: "Ms. R.", id: "a" }));
	assert.equal(voiceOf(first, 1).outbox.length, 0);
});

test("talk: what was refused waits for its writer, and can be taken back into the field", () => {
	const s = say(say(started(wall(1)), 1, out("a")), 1, out("b"));
	const no = refused(s, 1, "a", "room_ended");
	assert.equal(nextToSend(no)?.out.id, "b");
	assert.equal(nextToSend(tryAgain(no, 1, "a"))?.out.id, "a");
	const back = takeBack(no, 1, "a");
	assert.equal(voiceOf(back, 1).draft, "words of a");
	assert.deepEqual(voiceOf(back, 1).outbox.map((one) => one.id), ["b"]);
});

function desk(s: Oversight) {
	const kept = new Map<string, unknown>();
	const one = {
		s, asked: [] as Asked[], answer: (): Promise<Answer> => Promise.resolve({ type: "ok", n: 2, at_ms: T }),
		store: { read: <V>(key: string): V | undefined => kept.get(key) as V, write: (key: string, value: unknown) => void kept.set(key, value) },
		desk: null as unknown as Desk,
	};
	one.desk = new Desk({
		connection: {
			status: "online", tell: (asked) => void one.asked.push(asked),
			request: (asked) => (one.asked.push(asked), one.answer()),
		},
		store: one.store, get: () => one.s, set: (next) => void (one.s = next), visible: () => true,
	});
	return one;
}
const types = (list: Asked[]): string[] => list.map((asked) => asked.type);

test("desk: before one has stepped in nothing is said to be seen; afterwards each end once", () => {
	const reading = desk(openRoom(started(wall(1), said(1), caughtUp(1)), 1));
	reading.desk.see();
	assert.deepEqual(reading.asked, []);
	const inside = desk(openRoom(started(wall(1, { adult_name: "Ms. R." }), said(1), caughtUp(1)), 1));
	inside.desk.see();
	inside.desk.see();
	assert.deepEqual(inside.asked, [{ type: "chat.seen", room: 1, n: 1 }]);
});

test("desk: typing is said while one writes, and taken back by sending; what waits outlives a refresh", async () => {
	const one = desk(started(wall(1, { adult_name: "Ms. R." })));
	one.desk.write(1, "Hi", T);
	one.desk.write(1, "Hi t", T + 100);
	one.desk.send(1, " Hi there ", T + 200);
	assert.deepEqual(types(one.asked), ["chat.typing", "chat.typing"]);
	const { connection: _, ...offline } = { ...one.s, connection: 0 };
	one.s = { ...offline, status: "offline" };
	one.desk.run();
	assert.deepEqual([...readKept(one.store).values()].map((voice) => voice.outbox[0]?.body), ["Hi there"]);
	one.s = { ...one.s, status: "online" };
	one.desk.run();
	await settle();
	assert.equal(nextToSend(one.s), undefined);
	one.desk.run();
	assert.equal(readKept(one.store).size, 0);
});

test("desk: a refusal stands at its message", async () => {
	const one = desk(started(wall(1)));
	one.answer = () => Promise.reject(new WireError({ type: "error", code: "room_ended", message: "The room has ended." }));
	one.desk.send(1, "too late", T);
	one.desk.run();
	await settle();
	assert.equal(voiceOf(one.s, 1).outbox[0]?.failed, "room_ended");
});

test("views: what is busy is known by its numbers, never by its words", () => {
	assert.equal(busyKey({ type: "identity.ask", room: 4, why: "self", reason: "secret", password: "secret" }), "identity.ask 4");
});

/* ---- cases, lists, finding ---- */

test("files: a room's case stands beside it until it is closed; memory is bounded", () => {
	const file = (case_id: number, more: Partial<Case> = {}): Case => ({
		type: "case.told", case_id, number: "26-001", title: "x", room: 1, name: "", state: "open", tier: 0, owner: "x", opened_ms: T,
		outcome: "", more: false, steps: [], notes: [], calls: [], openings: [], ...more,
	});
	const s = openRoom(started(wall(1)), 1);
	assert.equal(onFile(s, file(3)).open?.caseId, 3);
	assert.equal(onFile(s, file(3, { state: "closed" })).open?.caseId, 0);
	assert.equal(onFile(s, file(3, { room: 2 })).open?.caseId, 0);
	const many = Array.from({ length: 50 }, (_, i) => i + 1).reduce((next, id) => onFile(next, file(id)), s);
	assert.equal(many.files.size, 20);
	assert.equal(many.files.has(50), true);
});

test("files: older notes come before those that were there, and none twice", () => {
	const note = (number: number) => ({ note: number, at_ms: 5, by: "Ms. R.", body: "all at once" });
	const file = { notes: [note(3), note(4)], more: true } as unknown as Case;
	const all = withNotes(file, { notes: [note(1), note(3)], more: false } as unknown as Case);
	assert.deepEqual(all.notes.map((one) => one.note), [1, 3, 4]);
	assert.equal(all.more, false);
	assert.equal(withNotes(all, file).more, false, "read again from its end, the older ones are still here");
});

test("pages: a first page replaces, a next one follows, a refusal keeps what there was", () => {
	const first = got(asking(nothing<number>(), true), [1, 2], true);
	assert.deepEqual(got(asking(first, false), [3], false).items, [1, 2, 3]);
	assert.deepEqual(got(asking(first, true), [9], false).items, [9]);
	assert.deepEqual(failed(asking(first, false), "No.").items, [1, 2]);
});

const found = (body: string, words: string): string =>
	highlight(body, words).map((one) => (one.hit ? `[${one.text}]` : one.text)).join("");

test("find: words are marked folded, at the beginning of a word, whole phrases as they stand", () => {
	assert.deepEqual(terms('lunch "Of the" '), ["lunch", "of the"]);
	assert.equal(found("My Friends and friendship, befriend", "friend"), "My [Friend]s and [friend]ship, befriend");
	assert.equal(found("Caf\u00e9 and cafe", "CAFE"), "[Caf\u00e9] and [cafe]");
	assert.equal(found("out of the blue of", '"of the"'), "out [of the] blue of");
	assert.equal(found("\u{1f622} sad", "sad"), "\u{1f622} [sad]");
	assert.equal(found("nothing here", ""), "nothing here");
});
