/* Reads one room: opens it, pages back, opens it again after a break, and asks for what counselors
   know beside it. It asks only for what is to be read; nothing it sends is seen by the visitor. */

import type { Connection } from "../lib/connection";
import type { WireEvent } from "../lib/wire";
import { whyFailed } from "../staff/staff";
import { filesOnScreen } from "./files";
import * as state from "./state";
import type { Look } from "./state";

type Asker = Pick<Connection, "request" | "tell">;

const PAGE = 50; /* events asked for at once; the protocol's bound */
const BEFORE = 20; /* events shown before the one that was looked for */

export class Reader {
	readonly #connection: Asker;
	readonly #get: () => state.Oversight;
	readonly #set: (s: state.Oversight) => void;

	constructor(connection: Asker, get: () => state.Oversight, set: (s: state.Oversight) => void) {
		this.#connection = connection;
		this.#get = get;
		this.#set = set;
	}

	open(room: number, look: Look = {}): void {
		const open = this.#get().open;
		if (open?.room !== room || (look.n ?? 0) !== open.at) {
			this.#leave();
			this.#set(state.openRoom(this.#get(), room, look));
			void this.#read();
		}
	}

	close(): void {
		this.#leave();
		this.#set(state.closeRoom(this.#get()));
	}

	/* The connection is back and the feed complete: ask for the room again from where it is held. */
	resume(): void {
		if (this.#get().open) {
			void this.#read();
		}
	}

	/* Something came that is known beside the open room, or in a case on screen, only when asked for. */
	heard(message: WireEvent): void {
		const { open, me } = this.#get();
		const noted = message.type === "note.sent" || message.type === "escalation.moved" || message.type === "escalation.raised";
		if (noted && message.room === open?.room) {
			this.#connection.tell({ type: "room.marks", room: message.room });
		}
		/* Who holds a key has changed: the own one may open it by now. */
		const sealed = message.type === "state.escrow" || (message.type === "identity.moved" && message.room === open?.room);
		if (sealed && open) {
			this.#connection.tell({ type: "identity.status", room: open.room });
		}
		if (message.type === "case.moved" && message.name !== me?.name) {
			const known = filesOnScreen(this.#get()).includes(message.case_id);
			if (known || (message.room === open?.room && open.caseId === 0)) {
				this.#connection.tell({ type: "case.get", case_id: message.case_id });
			}
		}
	}

	/* Up to PAGE events before this n. */
	async before(n: number): Promise<void> {
		const room = this.#get().open?.room;
		if (room === undefined || n < 2) {
			return;
		}
		this.#set(state.askOlder(this.#get()));
		try {
			const answer = await this.#connection.request({ type: "room.history", room, before: n, limit: PAGE });
			const events = answer.type === "batch" ? (answer.events as WireEvent[]) : [];
			this.#set(state.gotOlder(this.#get(), room, events));
		} catch (error) {
			this.#set(state.gotOlder(this.#get(), room, whyFailed(error)));
		}
	}

	#leave(): void {
		const open = this.#get().open;
		if (open) {
			this.#connection.tell({ type: "room.close", room: open.room });
		}
	}

	/* First the room: whoever has it open may see what is beside it without another audit entry. */
	async #read(): Promise<void> {
		const room = this.#get().open?.room;
		await this.#ask();
		if (this.#get().open?.room === room) {
			this.#beside();
		}
	}

	/* What is held has no hole at its end, so what follows its newest event is enough. Of a room of
	   which nothing is held the newest page will do; older ones come when asked for. */
	async #ask(): Promise<void> {
		const s = this.#get();
		const open = s.open;
		if (!open || s.status !== "online") {
			return;
		}
		const held = open.events[open.events.length - 1]?.n;
		const newest = Math.max(0, (s.walls.get(open.room)?.n ?? 0) - PAGE);
		const after = held ?? (open.at > 0 ? Math.max(0, open.at - BEFORE) : newest);
		try {
			await this.#connection.request({ type: "room.open", room: open.room, after });
			if (open.events.length < PAGE && (open.events[0]?.n ?? 1) > 1) {
				await this.before(open.events[0]?.n ?? 0);
			}
		} catch (error) {
			this.#set(state.gotOlder(this.#get(), open.room, whyFailed(error)));
		}
	}

	/* Flags, notes and calls; what is sealed; the case. Their answers find their own place. */
	#beside(): void {
		const s = this.#get();
		if (s.open && s.status === "online") {
			const { room } = s.open;
			this.#connection.tell({ type: "room.marks", room });
			this.#connection.tell({ type: "identity.status", room });
			void this.#findCase(room);
		}
	}

	/* The room's case is the one among the newest that are not closed. */
	async #findCase(room: number): Promise<void> {
		try {
			for (const stands of ["open", "held"] as const) {
				const answer = await this.#connection.request({ type: "case.list", state: stands });
				const line = answer.type === "case.listed" ? answer.cases.find((one) => one.room === room) : undefined;
				if (line && this.#get().open?.room === room) {
					await this.#connection.request({ type: "case.get", case_id: line.case_id });
					return;
				}
			}
			this.#set(state.notFiled(this.#get(), room));
		} catch {
			/* Not known: the panel offers to open one, and the server finds what there is. */
			this.#set(state.notFiled(this.#get(), room));
		}
	}
}
