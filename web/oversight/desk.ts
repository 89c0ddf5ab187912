/* What the oversight page does by itself beside reading: sends what a counselor writes, keeps it over
   a refresh, says that one types and what was seen, once in a room. */

import type { Connection } from "../lib/connection";
import { randomHex } from "../lib/hex";
import { Outbox } from "../lib/outbox";
import type { Outgoing } from "../lib/roomlog";
import type { TabStore } from "../lib/store";
import { fits, tidy } from "../lib/text";
import * as state from "./state";

const TYPING_MS = 4000; /* the server forgets a typing mark after 6 s */
const KEPT = "oversight.outbox";

type Kept = [room: number, outbox: Outgoing[]][];

export interface DeskOptions {
	connection: Pick<Connection, "request" | "tell" | "status">;
	store: Pick<TabStore, "read" | "write">;
	get: () => state.Oversight;
	set: (s: state.Oversight) => void;
	visible: () => boolean; /* somebody may be looking at this page */
}

/* What was written before a refresh and not sent. */
export function readKept(store: Pick<TabStore, "read">): Map<number, state.Voice> {
	const kept = store.read<Kept>(KEPT) ?? [];
	return new Map(kept.map(([room, outbox]) => [room, { draft: "", outbox }]));
}

export class Desk {
	readonly #options: DeskOptions;
	readonly #outbox: Outbox;
	#kept = "[]";
	#typing = { room: 0, at_ms: 0 };
	#seen = new Map<number, number>();

	constructor(options: DeskOptions) {
		const { connection, get, set } = options;
		this.#options = options;
		this.#outbox = new Outbox({
			connection,
			next: () => state.nextToSend(get()),
			sent: (out, ok) => set(state.sent(get(), this.#roomOf(out), out, ok)),
			refused: (out, code) => set(state.refused(get(), this.#roomOf(out), out.id, code)),
		});
	}

	/* Call after every change of the state. */
	run(): void {
		const s = this.#options.get();
		if (s.status === "online" && state.nextToSend(s)) {
			void this.#outbox.flush();
		}
		this.#keep(s);
	}

	/* Call after the state was drawn: an adult in the room has seen what stood on the screen. */
	see(): void {
		const s = this.#options.get();
		const { open } = s;
		if (!open || s.status !== "online" || !state.isIn(s, open.room) || !this.#options.visible()) {
			return;
		}
		const n = open.events[open.events.length - 1]?.n ?? 0;
		if (n > (this.#seen.get(open.room) ?? 0)) {
			this.#seen.set(open.room, n);
			this.#options.connection.tell({ type: "chat.seen", room: open.room, n });
		}
	}

	write(room: number, draft: string, now: number): void {
		this.#type(room, draft, now);
		this.#options.set(state.write(this.#options.get(), room, draft));
	}

	send(room: number, text: string, now: number): void {
		const body = tidy(text);
		if (body !== "" && fits(body)) {
			this.#type(room, "", now);
			const s = this.#options.get();
			this.#options.set(state.say(s, room, { id: randomHex(16), body, at_ms: now + s.skew_ms }));
		}
	}

	/* Leaves nothing in this tab. */
	forget(): void {
		this.#options.store.write(KEPT, undefined);
	}

	/* The field of this room has text, or none. */
	#type(room: number, text: string, now: number): void {
		const was = this.#typing;
		const { connection } = this.#options;
		if (text.trim() === "") {
			if (was.room === room && was.at_ms > 0) {
				connection.tell({ type: "chat.typing", room, typing: false });
			}
			this.#typing = { room: 0, at_ms: 0 };
		} else if (was.room !== room || now - was.at_ms >= TYPING_MS) {
			connection.tell({ type: "chat.typing", room, typing: true });
			this.#typing = { room, at_ms: now };
		}
	}

	#roomOf(out: Outgoing): number {
		for (const [room, voice] of this.#options.get().voices) {
			if (voice.outbox.some((one) => one.id === out.id)) {
				return room;
			}
		}
		return 0;
	}

	#keep(s: state.Oversight): void {
		const kept: Kept = [];
		for (const [room, { outbox }] of s.voices) {
			if (outbox.length > 0) {
				kept.push([room, [...outbox]]);
			}
		}
		const text = JSON.stringify(kept);
		if (text !== this.#kept) {
			this.#kept = text;
			this.#options.store.write(KEPT, kept.length > 0 ? kept : undefined);
		}
	}
}
