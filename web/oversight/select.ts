/* What the oversight views draw, computed from the state. */

import type { FeedEvent, RoomEvent } from "../lib/wire";
import type { Entry, Filter, Oversight, Wall } from "./state";

/* Is everything on screen as it is now? */
export function isCurrent(s: Oversight): boolean {
	return s.status === "online" && s.fresh === null;
}

/* Alarms nobody has taken note of, the oldest first. */
export function alarms(s: Oversight): Wall[] {
	return [...s.walls.values()]
		.filter((wall) => wall.alarm !== undefined)
		.sort((a, b) => (a.alarm_ms ?? 0) - (b.alarm_ms ?? 0));
}

/* Alarms first, then those who wait, then live chats, then kept messages; oldest first in each,
   so that cards stay where they are while people write. */
function rank(wall: Wall): number {
	if (wall.alarm !== undefined) {
		return 0;
	}
	return wall.phase === "waiting" ? 1 : wall.phase === "live" ? 2 : 3;
}

function start(wall: Wall): number {
	return wall.alarm_ms ?? (wall.phase === "live" ? wall.opened_ms : wall.since_ms);
}

function passes(wall: Wall, filter: Filter): boolean {
	return filter === "all" || (filter === "alarm" ? wall.alarm !== undefined
		: wall.phase === "waiting" || wall.phase === "mailbox");
}

export function cards(s: Oversight): Wall[] {
	return [...s.walls.values()]
		.filter((wall) => passes(wall, s.filter))
		.sort((a, b) => rank(a) - rank(b) || start(a) - start(b) || a.room - b.room);
}

export function counts(s: Oversight): Record<Filter, number> {
	const walls = [...s.walls.values()];
	const count = (filter: Filter): number => walls.filter((w) => passes(w, filter)).length;
	return { all: walls.length, waiting: count("waiting"), alarm: count("alarm") };
}

/* The newest `limit` lines of the stream, newest first; how many came since it was held. */
export function streamView(s: Oversight, limit: number): { entries: Entry[]; more: boolean; news: number } {
	const held = s.held;
	const shown = held === null ? s.stream : s.stream.filter((entry) => entry.seq <= held);
	return {
		entries: shown.slice(-limit).reverse(),
		more: shown.length > limit,
		news: s.stream.length - shown.length,
	};
}

/* One thing in the opened room; `missing`: events before it have not come. */
export interface Moment { key: string; event: FeedEvent; missing: boolean }

/* The opened room's events, with the alarms the stream holds for it where they belong. */
export function moments(s: Oversight): Moment[] {
	const open = s.open;
	if (!open) {
		return [];
	}
	const list: Moment[] = open.events.map((event, i) => ({
		key: `n${event.n}`, event,
		missing: i > 0 && event.n !== open.events[i - 1]!.n + 1,
	}));
	const first = list[0]?.event;
	for (const { seq, event } of s.stream) {
		const alarm = event.type === "alarm.raised" || event.type === "alarm.taken";
		if (!alarm || event.room !== open.room || (first && event.at_ms < at(first))) {
			continue;
		}
		const next = list.findIndex((moment) => at(moment.event) > event.at_ms);
		list.splice(next < 0 ? list.length : next, 0, { key: `s${seq}`, event, missing: false });
	}
	return list;
}

function at(event: FeedEvent): number {
	return event.at_ms;
}

/* Are there events of the opened room before those we hold? */
export function hasOlder(s: Oversight): boolean {
	return (s.open?.events[0]?.n ?? 1) > 1;
}

/* The n before which something is missing in the opened room, or 0. */
export function firstHole(events: RoomEvent[]): number {
	for (let i = 1; i < events.length; i++) {
		if (events[i]!.n !== events[i - 1]!.n + 1) {
			return events[i]!.n;
		}
	}
	return 0;
}

/* What to call a room, also after its end. */
export function roomName(s: Oversight, room: number): { name: string; picture: string } {
	return s.walls.get(room) ?? s.names.get(room) ?? { name: "", picture: "" };
}

/* The name of an event's room, and the picture of who speaks in it. */
export function speaker(s: Oversight, event: FeedEvent): { name: string; picture: string } {
	const room = "room" in event ? roomName(s, event.room) : { name: "", picture: "" };
	if (event.type !== "chat.posted" || event.who !== "peer") {
		return room;
	}
	const peer = s.staff?.supporters.find((one) => one.name === event.name);
	return { name: room.name, picture: peer?.picture ?? "" };
}
