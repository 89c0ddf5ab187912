/*
 * What was said in one room, as a page holds it: the events by their number, and the own messages
 * that are not on disk yet. Pure: every function gives a new log, or the same one when nothing
 * changed. An event that comes twice (replay, resend, a second tab) counts once; an own message is
 * known by the id it was given here, so its place in the list never changes.
 */

import type { Code, Of, RoomEvent, Who } from "./wire";

export interface Outgoing {
	readonly id: string; /* 128 bits, hexadecimal; stays the same over every resend */
	readonly body: string;
	readonly at_ms: number; /* when it was written here */
	readonly failed?: Code; /* refused for good; the writer may try again */
}

export interface RoomLog {
	readonly events: readonly RoomEvent[]; /* ascending by n, no n twice */
	readonly outbox: readonly Outgoing[]; /* oldest first */
	readonly after: number; /* everything from the oldest event held up to here is held */
}

export const emptyLog: RoomLog = { events: [], outbox: [], after: 0 };

/* Index of the first event whose n is not below. Newest are asked for most: search from the end. */
function place(events: readonly RoomEvent[], n: number): number {
	let at = events.length;
	while (at > 0 && (events[at - 1] as RoomEvent).n >= n) {
		at--;
	}
	return at;
}

/* The highest n with no gap before it, given that everything up to `from` is held. */
function contiguous(events: readonly RoomEvent[], from: number): number {
	let after = from;
	for (let at = place(events, from + 1); events[at]?.n === after + 1; at++) {
		after++;
	}
	return after;
}

/* Adds an event. The first one a page sees begins the log: older ones come by room.history. */
export function addEvent(log: RoomLog, event: RoomEvent): RoomLog {
	const at = place(log.events, event.n);
	if (log.events[at]?.n === event.n) {
		return log;
	}
	const events = [...log.events.slice(0, at), event, ...log.events.slice(at)];
	const outbox =
		event.type === "chat.posted" && log.outbox.some((out) => out.id === event.id)
			? log.outbox.filter((out) => out.id !== event.id)
			: log.outbox;
	const from = log.events.length === 0 && log.after === 0 ? event.n : log.after;
	return { events, outbox, after: contiguous(events, from) };
}

/* Puts an own message behind those that already wait. */
export function addOutgoing(log: RoomLog, out: Outgoing): RoomLog {
	return { ...log, outbox: [...log.outbox, out] };
}

/* The message is on disk with this number: it becomes the event its writer is not sent. */
export function acknowledge(
	log: RoomLog,
	ok: { id: string; room: number; n: number; at_ms: number } & Writer,
): RoomLog {
	const out = log.outbox.find((one) => one.id === ok.id);
	if (!out) {
		return log;
	}
	const event: Of<"chat.posted"> = { type: "chat.posted", body: out.body, ...ok };
	const next = addEvent(log, event);
	return next === log ? { ...log, outbox: log.outbox.filter((one) => one !== out) } : next;
}

/* Marks a message as refused, or (why absent) as waiting again. */
export function markOutgoing(log: RoomLog, id: string, why?: Code): RoomLog {
	const outbox = log.outbox.map((out): Outgoing => {
		if (out.id !== id) {
			return out;
		}
		const { failed: _, ...rest } = out;
		return why === undefined ? rest : { ...rest, failed: why };
	});
	return { ...log, outbox };
}

export function dropOutgoing(log: RoomLog, id: string): RoomLog {
	return { ...log, outbox: log.outbox.filter((out) => out.id !== id) };
}

/* The newest number held, whether or not there are gaps before it. */
export function newest(log: RoomLog): number {
	return log.events[log.events.length - 1]?.n ?? 0;
}

/* There are events before the oldest one held. */
export function hasEarlier(log: RoomLog): boolean {
	return (log.events[0]?.n ?? 1) > 1;
}

/* ---- what to draw ---- */

export type MessageState = "waiting" | "failed" | "sent" | "seen";

export interface MessageItem {
	readonly kind: "message";
	readonly key: string;
	readonly id: string;
	readonly body: string;
	readonly mine: boolean;
	readonly who: Who;
	readonly name: string;
	readonly at_ms: number;
	readonly n: number; /* 0 until it has one */
	readonly state: MessageState;
	readonly failed?: Code;
	first: boolean; /* of a run by the same writer */
	last: boolean;
}

export interface DayItem {
	readonly kind: "day";
	readonly key: string;
	readonly at_ms: number;
}

export interface NoteItem {
	readonly kind: "note";
	readonly key: string;
	readonly event: Exclude<RoomEvent, Of<"chat.posted">>;
}

export type Item = MessageItem | DayItem | NoteItem;

/* Who reads this page, as chat.posted would name them. */
export interface Writer {
	readonly who: Who;
	readonly name: string;
}

const PAUSE_MS = 60 * 60 * 1000; /* a new time line after an hour without a word */

/* The list to draw: time lines, messages in runs, and what happened in between. */
export function items(
	log: RoomLog,
	view: { self: Writer; seen: number },
): Item[] {
	const { self, seen } = view;
	const list: Item[] = [];
	let run: MessageItem | undefined;
	let spokenAt: number | undefined;

	const time = (at_ms: number, key: string): void => {
		const apart = spokenAt === undefined || at_ms - spokenAt > PAUSE_MS || !sameDay(at_ms, spokenAt);
		if (apart) {
			list.push({ kind: "day", key: `day-${key}`, at_ms });
			run = undefined;
		}
		spokenAt = at_ms;
	};
	const say = (item: MessageItem): void => {
		time(item.at_ms, item.key);
		if (run && run.mine === item.mine && run.who === item.who && run.name === item.name) {
			run.last = false;
			item.first = false;
		}
		list.push(item);
		run = item;
	};

	for (const event of log.events) {
		if (event.type !== "chat.posted") {
			list.push({ kind: "note", key: `note-${event.n}`, event });
			run = undefined;
			continue;
		}
		const mine = event.who === self.who && event.name === self.name;
		const state = mine && event.n <= seen ? "seen" : "sent";
		const { id, body, who, name, at_ms, n } = event;
		say({ kind: "message", key: id, id, body, who, name, at_ms, n, mine, state, first: true, last: true });
	}
	for (const out of log.outbox) {
		say({
			kind: "message",
			key: out.id,
			id: out.id,
			body: out.body,
			mine: true,
			who: self.who,
			name: self.name,
			at_ms: Math.max(out.at_ms, spokenAt ?? 0),
			n: 0,
			state: out.failed === undefined ? "waiting" : "failed",
			...(out.failed === undefined ? {} : { failed: out.failed }),
			first: true,
			last: true,
		});
	}
	return list;
}

function sameDay(a: number, b: number): boolean {
	return new Date(a).toDateString() === new Date(b).toDateString();
}
