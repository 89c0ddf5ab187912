/*
 * Ends chats and tells a counselor of them. One tap does it, after a few seconds in which it can be
 * undone, for a tap can be a slip; at once when a reason is chosen or the page is left. From then on
 * it is asked for with the same id until there is an answer, however often the connection breaks.
 */

import { type Clock, type Connection, Offline, WireError } from "../lib/connection";
import type { Code } from "../lib/wire";
import type { Console, Reporting } from "./state";
import * as state from "./state";

const LOOK_MS = 250;
const RETRY_MS = 2000;

export interface ReporterOptions {
	connection: Pick<Connection, "request" | "status">;
	clock: Clock;
	get: () => Console;
	set: (s: Console) => void;
}

/* Somebody else's chat, a counselor's, or over for too long. Whatever else the server says passes. */
const final: ReadonlySet<Code> = new Set(["no_such_room", "not_allowed", "room_ended", "out_of_range"]);

export class Reporter {
	readonly #options: ReporterOptions;
	readonly #asked = new Set<string>(); /* ids that wait for their answer */
	#stop: (() => void) | undefined;

	constructor(options: ReporterOptions) {
		this.#options = options;
	}

	/* Call after every change of the state. */
	run(): void {
		void this.#due();
		const some = this.#options.get().reporting.length > 0;
		if (some && !this.#stop) {
			this.#stop = this.#options.clock.every(LOOK_MS, () => this.run());
		} else if (!some) {
			this.#stop?.();
			this.#stop = undefined;
		}
	}

	/* Nobody may be here to see the seconds end. Resolves when all that could be asked has an answer. */
	async hurry(): Promise<void> {
		const { clock, get, set } = this.#options;
		for (const { room, sent } of get().reporting) {
			if (!sent) {
				set(state.reportNow(get(), room, clock.now()));
			}
		}
		await this.#due();
	}

	async #due(): Promise<void> {
		const { connection, clock, get } = this.#options;
		const s = get();
		if (connection.status !== "online" || !s.desk) {
			return;
		}
		const now = clock.now();
		const due = s.reporting.filter((one) => one.due_ms <= now && !this.#asked.has(one.id));
		await Promise.all(due.map((one) => this.#ask(one)));
	}

	async #ask({ room, id, what }: Reporting): Promise<void> {
		const { connection, clock, get, set } = this.#options;
		this.#asked.add(id);
		set(state.reportSent(get(), id));
		try {
			await connection.request({ type: "room.report", room, id, what });
			set(state.reported(get(), id));
		} catch (error) {
			if (error instanceof WireError && final.has(error.code)) {
				set(state.notReported(get(), id));
			} else if (error instanceof WireError || error instanceof Offline) {
				const wait = error instanceof WireError ? (error.retryMs ?? RETRY_MS) : RETRY_MS;
				set(state.reportAgain(get(), id, clock.now() + wait));
			} else {
				throw error;
			}
		} finally {
			this.#asked.delete(id);
		}
	}
}
