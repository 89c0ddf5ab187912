/*
 * What the oversight page knows: pure functions from what the server said (and what the reader
 * chose) to the next state. No DOM, no clock, no connection.
 *
 * The feed has one cursor, `seq`: the newest event up to which the page has everything. It is
 * moved by the feed itself: while catching up by every event, afterwards by live events and by
 * `state.caught_up`. An event that was sent for an opened room (`replay` while not catching up)
 * may be newer than what the feed has brought, so it never moves the cursor.
 * Walls come before, between or after the events of the break. A room that ended during it has its
 * end among those events; a wall heard since the hello is newer than any of them.
 * What arrives twice is known by its seq, in a room by its n. In a room n has no holes: a hole in
 * what we hold is shown, never drawn over.
 */

import { dispatch } from "../lib/wire";
import type { FeedEvent, Handlers, Of, RoomEvent, WireEvent } from "../lib/wire";
import { mergeByNumber, trimStart } from "../lib/merge";

export const STREAM_MAX = 2000;		/* events kept in the stream */
export const LINES_MAX = 60;		/* events kept for a room's card */
export const TIMELINE_MAX = 2000;	/* events kept of the opened room */
export const NAMES_MAX = 2000;		/* rooms whose name is remembered after their end */

export type Wall = Of<"state.wall">;
export type Filter = "all" | "waiting" | "alarm";

export interface RoomName { name: string; picture: string }
export interface Taken { by: string; at_ms: number }

/* One line of the stream; `missing`: the room's events just before it never reached us. */
export interface Entry { seq: number; event: FeedEvent; missing: boolean }

/* The one room that is being read. */
export interface Timeline {
	room: number;
	events: RoomEvent[];		/* by n, without doubles */
	asking: boolean;		/* older ones, or the room itself, are under way */
	refused: string;		/* why it could not be read; empty when it could */
}

export interface Oversight {
	me: Of<"welcome"> | null;
	skew_ms: number;		/* server's clock minus ours */
	school: Of<"state.school"> | null;
	staff: Of<"state.staff"> | null;
	walls: Map<number, Wall>;
	fresh: Set<number> | null;	/* catching up: walls heard since hello; null when done */
	lines: Map<number, RoomEvent[]>;
	names: Map<number, RoomName>;
	taken: Map<number, Taken>;
	stream: Entry[];		/* oldest first */
	floor: number;			/* the stream's oldest seq; older ones are not wanted */
	seq: number;			/* resume after this one; 0 before anything came */
	held: number | null;		/* the stream stands still at this seq */
	filter: Filter;
	open: Timeline | null;
	status: "connecting" | "online" | "offline";
	since_ms: number;		/* in that status since */
	heard_ms: number;		/* when the picture was last known to be complete */
	retry_ms: number;		/* next attempt (our clock) */
}

export function begin(now: number): Oversight {
	return {
		me: null, skew_ms: 0, school: null, staff: null,
		walls: new Map(), fresh: new Set(), lines: new Map(), names: new Map(), taken: new Map(),
		stream: [], floor: 0, seq: 0, held: null, filter: "all", open: null,
		status: "connecting", since_ms: now, heard_ms: 0, retry_ms: 0,
	};
}

/* ---- what the server says ---- */

function named(s: Oversight, room: number, name: string, picture: string): Map<number, RoomName> {
	const had = s.names.get(room);
	if (had && had.name === name && had.picture === picture) {
		return s.names;
	}
	const names = new Map(s.names);
	names.delete(room);
	names.set(room, { name, picture });
	for (const old of names.keys()) {
		if (names.size <= NAMES_MAX) {
			break;
		}
		if (!s.walls.has(old)) {
			names.delete(old);
		}
	}
	return names;
}

function without<K, V>(map: Map<K, V>, key: K): Map<K, V> {
	if (!map.has(key)) {
		return map;
	}
	const next = new Map(map);
	next.delete(key);
	return next;
}

function onWall(s: Oversight, wall: Wall): Oversight {
	const names = named(s, wall.room, wall.name, wall.picture);
	if (wall.phase === "ended") {
		return {
			...s, names,
			walls: without(s.walls, wall.room),
			lines: without(s.lines, wall.room),
			taken: without(s.taken, wall.room),
		};
	}
	const fresh = s.fresh ? new Set(s.fresh).add(wall.room) : null;
	return { ...s, names, fresh, walls: new Map(s.walls).set(wall.room, wall) };
}

/* Has anything of this room, just before n, been lost on the way? */
function missesBefore(stream: Entry[], event: FeedEvent): boolean {
	if (!("n" in event) || event.n === 1) {
		return false;
	}
	for (let i = stream.length - 1; i >= 0; i--) {
		const other = stream[i]!.event;
		if ("n" in other && other.room === event.room && other.n < event.n) {
			return other.n !== event.n - 1;
		}
	}
	return false;	/* the first we hear of the room: it began before the stream did */
}

