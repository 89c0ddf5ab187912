/*
 * Says what must be said in order: open the room that is wanted, make it a mailbox when a message
 * is left, call an adult, then send what waits. run() may be called at any time; it goes as far as it can.
 */

import { type Answer, type Asked, type Connection, Offline, Stopped, WireError } from "../lib/connection";
import { Outbox } from "../lib/outbox";
import { type Call, Raiser } from "../lib/raise";
import { type Outgoing, acknowledge, markOutgoing } from "../lib/roomlog";
import { type Visitor, enter, refuse } from "./state";

export interface CourierOptions {
	connection: Pick<Connection, "request" | "status">;
	ask: (asked: Asked) => Promise<Answer>; /* with a sum, where the server wants one */
	state: () => Visitor;
	change: (some: Partial<Visitor>) => void;
	now: () => number;
}

export class Courier {
	readonly #options: CourierOptions;
	readonly #outbox: Outbox;
	readonly #raiser: Raiser<Call>;
	#running = false;

	constructor(options: CourierOptions) {
		const { connection, state, change } = options;
		this.#options = options;
		this.#outbox = new Outbox({
			connection,
			next: () => {
				const { room, wanted, log } = state();
				const out = log.outbox.find((one) => one.failed === undefined);
				return room !== undefined && !wanted && out ? { room, out } : undefined;
			},
			sent: (out, ok) => this.#sent(out, ok),
			refused: (out, code) => change({ log: markOutgoing(state().log, out.id, code) }),
		});
		this.#raiser = new Raiser({
			connection,
			next: () => {
				const { room, wanted, call } = state();
				return room !== undefined && !wanted && call ? { room, call } : undefined;
			},
			raised: () => {
				const { state: room } = state();
				/* Until the room says so itself. */
				change({ call: undefined, state: room && { ...room, help: room.help ?? "asked" } });
			},
			refused: () => change({ call: undefined, trouble: true }),
		});
	}

	async run(): Promise<void> {
		const { connection, state, change } = this.#options;
		if (this.#running || connection.status !== "online") {
			return;
		}
		this.#running = true;
		try {
			await this.#openWanted();
			await this.#makeMailbox();
		} catch (error) {
			const { mail, wanted } = state();
			const back = { wanted: undefined, mail: undefined, screen: mail ? "leave" : "start" } as const;
			if (error instanceof WireError) {
				change({ ...back, ...refuse(error, wanted, this.#options.now()) });
			} else if (error instanceof Stopped) {
				change(back);
			} else if (!(error instanceof Offline)) {
				throw error;
			}
		} finally {
			this.#running = false;
		}
		await this.#raiser.flush();
		await this.#outbox.flush();
	}

	async #openWanted(): Promise<void> {
		const { ask, state, change } = this.#options;
		const { wanted, room } = state();
		if (!wanted) {
			return;
		}
		if (room === undefined) {
			const answer = await ask({ type: "room.start", ...wanted });
			if (answer.type === "ok" && answer.room !== undefined) {
				change(enter(state(), answer.room));
			}
		}
		change({ wanted: undefined });
	}

	/* The room's new state, when it comes, hands the message over. */
	async #makeMailbox(): Promise<void> {
		const { mail, room, state } = this.#options.state();
		if (mail && room !== undefined && state?.phase === "waiting") {
			await this.#options.connection.request({ type: "room.mailbox", room, to: mail.to });
		}
	}

	#sent({ id }: Outgoing, { n, at_ms }: { n?: number; at_ms?: number }): void {
		const { state, change, now } = this.#options;
		const { room, log } = state();
		if (room !== undefined && n !== undefined) {
			change({ log: acknowledge(log, { id, room, n, at_ms: at_ms ?? now(), who: "visitor", name: "" }) });
		}
	}
}
