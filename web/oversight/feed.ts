/*
 * How the oversight feed is followed: pure, as state.ts is.
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

import { mergeByNumber, trimStart } from "../lib/merge";
import type { FeedEvent, LogEvent, Of } from "../lib/wire";
import { withFlag } from "./flags";
import { withNews } from "./news";
import { onMoved } from "./sealed";
import { LINES_MAX, NAMES_MAX, STREAM_MAX, TIMELINE_MAX } from "./state";
import type { Entry, Oversight, RoomName, Wall } from "./state";
import { heardOwn } from "./talk";

/* Does it stand in its room, with a number of its own there? A flag's n is another event's. */
export function isLogged(event: FeedEvent): event is LogEvent {
	return "n" in event && event.type !== "flag.raised";
}

export function named(s: Oversight, room: number, name: string, picture: string): Map<number, RoomName> {
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

export function without<K, V>(map: Map<K, V>, key: K): Map<K, V> {
	if (!map.has(key)) {
		return map;
	}
	const next = new Map(map);
	next.delete(key);
	return next;
}

export function onWall(s: Oversight, wall: Wall): Oversight {
	const names = named(s, wall.room, wall.name, wall.picture);
	if (wall.phase === "ended") {
		return {
			...s, names,
			walls: without(s.walls, wall.room),
			lines: without(s.lines, wall.room),
			taken: without(s.taken, wall.room),
			flags: s.open?.room === wall.room ? s.flags : without(s.flags, wall.room),
		};
	}
	const fresh = s.fresh ? new Set(s.fresh).add(wall.room) : null;
	return { ...s, names, fresh, walls: new Map(s.walls).set(wall.room, wall) };
}

/* Has anything of this room, just before n, been lost on the way? */
function missesBefore(stream: Entry[], event: FeedEvent): boolean {
	if (!isLogged(event) || event.n === 1) {
		return false;
	}
	for (let i = stream.length - 1; i >= 0; i--) {
		const other = stream[i]!.event;
		if (isLogged(other) && other.room === event.room && other.n < event.n) {
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

/* What an event changes beside the stream and its room's log. */
function follow(s: Oversight, event: FeedEvent): Oversight {
	switch (event.type) {
	case "room.opened":
		return { ...s, names: named(s, event.room, event.name, event.picture) };
	case "chat.posted":
		return heardOwn(s, event);
	case "alarm.taken":
		return { ...s, taken: new Map(s.taken).set(event.room, { by: event.name, at_ms: event.at_ms }) };
	case "alarm.raised":
		return { ...s, taken: without(s.taken, event.room) };
	case "flag.raised":
		return withFlag(s, event);
	case "identity.moved":
		return onMoved(s, event);
	default:
		return s;
	}
}

/* The event in its room's card and, where that room is read, in its timeline. */
export function intoRoom(s: Oversight, event: LogEvent): Oversight {
	const next = { ...s };
	if (event.type === "room.ended") {
		next.lines = without(s.lines, event.room);
	} else {
		const lines = mergeByNumber(s.lines.get(event.room) ?? [], [event]);
		next.lines = new Map(s.lines).set(event.room, trimStart(lines, LINES_MAX));
	}
	if (s.open && event.room === s.open.room) {
		const events = trimStart(mergeByNumber(s.open.events, [event]), TIMELINE_MAX);
		next.open = { ...s.open, events };
	}
	return next;
}

export function onFeed(s: Oversight, event: FeedEvent, now: number): Oversight {
	const seq = event.seq ?? 0;
	let next = withNews(follow({ ...s }, event), event);
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
	if (isLogged(event)) {
		next = intoRoom(next, event);
	}
	if (event.type === "room.ended" && event.replay && !s.fresh?.has(event.room)) {
		next.walls = without(s.walls, event.room);
	}
	return next;
}

export function onBlocked(s: Oversight, event: Of<"room.blocked">, now: number): Oversight {
	const next = onFeed(s, event, now);
	const open = next.open?.room === event.room ? { ...next.open, blocked_ms: event.until_ms } : next.open;
	return { ...next, open };
}

export function onWelcome(s: Oversight, welcome: Of<"welcome">, now: number): Oversight {
	return {
		...s, me: welcome, skew_ms: welcome.server_ms - now, fresh: new Set(), freshCalls: new Set(),
	};
}

export function onCaughtUp(s: Oversight, m: Of<"state.caught_up">, now: number): Oversight {
	if (m.room !== undefined) {
		return s.open?.room === m.room ? { ...s, open: { ...s.open, asking: false } } : s;
	}
	if (m.seq === undefined) {
		return s;
	}
	const seq = m.seq;
	/* A call that was closed during the break is told by nobody: what was not told again is over. */
	const calls = new Map([...s.calls].filter(([id]) => s.freshCalls.has(id)));
	const next = { ...s, seq, calls, fresh: null, heard_ms: now };
	if (s.seq <= seq) {
		return next;
	}
	/* A newest event older than ours: the file was put back. What came after is not true. */
	const fresh = s.fresh ?? new Set();
	const stream = s.stream.filter((entry) => entry.seq <= seq);
	const walls = new Map([...s.walls].filter(([room]) => fresh.has(room)));
	return {
		...next, stream, walls, lines: new Map(), flags: new Map(), open: null, floor: stream[0]?.seq ?? 0,
	};
}
