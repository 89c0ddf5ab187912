/*
 * Calls for an adult that are on their way: the same id until there is an answer, however often the
 * connection breaks. One that was not taken for now is tried again; it is never dropped in silence.
 */

import { type Connection, Offline, WireError } from "./connection";
import type { Code, RequestOf } from "./wire";

export type Call = Omit<RequestOf<"escalation.raise">, "type" | "room" | "ref">;

const RETRY_MS = 2000;

export interface RaiserOptions<C extends Call> {
	connection: Pick<Connection, "request" | "status">;
	next: () => { room: number; call: C } | undefined;
	raised: (call: C) => void;
	refused: (call: C, code: Code) => void; /* for good: there is no such chat any more */
	later?: (ms: number, run: () => void) => void;
}

/* Whatever else the server says passes: a call for an adult keeps asking. */
const final: ReadonlySet<Code> = new Set(["no_such_room", "not_allowed", "room_ended", "out_of_range", "bad_text"]);

export class Raiser<C extends Call> {
	readonly #options: RaiserOptions<C>;
	#busy = false;

	constructor(options: RaiserOptions<C>) {
		this.#options = options;
	}

	/* Call when one was made, when the connection came up, when a room is known. */
	async flush(): Promise<void> {
		const { connection, next, raised, refused } = this.#options;
		if (this.#busy) {
			return;
		}
		this.#busy = true;
		try {
			for (let one = next(); one && connection.status === "online"; one = next()) {
				const { room, call } = one;
				const { id, reason, note, tell } = call;
				try {
					await connection.request({
						type: "escalation.raise", room, id, reason,
						...(note ? { note } : {}), ...(tell === undefined ? {} : { tell }),
					});
					raised(call);
				} catch (error) {
					if (error instanceof WireError && final.has(error.code)) {
						refused(call, error.code);
						continue;
					}
					if (!(error instanceof WireError) && !(error instanceof Offline)) {
						throw error;
					}
					this.#again(error instanceof WireError ? (error.retryMs ?? RETRY_MS) : RETRY_MS);
					return;
				}
			}
		} finally {
			this.#busy = false;
		}
	}

	#again(ms: number): void {
		const later = this.#options.later ?? ((wait, run) => void setTimeout(run, wait));
		later(ms, () => void this.flush());
	}
}
