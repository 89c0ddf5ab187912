/*
 * What the console does by itself: opens its rooms on every new connection, sends what waits, calls
 * for an adult before all, ends and tells, says what was seen and that somebody types, keeps unsent
 * words and calls and which chat is open over a refresh.
 */

import type { Clock, Connection } from "../lib/connection";
import { Outbox } from "../lib/outbox";
import { Raiser } from "../lib/raise";
import type { Outgoing } from "../lib/roomlog";
import type { TabStore } from "../lib/store";
import { Reporter } from "./report";
import { current, nextToSend, toSee } from "./select";
import * as state from "./state";

const FIRST_EVENTS = 100; /* of a room that is opened for the first time */
const TYPING_MS = 4000; /* the server forgets a typing mark after 6 s */
const OUTBOX = "console.outbox";
const OPEN = "console.open";
const CALLS = "console.calls";
const REPORTS = "console.reports";

type Saved = Record<number, Outgoing[]>;

export interface DutiesOptions {
	connection: Pick<Connection, "request" | "tell" | "status">;
	store: Pick<TabStore, "read" | "write">;
	clock: Clock;
	get: () => state.Console;
	set: (s: state.Console) => void;
	visible: () => boolean; /* somebody may be looking at this page */
}

export function readSaved(store: TabStore): Saved {
	return store.read<Saved>(OUTBOX) ?? {};
}

/* Calls for an adult that had no answer before a refresh. */
export function readCalls(store: TabStore): state.Pending[] {
	return store.read<state.Pending[]>(CALLS) ?? [];
}

/* Chats that were to end before a refresh: they may have, and cannot be undone any more. */
export function readReports(store: TabStore): state.Reporting[] {
	const kept = store.read<state.Reporting[]>(REPORTS) ?? [];
	return kept.map((one) => ({ ...one, due_ms: 0, sent: true }));
}

/* The chat that was open before a refresh. */
export function readOpen(store: TabStore): number | null {
	return store.read<number>(OPEN) ?? null;
}

export class Duties {
	readonly #options: DutiesOptions;
	readonly #outbox: Outbox;
	readonly #raiser: Raiser<state.Pending>;
	readonly #reporter: Reporter;
	#kept = "";
	#keptOpen: number | null = null;
	#keptCalls: readonly state.Pending[] = [];
	#keptReports: readonly state.Reporting[] = [];
	#typing = { room: 0, at_ms: 0 };
	#atEnd = new Map<number, boolean>();

	constructor(options: DutiesOptions) {
		const { connection, get } = options;
		this.#options = options;
		this.#reporter = new Reporter(options);
		this.#outbox = new Outbox({
			connection,
			next: () => nextToSend(get()),
			sent: (out, ok) => this.#settle(out, (s, room) => state.sent(s, room, out, ok)),
			refused: (out, code) => this.#settle(out, (s, room) => state.refused(s, room, out, code)),
		});
		this.#raiser = new Raiser({
			connection,
			next: () => {
				const call = get().calling.find((one) => !one.failed);
				return call && { room: call.room, call };
			},
			raised: ({ id }) => options.set(state.raised(get(), id)),
			refused: ({ id }) => options.set(state.notRaised(get(), id)),
		});
	}

	/* Call after every change of the state. */
	run(): void {
		const s = this.#options.get();
		if (s.status === "online" && s.desk) {
			void this.#raiser.flush();
			for (const chat of s.chats.values()) {
				if (!chat.open) {
					this.#open(chat);
				}
			}
			void this.#outbox.flush();
		}
		this.#reporter.run();
		this.#keep();
	}

	/* Call when the page is left or hidden, or before one signs out: nothing waits any longer. */
	hurry(): Promise<void> {
		return this.#reporter.hurry();
	}

	/* Call after the state was drawn: seen is what stood on a screen somebody looks at. */
	see(): void {
		const s = this.#options.get();
		const chat = current(s);
		if (!chat || s.status !== "online" || !this.#options.visible()) {
			return;
		}
		const n = toSee(chat);
		if (n > 0 && this.#atEnd.get(chat.room) !== false) {
			this.#options.set(state.saw(s, chat.room, n));
			this.#options.connection.tell({ type: "chat.seen", room: chat.room, n });
		}
	}

	/* The newest message of this room is on screen, or has been scrolled away. */
	atEnd(room: number, atEnd: boolean): void {
		this.#atEnd.set(room, atEnd);
		this.see();
	}

	/* The field of this room has text, or none. */
	typing(room: number, text: string, now: number): void {
		const was = this.#typing;
		if (text.trim() === "") {
			if (was.room === room && was.at_ms > 0) {
				this.#options.connection.tell({ type: "chat.typing", room, typing: false });
			}
			this.#typing = { room: 0, at_ms: 0 };
		} else if (was.room !== room || now - was.at_ms >= TYPING_MS) {
			this.#options.connection.tell({ type: "chat.typing", room, typing: true });
			this.#typing = { room, at_ms: now };
		}
	}

	/* Leaves nothing in this tab. */
	forget(): void {
		this.#options.store.write(OUTBOX, undefined);
		this.#options.store.write(OPEN, undefined);
		this.#options.store.write(CALLS, undefined);
		this.#options.store.write(REPORTS, undefined);
	}

	#settle(out: Outgoing, change: (s: state.Console, room: number) => state.Console): void {
		const s = this.#options.get();
		for (const [room, chat] of s.chats) {
			if (chat.log.outbox.some((one) => one.id === out.id)) {
				this.#options.set(change(s, room));
				return;
			}
		}
	}

	#open(chat: state.Chat): void {
		const { room, log, desk } = chat;
		const after = log.events.length > 0 ? log.after : Math.max(0, desk.n - FIRST_EVENTS);
		this.#options.set(state.opened(this.#options.get(), room));
		this.#options.connection.tell({ type: "room.open", room, after });
	}

	#keep(): void {
		const { chats, selected, wanted, calling, reporting } = this.#options.get();
		if (calling !== this.#keptCalls) {
			this.#keptCalls = calling;
			this.#options.store.write(CALLS, calling.length > 0 ? calling : undefined);
		}
		if (reporting !== this.#keptReports) {
			this.#keptReports = reporting;
			this.#options.store.write(REPORTS, reporting.length > 0 ? reporting : undefined);
		}
		const open = selected ?? wanted;
		if (open !== this.#keptOpen) {
			this.#keptOpen = open;
			this.#options.store.write(OPEN, open ?? undefined);
		}
		const saved: Saved = {};
		for (const [room, chat] of chats) {
			if (chat.log.outbox.length > 0) {
				saved[room] = [...chat.log.outbox];
			}
		}
		const text = JSON.stringify(saved);
		if (text !== this.#kept && (text !== "{}" || this.#kept !== "")) {
			this.#kept = text;
			this.#options.store.write(OUTBOX, saved);
		}
	}
}
