/* What the console's views draw, and why something cannot be done, computed from the state. */

import type { Outgoing } from "../lib/roomlog";
import { t } from "../lib/say";
import type { Of, RoomEvent } from "../lib/wire";
import type { Chat, Console, Desk, Escalation, Reporting } from "./state";

const ENDING_MS = 10 * 60 * 1000; /* warn so long before the shift's end */

export type Shift =
	| { kind: "unknown" }
	| { kind: "off"; next_ms: number | undefined; until_ms: number | undefined }
	| { kind: "on"; until_ms: number; left_ms: number; part: number; ending: boolean };

/* `now` is ours; the shift's times are the server's. */
export function shift(s: Console, now: number): Shift {
	const desk = s.desk;
	if (!desk) {
		return { kind: "unknown" };
	}
	const from = desk.shift_from_ms;
	const until = desk.shift_until_ms;
	if (!desk.on_shift || from === undefined || until === undefined) {
		return { kind: "off", next_ms: from, until_ms: until };
	}
	const left_ms = Math.max(0, until - (now + s.skew_ms));
	return {
		kind: "on", until_ms: until, left_ms, ending: left_ms <= ENDING_MS,
		part: Math.min(1, left_ms / Math.max(1, until - from)),
	};
}

type Said = Of<"chat.posted"> | Of<"chat.pictured">;

const isSaid = (event: RoomEvent): event is Said => event.type === "chat.posted" || event.type === "chat.pictured";

/* Messages of the visitor that were not on screen yet. */
export function unread(chat: Chat): number {
	return chat.log.events.filter((event) =>
		isSaid(event) && event.who === "visitor" && event.n > chat.seen).length;
}

export function lastSaid(chat: Chat): { body: string; mine: boolean; at_ms: number } | null {
	const out = chat.log.outbox[chat.log.outbox.length - 1];
	if (out) {
		return { body: out.body, mine: true, at_ms: out.at_ms };
	}
	for (let i = chat.log.events.length - 1; i >= 0; i--) {
		const event = chat.log.events[i]!;
		if (isSaid(event)) {
			return { body: event.type === "chat.posted" ? event.body : t("pic.said"), mine: event.who === "peer", at_ms: event.at_ms };
		}
	}
	return null;
}

/* Own chats in the order of their newest word would jump about: they stay as the server lists
   them, the ended ones last. */
export function chats(s: Console): Chat[] {
	return [...s.chats.values()].sort((a, b) => Number(a.ended) - Number(b.ended));
}

export function current(s: Console): Chat | null {
	return s.selected === null ? null : s.chats.get(s.selected) ?? null;
}

/* What chat.seen is to say next for the chat on screen: the visitor's newest words; 0: nothing new. */
export function toSee(chat: Chat): number {
	const { events } = chat.log;
	for (let i = events.length - 1; i >= 0 && events[i]!.n > chat.seen; i--) {
		const event = events[i]!;
		if (isSaid(event) && event.who === "visitor") {
			return event.n;
		}
	}
	return 0;
}

/* The oldest message that waits to be sent, of any chat. */
export function nextToSend(s: Console): { room: number; out: Outgoing } | undefined {
	let found: { room: number; out: Outgoing } | undefined;
	for (const [room, chat] of s.chats) {
		const out = chat.log.outbox.find((one) => one.failed === undefined);
		if (out && (!found || out.at_ms < found.out.at_ms)) {
			found = { room, out };
		}
	}
	return found;
}

/* How the call for an adult in this room stands, if there is one. */
export function callOf(s: Console, room: number): Escalation | undefined {
	return s.calls.get(room);
}

/* Its end that is under way with one tap, if there is one. */
export function reportOf(s: Console, room: number): Reporting | undefined {
	return s.reporting.find((one) => one.room === room);
}

/* No counselor is connected, and no way leads to one. */
export function nobodyReachable(s: Console): boolean {
	return s.school !== null && !s.school.watched && !s.school.reachable;
}

export type WhyNot = "" | "offline" | "off_shift" | "at_cap" | "ended" | "asked" | "adult" | "ending";

/* The server decides; this says beforehand what it would say. */
export function whyNotTake(s: Console): WhyNot {
	if (s.status !== "online" || !s.desk) {
		return "offline";
	}
	if (!s.desk.on_shift) {
		return "off_shift";
	}
	return s.desk.mine.length >= s.desk.cap ? "at_cap" : "";
}

export function whyNotHand(s: Console, chat: Chat): WhyNot {
	if (s.status !== "online") {
		return "offline";
	}
	if (chat.ended) {
		return "ended";
	}
	if (reportOf(s, chat.room)) {
		return "ending";
	}
	return chat.state?.handing_to !== undefined ? "asked" : "";
}

/* While a counselor is in it, the chat is not the supporter's to end. */
export function whyNotEnd(s: Console, chat: Chat): WhyNot {
	if (s.status !== "online") {
		return "offline";
	}
	if (reportOf(s, chat.room)) {
		return "ending";
	}
	return chat.state?.adult_name !== undefined ? "adult" : "";
}

export function whyNotSend(chat: Chat): WhyNot {
	return chat.ended ? "ended" : "";
}

/* Has somebody come to wait, or is somebody offered to us, who was not before? */
export function someoneNew(before: Desk | null, desk: Desk): boolean {
	const had = new Map((before?.waiting ?? []).map((room) => [room.room, room.offered]));
	const come = desk.waiting.some((room) => !had.has(room.room) || (room.offered && !had.get(room.room)));
	const asked = new Set((before?.asks ?? []).map((ask) => ask.room));
	return come || desk.asks.some((ask) => !asked.has(ask.room));
}

/* Does anybody wait for us? For the badge: a dot, never a number. */
export function someoneWaits(s: Console): boolean {
	const desk = s.desk;
	if (!desk || !desk.on_shift) {
		return false;
	}
	const news = [...s.chats.values()].some((chat) => unread(chat) > 0);
	return news || desk.waiting.length > 0 || desk.asks.length > 0;
}
