/*
 * One WebSocket that is always coming back: hello, requests with answers, a heartbeat, and
 * back-off. No DOM; the clock, the socket and chance are arguments.
 *
 * Three things decide its timing. A page must show within 15 s that it is offline, so 5 s of
 * silence ask and 5 s without an answer are enough. It must be back within 5 s of the network,
 * so the longest pause is 4 s, and an attempt is given up only after TCP's fourth try (7 s). And
 * timers stop while a tab is frozen: a gap between two ticks means that nothing is known.
 *
 * Where WebSockets bring nothing though the server answers, detour.ts fetches another way to open
 * a socket. It may change the road under the same socket: it then opens a second time, and is
 * greeted and welcomed again.
 */

import { detour } from "./detour";
import { PROTOCOL, SCHEMA_HASH } from "./protocol";
import type { TabStore } from "./store";
import type { WireRequest, Code, Of, RequestOf, WireEvent } from "./wire";

const TICK_MS = 1000;
const SILENCE_MS = 5000; /* then ask */
const ANSWER_MS = 5000; /* then offline */
const PROBE_MS = 2000; /* the same after a freeze, or when somebody asked */
const ATTEMPT_MS = 7500; /* from socket to welcome */
const BLOCKED_MS = 3000; /* without one: perhaps it is the road */
const REQUEST_MS = 15000;
const PAUSE_MS = 500; /* first pause, doubled */
const PAUSE_MAX_MS = 4000;
const CLOSE_SIGNED_OUT = 4401;
const CLOSE_LATER = 1013; /* places are short, and others have more to lose */

export type Status = "connecting" | "online" | "offline";
export type HelloFields = Omit<RequestOf<"hello">, "type" | "ref" | "schema">;
export type Answer = WireEvent;
/* Omit that keeps a union a union. */
export type Asked = WireRequest extends infer R ? (R extends unknown ? Omit<R, "ref"> : never) : never;

/* The part of WebSocket that is used. */
export interface Socket {
	onopen: (() => void) | null;
	onmessage: ((event: { data: unknown }) => void) | null;
	onclose: ((event: { code: number }) => void) | null;
	send(text: string): void;
	close(): void;
}

export type Open = (url: string, protocol: string) => Socket;

export interface Clock {
	now(): number; /* milliseconds, monotonic or not: jumps count as a freeze */
	every(ms: number, run: () => void): () => void;
}

export interface ConnectionOptions {
	url: string;
	hello: () => HelloFields;
	store?: Pick<TabStore, "read" | "write">; /* where a tab keeps which road works */
	socket?: Open;
	detour?: typeof detour;
	clock?: Clock;
	random?: () => number;
}

/* The server refused. */
export class WireError extends Error {
	readonly code: Code;
	readonly retryMs: number | undefined;

	constructor(readonly told: Of<"error">) {
		super(told.message);
		this.code = told.code;
		this.retryMs = told.retry_ms;
	}
}

/* No answer came: the request may or may not have been carried out. */
export class Offline extends Error {}

/* The person did not want to wait for it. */
export class Stopped extends Error {}

/* What "message" listeners get. */
export class Incoming extends Event {
	constructor(readonly message: WireEvent) {
		super("message");
	}
}

interface Pending {
	until: number;
	resolve: (answer: Answer) => void;
	reject: (error: Error) => void;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	every(ms, run) {
		const timer = setInterval(run, ms);
		return () => clearInterval(timer);
	},
};

/* Dispatches "status" (read .status and .retryAt), "message" (Incoming), "denied". */
export class Connection extends EventTarget {
	status: Status = "connecting";
	retryAt: number | undefined; /* on the clock; undefined while an attempt is under way */

	readonly #url: string;
	readonly #hello: () => HelloFields;
	readonly #store: ConnectionOptions["store"];
	readonly #clock: Clock;
	readonly #random: () => number;

	#open: Open;
	#detour: typeof detour | undefined; /* until taken, or while one is being looked for */
	#stopTicking: (() => void) | undefined;
	#socket: Socket | undefined;
	#attemptAt = 0;
	#blocked = false; /* this attempt was long enough */
	#lastTick = 0;
	#lastHeard = 0;
	#askedAt: number | undefined;
	#patience = ANSWER_MS;
	#pause = PAUSE_MS;
	#ref = 0;
	#pending = new Map<number, Pending>();

	constructor(options: ConnectionOptions) {
		super();
		this.#url = options.url;
		this.#hello = options.hello;
		this.#store = options.store;
		this.#open = options.socket ?? ((url, protocol) => new WebSocket(url, protocol) as Socket);
		this.#detour = options.detour ?? detour;
		this.#clock = options.clock ?? systemClock;
		this.#random = options.random ?? Math.random;
	}

	/* When anything last came from the server, an answer to a ping included (on the clock). */
	get heardAt(): number {
		return this.#lastHeard;
	}

	start(): void {
		if (this.#stopTicking) {
			return;
		}
		this.#lastTick = this.#clock.now();
		this.#stopTicking = this.#clock.every(TICK_MS / 4, () => this.#tick());
		this.#attempt();
		if (this.#store?.read("road")) {
			void this.#takeDetour();
		}
	}

	stop(): void {
		this.#stopTicking?.();
		this.#stopTicking = undefined;
		this.#drop();
		this.#become("connecting", undefined);
	}

	/* Answered by `ok` or a typed answer; rejects with WireError or Offline. */
	request(asked: Asked): Promise<Answer> {
		if (this.status !== "online") {
			return Promise.reject(new Offline());
		}
		return this.#ask(asked);
	}

	/* For what needs no answer: typing, seen, forget. Silently nothing when offline. */
	tell(asked: Asked): void {
		this.request(asked).catch(() => undefined);
	}

