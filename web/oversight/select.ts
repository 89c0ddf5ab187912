/* What the oversight views draw, computed from the state. */

import type { FeedEvent, LogEvent } from "../lib/wire";
import type { NoteMark } from "../lib/protocol";
import { callOf, isTaken } from "./calls";
import { isLogged } from "./feed";
import type { Entry, Filter, Oversight, Wall } from "./state";

export { alarms } from "./calls";

/* Is everything on screen as it is now? */
export function isCurrent(s: Oversight): boolean {
	return s.status === "online" && s.fresh === null;
}

/* Nobody has taken note of it yet: a call, an alarm, words that matched. */
function isFlagged(s: Oversight, wall: Wall): boolean {
	return wall.alarm !== undefined || wall.flag !== undefined || callOf(s, wall.room) !== undefined;
}

/* Calls and alarms first, then flags by severity, then those who wait, then live chats, then kept
   messages; oldest first in each, so that cards stay where they are while people write. */
function rank(s: Oversight, wall: Wall): number {
	const call = callOf(s, wall.room);
	if (wall.alarm !== undefined || (call && !isTaken(call))) {
		return 0;
	}
	if (wall.flag !== undefined) {
		return wall.flag === "high" ? 1 : 2;
	}
	if (call) {
		return 3;
	}
	return wall.phase === "waiting" ? 4 : wall.phase === "live" ? 5 : 6;
}

function start(wall: Wall): number {
	return wall.alarm_ms ?? wall.flag_ms ?? (wall.phase === "live" ? wall.opened_ms : wall.since_ms);
}

function passes(s: Oversight, wall: Wall, filter: Filter): boolean {
	return filter === "all" || (filter === "flagged" ? isFlagged(s, wall)
		: wall.phase === "waiting" || wall.phase === "mailbox");
}

export function cards(s: Oversight): Wall[] {
	return [...s.walls.values()]
		.filter((wall) => passes(s, wall, s.filter))
		.sort((a, b) => rank(s, a) - rank(s, b) || start(a) - start(b) || a.room - b.room);
}

export function counts(s: Oversight): Record<Filter, number> {
	const walls = [...s.walls.values()];
	const count = (filter: Filter): number => walls.filter((w) => passes(s, w, filter)).length;
	return { all: walls.length, waiting: count("waiting"), flagged: count("flagged") };
}

/* A room's alarm and the call that the daemon raises for it are one to people, and are told once:
   by the alarm that began it, and by the call that somebody took. A flag stands on its message. */
function isTold(event: FeedEvent): boolean {
	return event.type !== "flag.raised" && event.type !== "alarm.taken"
		&& !(event.type === "escalation.raised" && event.source === "system");
}

/* The newest `limit` lines of the stream, newest first; how many came since it was held. */
export function streamView(s: Oversight, limit: number): { entries: Entry[]; more: boolean; news: number } {
	const held = s.held;
	const shown = s.stream.filter(({ seq, event }) => isTold(event) && (held === null || seq <= held));
	return {
		entries: shown.slice(-limit).reverse(),
		more: shown.length > limit,
		news: held === null ? 0 : s.stream.filter(({ seq, event }) => isTold(event) && seq > held).length,
	};
}

/* A private note, as the room's timeline shows it to counselors. */
export interface NoteMoment extends NoteMark { type: "note" }
export type Shown = FeedEvent | NoteMoment;

/* One thing in the opened room; `missing`: events before it have not come. */
export interface Moment { key: string; event: Shown; missing: boolean }

/* Staff's events that stand in a room's timeline by themselves. */
const beside: ReadonlySet<FeedEvent["type"]> = new Set([
	"alarm.raised", "escalation.raised", "escalation.moved", "flag.cleared", "identity.moved", "case.moved", "room.blocked",
]);

/* What only counselors see of the opened room: from the feed, and what came with the room. */
function asides(s: Oversight): Moment[] {
	const open = s.open;
	if (!open) {
		return [];
	}
	const list: Moment[] = [];
	const raised = new Set<number>();
	for (const { seq, event } of s.stream) {
		const told = event.type === "note.sent" && !open.marked;
		if ("room" in event && event.room === open.room && (beside.has(event.type) || told)) {
			if (event.type === "escalation.raised") {
				raised.add(event.escalation);
			}
			if (isTold(event)) {
				list.push({ key: `s${seq}`, event, missing: false });
			}
		}
	}
	const alarmed = list.some(({ event }) => event.type === "alarm.raised");
	const before = open.calls.filter(({ escalation, source }) => !raised.has(escalation) && !(alarmed && source === "system"));
	for (const call of before) {
		const { escalation, at_ms, source, reason, by } = call;
		list.push({
			key: `c${escalation}`, missing: false,
			event: { type: "escalation.raised", seq: 0, room: open.room, at_ms, escalation, source, reason, by },
		});
	}
	open.notes.forEach((note, i) => list.push({ key: `p${note.at_ms}.${i}`, missing: false, event: { type: "note", ...note } }));
	const sorted = list.sort((a, b) => a.event.at_ms - b.event.at_ms);
	return sorted.filter(({ event }, i) => !isSameWork(event, sorted[i + 1]?.event));
}

/* One after the other on the same case by the same person: the last one says it. */
function isSameWork(one: Shown, next: Shown | undefined): boolean {
	return one.type === "case.moved" && next?.type === "case.moved" && one.case_id === next.case_id
		&& one.state === next.state && one.name === next.name;
}

/* The opened room's events, with what counselors know of it where it belongs. */
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
	for (const moment of asides(s)) {
		if (first && moment.event.at_ms < first.at_ms && hasOlder(s)) {
			continue;
		}
		const next = list.findIndex((one) => one.event.at_ms > moment.event.at_ms);
		list.splice(next < 0 ? list.length : next, 0, moment);
	}
	return list;
}

/* Are there events of the opened room before those we hold? */
export function hasOlder(s: Oversight): boolean {
	return (s.open?.events[0]?.n ?? 1) > 1;
}

/* The n before which something is missing in the opened room, or 0. */
export function firstHole(events: LogEvent[]): number {
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
	if (!(isLogged(event) && (event.type === "chat.posted" || event.type === "chat.pictured")) || event.who !== "peer") {
		return room;
	}
	const peer = s.staff?.supporters.find((one) => one.name === event.name);
	return { name: room.name, picture: peer?.picture ?? "" };
}

/* The other counselors: who is on duty, and who is merely connected. */
export function colleagues(s: Oversight): { duty: string[]; here: string[] } {
	const others = (s.staff?.counselors ?? []).filter((one) => one.account !== s.me?.account);
	return {
		duty: others.filter((one) => one.free).map((one) => one.name),
		here: others.filter((one) => one.here).map((one) => one.name),
	};
}

export function amOnDuty(s: Oversight): boolean {
	return (s.staff?.counselors ?? []).some((one) => one.account === s.me?.account && one.free);
}
