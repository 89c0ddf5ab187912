/* Reads one room: opens it, pages back, and opens it again after a break. It asks only for what is
   to be read; nothing it sends is seen in the room. */

import type { Connection } from "../lib/connection";
import type { WireEvent } from "../lib/wire";
import { whyFailed } from "../staff/staff";
import * as state from "./state";

type Asker = Pick<Connection, "request" | "tell">;

const PAGE = 50; /* events asked for at once; the protocol's bound */

export class Reader {
	readonly #connection: Asker;
	readonly #get: () => state.Oversight;
	readonly #set: (s: state.Oversight) => void;

	constructor(connection: Asker, get: () => state.Oversight, set: (s: state.Oversight) => void) {
		this.#connection = connection;
		this.#get = get;
		this.#set = set;
	}

	open(room: number): void {
		if (this.#get().open?.room !== room) {
			this.#leave();
			this.#set(state.openRoom(this.#get(), room));
			void this.#ask();
		}
	}

	close(): void {
		this.#leave();
		this.#set(state.closeRoom(this.#get()));
	}

	/* The connection is back and the feed complete: ask for the room again from where it is held. */
	resume(): void {
		if (this.#get().open) {
			void this.#ask();
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

	/* What is held has no hole at its end, so what follows its newest event is enough. Of a room of
	   which nothing is held the newest page will do; older ones come when asked for. */
	async #ask(): Promise<void> {
		const s = this.#get();
		const open = s.open;
		if (!open || s.status !== "online") {
			return;
		}
		const held = open.events[open.events.length - 1]?.n;
		const after = held ?? Math.max(0, (s.walls.get(open.room)?.n ?? 0) - PAGE);
		try {
			await this.#connection.request({ type: "room.open", room: open.room, after });
			if (open.events.length < PAGE && (open.events[0]?.n ?? 1) > 1) {
				await this.before(open.events[0]?.n ?? 0);
			}
		} catch (error) {
			this.#set(state.gotOlder(this.#get(), open.room, whyFailed(error)));
		}
	}
}
