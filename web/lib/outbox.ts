/*
 * Sends what waits in a room's outbox, one at a time and in order, with the same id until the
 * answer is there. Sending one at a time keeps the order when one of them must be tried again.
 */

import { type Connection, Offline, WireError } from "./connection";
import type { Outgoing } from "./roomlog";
import type { Code, Of } from "./wire";

/* Refusals that pass: the message keeps waiting. Every other one is for the writer to see. */
const passing: ReadonlySet<Code> = new Set(["too_fast", "draining", "unavailable"]);
const RETRY_MS = 2000;

export interface OutboxOptions {
	connection: Pick<Connection, "request" | "status">;
	next: () => { room: number; out: Outgoing } | undefined; /* oldest that waits and has not failed */
	sent: (out: Outgoing, ok: Of<"ok">) => void;
	refused: (out: Outgoing, code: Code) => void;
	later?: (ms: number, run: () => void) => void;
}

export class Outbox {
	readonly #options: OutboxOptions;
	#busy = false;

	constructor(options: OutboxOptions) {
		this.#options = options;
	}

	/* Call when a message was added, when the connection came up, when a room is known. */
	async flush(): Promise<void> {
		if (this.#busy) {
			return;
		}
		this.#busy = true;
		try {
			await this.#run();
		} finally {
			this.#busy = false;
		}
	}

	async #run(): Promise<void> {
		const { connection, next, sent, refused } = this.#options;
		for (let one = next(); one && connection.status === "online"; one = next()) {
			const { room, out } = one;
			const { id, body } = out;
			try {
				/* Without `again`: what is older than the ids the server remembers came with
				 * what was missed, and waits no more. A message that never arrived must not be
				 * taken for one that is too old. */
				const answer = await connection.request({ type: "chat.send", room, id, body });
				if (answer.type === "ok") {
					sent(out, answer);
				}
			} catch (error) {
				if (error instanceof WireError && !passing.has(error.code)) {
					refused(out, error.code);
					continue;
				}
				if (!(error instanceof WireError) && !(error instanceof Offline)) {
					throw error;
				}
				this.#again(error instanceof WireError ? (error.retryMs ?? RETRY_MS) : RETRY_MS);
				return;
			}
		}
	}

	#again(ms: number): void {
		const later = this.#options.later ?? ((wait, run) => void setTimeout(run, wait));
		later(ms, () => void this.flush());
	}
}
