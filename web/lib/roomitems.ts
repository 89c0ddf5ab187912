/* A room's log as a list to draw: time lines, messages in runs, and what happened in between. Pure. */

import type { RoomLog, Writer } from "./roomlog";
import type { Code, Of, RoomEvent, Who } from "./wire";

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

export interface PictureItem extends Omit<MessageItem, "kind" | "body" | "failed"> {
	readonly kind: "picture";
	readonly event: Of<"chat.pictured">;
}

export interface DayItem {
	readonly kind: "day";
	readonly key: string;
	readonly at_ms: number;
}

export interface NoteItem {
	readonly kind: "note";
	readonly key: string;
	readonly event: Exclude<RoomEvent, Of<"chat.posted" | "chat.pictured">>;
}

export type Item = MessageItem | PictureItem | DayItem | NoteItem;

const PAUSE_MS = 60 * 60 * 1000; /* a new time line after an hour without a word */

export function items(
	log: RoomLog,
	view: { self: Writer; seen: number },
): Item[] {
	const { self, seen } = view;
	const list: Item[] = [];
	let run: MessageItem | PictureItem | undefined;
	let spokenAt: number | undefined;

	const time = (at_ms: number, key: string): void => {
		const apart = spokenAt === undefined || at_ms - spokenAt > PAUSE_MS || !sameDay(at_ms, spokenAt);
		if (apart) {
			list.push({ kind: "day", key: `day-${key}`, at_ms });
			run = undefined;
		}
		spokenAt = at_ms;
	};
	const say = (item: MessageItem | PictureItem): void => {
		time(item.at_ms, item.key);
		if (run && run.mine === item.mine && run.who === item.who && run.name === item.name) {
			run.last = false;
			item.first = false;
		}
		list.push(item);
		run = item;
	};

	for (const event of log.events) {
		if (event.type !== "chat.posted" && event.type !== "chat.pictured") {
			list.push({ kind: "note", key: `note-${event.n}`, event });
			run = undefined;
			continue;
		}
		const mine = event.who === self.who && event.name === self.name;
		const state = mine && event.n <= seen ? "seen" : "sent";
		const { id, who, name, at_ms, n } = event;
		const said = { key: id, id, who, name, at_ms, n, mine, state, first: true, last: true } as const;
		say(event.type === "chat.posted" ? { kind: "message", body: event.body, ...said } : { kind: "picture", event, ...said });
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