	/* Somebody or something says that the network may be back, or gone. */
	tryNow(): void {
		if (!this.#stopTicking) {
			return;
		}
		if (this.#socket === undefined) {
			this.#pause = PAUSE_MS;
			this.#attempt();
		} else if (this.status === "online") {
			this.#probe(PROBE_MS);
		}
	}

	#attempt(): void {
		const socket = this.#open(this.#url, PROTOCOL);
		this.#socket = socket;
		this.#attemptAt = this.#clock.now();
		this.#askedAt = undefined;
		this.#blocked = false;
		socket.onopen = () => this.#greet(socket);
		socket.onmessage = (event) => this.#receive(event.data);
		socket.onclose = (event) => this.#closed(event.code);
		this.#become(this.status, undefined);
	}

	#greet(socket: Socket): void {
		const greeting = { type: "hello", schema: SCHEMA_HASH, ...this.#hello() } as Asked;
		this.#ask(greeting).then(
			() => {
				if (this.#socket === socket) {
					this.#pause = PAUSE_MS;
				}
			},
			(error: unknown) => {
				/* Not allowed: the server closes, and its close says whether to sign in again. */
				const refused = error instanceof WireError && error.code === "not_allowed";
				if (this.#socket === socket && !refused && this.status !== "online") {
					this.#lost();
				}
			},
		);
	}

	#ask(asked: Asked): Promise<Answer> {
		const ref = ++this.#ref;
		return new Promise((resolve, reject) => {
			this.#pending.set(ref, { until: this.#clock.now() + REQUEST_MS, resolve, reject });
			this.#socket?.send(JSON.stringify({ ...asked, ref }));
		});
	}

	#receive(data: unknown): void {
		this.#lastHeard = this.#clock.now();
		this.#askedAt = undefined;
		this.#take(JSON.parse(String(data)) as WireEvent);
	}

	#take(message: WireEvent): void {
		if (message.type === "welcome") {
			if (this.status === "online") {
				this.#become("connecting", undefined); /* by another road: as new as any */
			}
			this.#become("online", undefined);
		}
		if (message.type === "batch") {
			message.events.forEach((inner) => this.#take(inner as WireEvent));
		}
		const ref = "ref" in message ? message.ref : undefined;
		const pending = ref === undefined ? undefined : this.#pending.get(ref);
		if (pending && ref !== undefined) {
			this.#pending.delete(ref);
			if (message.type === "error") {
				pending.reject(new WireError(message));
			} else {
				pending.resolve(message);
			}
		}
		this.dispatchEvent(new Incoming(message));
	}

	#tick(): void {
		const now = this.#clock.now();
		const frozen = Math.abs(now - this.#lastTick) > SILENCE_MS;
		this.#lastTick = now;
		for (const [ref, pending] of this.#pending) {
			if (now >= pending.until) {
				this.#pending.delete(ref);
				pending.reject(new Offline());
			}
		}
		if (this.#socket === undefined) {
			if (this.retryAt !== undefined && (now >= this.retryAt || frozen)) {
				this.#attempt();
			}
		} else if (this.status !== "online") {
			if (now - this.#attemptAt >= ATTEMPT_MS || frozen) {
				this.#lost();
			} else if (now - this.#attemptAt >= BLOCKED_MS && !this.#blocked) {
				this.#blocked = true;
				void this.#takeDetour();
			}
		} else if (frozen) {
			this.#askedAt = undefined;
			this.#probe(PROBE_MS);
		} else if (this.#askedAt === undefined) {
			if (now - this.#lastHeard >= SILENCE_MS) {
				this.#probe(ANSWER_MS);
			}
		} else if (now - this.#askedAt >= this.#patience) {
			this.#lost();
		}
	}

	#probe(patience: number): void {
		if (this.#askedAt === undefined) {
			this.#askedAt = this.#clock.now();
			this.#patience = patience;
			this.#ask({ type: "ping" }).catch(() => undefined);
		} else {
			this.#patience = Math.min(this.#patience, patience);
		}
	}

	#closed(code: number): void {
		if (code === CLOSE_SIGNED_OUT) {
			this.stop();
			this.#become("offline", undefined);
			this.dispatchEvent(new Event("denied"));
		} else {
			if (code === CLOSE_LATER) {
				this.#pause = PAUSE_MAX_MS;
			}
			this.#lost();
		}
	}

	/* Perhaps it is not the network but the road: then the next attempt has another, at once. */
	async #takeDetour(): Promise<void> {
		const detour = this.#detour;
		this.#detour = undefined;
		try {
			const open = await detour?.(this.#clock, this.#store);
			if (open) {
				this.#open = open;
				if (this.#stopTicking && this.status !== "online") {
					this.#drop();
					this.#attempt();
				}
			}
		} catch {
			this.#detour = detour; /* no network: what fails next looks again */
		}
	}

	#lost(): void {
		if (this.status !== "online") {
			void this.#takeDetour();
		}
		this.#drop();
		/* Half fixed, half chance: a school comes back together, but not in one instant. */
		const pause = this.#pause * (0.5 + this.#random() / 2);
		this.#pause = Math.min(this.#pause * 2, PAUSE_MAX_MS);
		this.#become("offline", this.#clock.now() + pause);
	}

	#drop(): void {
		const socket = this.#socket;
		this.#socket = undefined;
		if (socket) {
			socket.onopen = socket.onmessage = socket.onclose = null;
			socket.close();
		}
		const pending = [...this.#pending.values()];
		this.#pending.clear();
		pending.forEach((one) => one.reject(new Offline()));
	}

	#become(status: Status, retryAt: number | undefined): void {
		if (status === this.status && retryAt === this.retryAt) {
			return;
		}
		this.status = status;
		this.retryAt = retryAt;
		this.dispatchEvent(new Event("status"));
	}
}
