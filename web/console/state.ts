/*
 * What the console knows: pure functions from what the server said (and what the supporter did)
 * to the next state. No DOM, no clock, no connection.
 *
 * `state.desk` says which rooms are ours; a Chat is what we hold of one of them. A room that left
 * the list has ended (then it can be read until it is put away), or somebody else has it now (then
 * its words are dropped at once: they are not ours to read any more).
 */

import { addEvent, emptyLog } from "../lib/roomlog";
import type { Outgoing, RoomLog } from "../lib/roomlog";
import type { Status } from "../lib/connection";
import type { Call } from "../lib/raise";
import { dispatch } from "../lib/wire";
import type { Handlers, Of, Report, RoomEvent, RoomState, School, WireEvent } from "../lib/wire";
import { notify, withChat, withLog } from "./parts";

export type Desk = Of<"state.desk">;
export type DeskRoom = Desk["mine"][number];
export type Ask = Desk["asks"][number];
export type Colleague = Desk["peers"][number];

export interface Chat {
	room: number;
	desk: DeskRoom; /* as the list last had it */
	log: RoomLog;
	state: RoomState | null; /* as the room last said it stands */
	open: boolean; /* asked for on this connection */
	seen: number; /* everything up to here was on screen */
	draft: string;
	away_ms: number; /* the visitor went away then (our clock); 0: is here, or nobody knows */
	ended: boolean; /* over; can be read until it is put away */
	told: boolean; /* a counselor was told of it with its end */
	asking: boolean; /* older events are under way */
	notes: readonly Note[]; /* from counselors to us alone, by time */
}

export type Escalation = Of<"state.escalation">;
export type Note = Of<"note.posted">;

/* A call for an adult, until the server has it. */
export interface Pending extends Call {
	room: number;
	failed?: boolean; /* the chat is no longer ours */
}

/* A chat that is to end, and a counselor to be told, until the server has done it. */
export interface Reporting {
	room: number;
	name: string; /* the room's, made up */
	id: string; /* the same however often it is asked for */
	what: Report;
	due_ms: number; /* then (our clock); until it was sent it can be undone */
	sent: boolean;
}

export type NoticeKind =
	| "silent" | "gone" | "released" | "shift_over" /* why it went back to the queue */
	| "handed" | "declined" | "lost" | "taken"
	| "rest" | "nudged" /* a counselor took over; asks to look */
	| "untold" /* it was over before a counselor could be told */
	| "unsent"; /* own words that waited in a room somebody else has now */

/* Something that happened and should be read once. */
export interface Notice {
	key: string;
	kind: NoticeKind;
	room: string; /* the room's made-up name */
	who: string; /* a colleague's alias, or the unsent words */
}

export interface Console {
	me: Of<"welcome"> | null;
	skew_ms: number; /* server's clock minus ours */
	school: School | null;
	desk: Desk | null;
	chats: ReadonlyMap<number, Chat>;
	selected: number | null;
	wanted: number | null; /* shown as soon as it is ours */
	saved: Readonly<Record<number, Outgoing[]>>; /* unsent words of before a refresh, by room */
	notices: readonly Notice[];
	news: { key: string; room: string } | null; /* newest message of a visitor, to be said aloud */
	calls: ReadonlyMap<number, Escalation>; /* how they stand, the newest of each room */
	calling: readonly Pending[];
	reporting: readonly Reporting[];
	dismissed: ReadonlySet<string>; /* private notes put away: room and id */
	status: Status;
	retry_ms: number; /* next attempt (our clock); 0: under way */
	lost_ms: number; /* offline since (our clock); 0: not */
}

export function begin(
	saved: Record<number, Outgoing[]>, calling: readonly Pending[] = [], reporting: readonly Reporting[] = [],
): Console {
	return {
		me: null, skew_ms: 0, school: null, desk: null, chats: new Map(), selected: null, wanted: null, saved,
		notices: [], news: null, calls: new Map(), calling, reporting, dismissed: new Set(), status: "connecting", retry_ms: 0, lost_ms: 0,
	};
}

function newChat(desk: DeskRoom, waiting: readonly Outgoing[]): Chat {
	return {
		room: desk.room, desk, log: { ...emptyLog, outbox: waiting }, state: null, open: false,
		seen: desk.seen, draft: "", away_ms: 0, ended: false, told: false, asking: false, notes: [],
	};
}

/* ---- what the server says ---- */

function onWelcome(s: Console, me: Of<"welcome">, now: number): Console {
	const chats = new Map([...s.chats].map(([room, chat]) => [room, { ...chat, open: false }]));
	return { ...s, me, chats, skew_ms: me.server_ms - now };
}

