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

/* Who reads this page, as chat.posted would name them. */
export interface Writer {
	readonly who: Who;
	readonly name: string;
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