function intoStream(s: Oversight, seq: number, event: FeedEvent): Entry[] {
	const stream = s.stream;
	let at = stream.length;
	while (at > 0 && stream[at - 1]!.seq > seq) {
		at--;
	}
	if (at > 0 && stream[at - 1]!.seq === seq) {
		return stream;
	}
	const entry = { seq, event, missing: missesBefore(stream.slice(0, at), event) };
	return trimStart([...stream.slice(0, at), entry, ...stream.slice(at)], STREAM_MAX);
}

function onFeed(s: Oversight, event: FeedEvent, now: number): Oversight {
	const seq = event.seq ?? 0;
	const next = { ...s };
	if (s.fresh !== null || !event.replay) {
		next.seq = Math.max(s.seq, seq);
	}
	if (seq > 0 && seq >= s.floor) {
		next.stream = intoStream(s, seq, event);
		next.floor = next.stream[0]!.seq;
	}
	if (!event.replay) {
		next.heard_ms = now;
	}
	if (event.type === "room.opened") {
		next.names = named(s, event.room, event.name, event.picture);
	}
	if (event.type === "alarm.taken") {
		next.taken = new Map(s.taken).set(event.room, { by: event.name, at_ms: event.at_ms });
	} else if (event.type === "alarm.raised") {
		next.taken = without(s.taken, event.room);
	}
	if (event.type === "room.ended") {
		next.lines = without(s.lines, event.room);
		if (event.replay && !s.fresh?.has(event.room)) {
			next.walls = without(s.walls, event.room);
		}
	} else if ("n" in event) {
		const lines = mergeByNumber(s.lines.get(event.room) ?? [], [event]);
		next.lines = new Map(s.lines).set(event.room, trimStart(lines, LINES_MAX));
	}
	if (s.open && "n" in event && event.room === s.open.room) {
		const events = trimStart(mergeByNumber(s.open.events, [event]), TIMELINE_MAX);
		next.open = { ...s.open, events };
	}
	return next;
}

function onWelcome(s: Oversight, welcome: Of<"welcome">, now: number): Oversight {
	return { ...s, me: welcome, skew_ms: welcome.server_ms - now, fresh: new Set() };
}

function onCaughtUp(s: Oversight, m: Of<"state.caught_up">, now: number): Oversight {
	if (m.room !== undefined) {
		return s.open?.room === m.room ? { ...s, open: { ...s.open, asking: false } } : s;
	}
	if (m.seq === undefined) {
		return s;
	}
	const seq = m.seq;
	const next = { ...s, seq, fresh: null, heard_ms: now };
	if (s.seq <= seq) {
		return next;
	}
	/* A newest event older than ours: the file was put back. What came after is not true. */
	const fresh = s.fresh ?? new Set();
	const stream = s.stream.filter((entry) => entry.seq <= seq);
	const walls = new Map([...s.walls].filter(([room]) => fresh.has(room)));
	return { ...next, stream, walls, lines: new Map(), open: null, floor: stream[0]?.seq ?? 0 };
}

const handlers: Handlers<Oversight> = {
	"welcome": onWelcome,
	"state.school": (s, school) => ({ ...s, school }),
	"state.staff": (s, staff) => ({ ...s, staff }),
	"state.wall": onWall,
	"state.caught_up": onCaughtUp,
	"room.opened": onFeed,
	"room.joined": onFeed,
	"chat.posted": onFeed,
	"room.requeued": onFeed,
	"room.mailboxed": onFeed,
	"room.returned": onFeed,
	"room.ended": onFeed,
	"alarm.raised": onFeed,
	"alarm.taken": onFeed,
	"account.was_reset": onFeed,
};

export function receive(s: Oversight, message: WireEvent, now: number): Oversight {
	return dispatch(handlers, s, message, now);
}

/* How the connection stands; heard_ms: when something last came through it (our clock). */
export interface Link {
	status: Oversight["status"];
	retry_ms: number;
	heard_ms: number;
}

/* The connection came or went. While it is away the picture ages from heard_ms on. */
export function connection(s: Oversight, link: Link, now: number): Oversight {
	const { status, retry_ms } = link;
	const since_ms = status === s.status ? s.since_ms : now;
	if (status === "online") {
		return { ...s, status, retry_ms, since_ms };
	}
	const complete = s.fresh === null;
	return { ...s, status, retry_ms, since_ms, fresh: s.fresh ?? new Set(),
		heard_ms: complete ? link.heard_ms : s.heard_ms };
}

export * from "./choices";