function onDesk(s: Console, desk: Desk): Console {
	const chats = new Map<number, Chat>();
	let next: Console = { ...s, desk };
	for (const one of desk.mine) {
		const had = s.chats.get(one.room);
		const chat = had ?? newChat(one, s.saved[one.room] ?? []);
		chats.set(one.room, { ...chat, desk: one, seen: Math.max(chat.seen, one.seen),
			ended: chat.ended || one.phase === "ended" });
	}
	for (const [room, chat] of s.chats) {
		if (chats.has(room)) {
			continue;
		}
		if (chat.ended) {
			chats.set(room, chat);
			continue;
		}
		if (!s.notices.some((notice) => notice.room === chat.desk.name)) {
			next = notify(next, "lost", chat.desk.name);
		}
		if (chat.log.outbox.length > 0) {
			next = notify(next, "unsent", chat.desk.name, chat.log.outbox.map((out) => out.body).join("\n"));
		}
	}
	if (s.wanted !== null && chats.has(s.wanted)) {
		return { ...next, chats, selected: s.wanted, wanted: null };
	}
	const selected = s.selected !== null && chats.has(s.selected) ? s.selected : null;
	return { ...next, chats, selected };
}

function onRoomState(s: Console, state: RoomState, now: number): Console {
	const had = s.chats.get(state.room);
	const next = withChat(s, state.room, (chat) => {
		const left = chat.state?.visitor_here === true && !state.visitor_here;
		const away_ms = state.visitor_here ? 0 : left ? now : chat.away_ms;
		return { ...chat, state, away_ms, ended: chat.ended || state.phase === "ended",
			seen: Math.max(chat.seen, state.peer_seen) };
	});
	const asked = had?.state?.handing_to;
	const declined = asked !== undefined && state.handing_to === undefined
		&& state.phase === "live" && state.peer_name === s.me?.name;
	return declined ? notify(next, "declined", state.name, asked) : next;
}

function onRoomEvent(s: Console, event: RoomEvent): Console {
	const chat = s.chats.get(event.room);
	if (!chat) {
		return s;
	}
	const next = withLog(s, event.room, (log) => addEvent(log, event));
	const fresh = event.replay !== true;
	switch (event.type) {
	case "room.ended":
		return withChat(next, event.room, (one) => ({ ...one, ended: true }));
	case "room.requeued":
		return fresh && event.name === s.me?.name ? notify(next, event.why, chat.desk.name) : next;
	case "room.joined": {
		const taken = fresh && event.handed && event.name !== s.me?.name;
		const kind = event.who === "counselor" ? "rest" : "handed";
		return taken ? notify(next, kind, chat.desk.name, event.name) : next;
	}
	case "chat.posted":
	case "chat.pictured":
		return fresh && event.who === "visitor"
			? { ...next, news: { key: `${event.room}.${event.n}`, room: chat.desk.name } } : next;
	default:
		return next;
	}
}

/* The newest call of the room; a snapshot of an older one changes nothing. */
function onEscalation(s: Console, call: Escalation): Console {
	const had = s.calls.get(call.room);
	return had && had.escalation > call.escalation ? s : { ...s, calls: new Map(s.calls).set(call.room, call) };
}

/* Given again after every room.open: known by who wrote it and the id. */
function onNote(s: Console, note: Note): Console {
	return withChat(s, note.room, (chat) => {
		const known = chat.notes.some((one) => one.id === note.id && one.from === note.from);
		return known ? chat : { ...chat, notes: [...chat.notes, note].sort((a, b) => a.at_ms - b.at_ms) };
	});
}

const handlers: Handlers<Console> = {
	"welcome": onWelcome,
	"state.school": (s, school) => ({ ...s, school }),
	"state.desk": onDesk,
	"state.room": onRoomState,
	"room.opened": onRoomEvent,
	"room.joined": onRoomEvent,
	"room.left": onRoomEvent,
	"state.escalation": onEscalation,
	"note.posted": onNote,
	"desk.nudged": (s, { name, from }) => notify(s, "nudged", name, from),
	"chat.posted": onRoomEvent,
	"chat.pictured": onRoomEvent,
	"room.requeued": onRoomEvent,
	"room.mailboxed": onRoomEvent,
	"room.returned": onRoomEvent,
	"room.ended": onRoomEvent,
};

export function receive(s: Console, message: WireEvent, now: number): Console {
	return dispatch(handlers, s, message, now);
}

export function connection(s: Console, status: Status, retry_ms: number, now: number): Console {
	const lost_ms = status === "online" ? 0 : s.lost_ms || (s.status === "online" ? now : 0);
	return { ...s, status, retry_ms, lost_ms };
}

export * from "./acts";
export { notify } from "./parts";
