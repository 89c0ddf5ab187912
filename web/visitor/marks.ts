/* What is told without an answer: typing, and up to where the page was seen. */

import type { Connection } from "../lib/connection";
import { newest } from "../lib/roomlog";
import { type Visitor, newestFromOthers } from "./state";

const TYPING_AGAIN_MS = 4000; /* the server forgets after 6 s */

export class Marks {
	readonly #connection: Pick<Connection, "tell">;
	#seen = { room: 0, n: 0 };
	#typingAt = 0; /* told last; 0 when not typing */

	constructor(connection: Pick<Connection, "tell">) {
		this.#connection = connection;
	}

	/* A new connection has been told nothing. */
	reset(): void {
		this.#seen = { room: 0, n: 0 };
		this.#typingAt = 0;
	}

	typing({ room, state }: Visitor, typing: boolean, now: number): void {
		const due = typing ? now - this.#typingAt >= TYPING_AGAIN_MS : this.#typingAt !== 0;
		if (room !== undefined && state?.phase === "live" && due) {
			this.#typingAt = typing ? now : 0;
			this.#connection.tell({ type: "chat.typing", room, typing });
		}
	}

	/* Everything in the log is on screen now. */
	seen(state: Visitor): void {
		const { room } = state;
		const told = this.#seen.room === room ? this.#seen.n : 0;
		if (room !== undefined && newestFromOthers(state) > told) {
			this.#seen = { room, n: newest(state.log) };
			this.#connection.tell({ type: "chat.seen", ...this.#seen });
		}
	}
}
