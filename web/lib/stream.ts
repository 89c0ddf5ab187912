/*
 * The road where no WebSocket gets through: server-sent events down, one POST for each message up.
 * It looks like a socket to whoever uses it. No DOM; fetch and the clock are arguments.
 *
 * The page makes the stream's key. Events and messages are numbered: a stream that broke goes on
 * after the last event that came, a message whose answer was lost is sent again under its number,
 * and what came twice is dropped. The server keeps what was not confirmed, and only so much of it:
 * who has nothing to say says `ping` in time. Where nothing is said although hello was taken,
 * something on the way keeps what it should pass on until the answer is complete; then the page
 * polls: each answer is a whole one, given as soon as there is something to say or after WAIT_S.
 */

import type { Clock, Socket } from "./connection";

const HEADERS_MS = 1000; /* an answer that has not begun by then may be kept back: speak anyway */
const HELD_MS = 3500; /* hello was taken and nothing was said: poll */
const WAIT_S = 20;
const POLLED_MS = 1000; /* an answer with nothing in it before that is a broken one */
const AGAIN_MS = [0, 500, 1500]; /* what broke is tried again */
const UNKNOWN_MS = 250; /* hello came before its stream did */
const UNKNOWN_TRIES = 12;
const LAST_MS = 5000; /* what was said last may take so long, for a browser has few connections */
const OUTLIVES_PAGE = 8 * 1024; /* characters; of longer messages a browser may keep none alive */
const CONFIRM_MS = 15 * 1000; /* whatever comes so long after the last message is answered; a hidden page's timers may sleep */
const CONFIRM_EVENTS = 64; /* half of what the server keeps */
const CONFIRM_CHARACTERS = 16 * 1024; /* of up to two bytes */
const PING = JSON.stringify({ type: "ping" });
const CLOSE_LOST = 1006;
const CLOSE_LATER = 1013;

export interface StreamOptions {
	url: string; /* of the events, as http */
	key: string; /* 64 hexadecimal digits; a secret */
	fetch: typeof fetch;
	clock: Clock;
	polls?: boolean; /* known already: streams are kept back here */
	onPoll?: () => void; /* found out */
}

/* What an event says, and the rest of the text, which is not complete yet. */
export interface Told {
	id: string;
	name: string;
	data: string;
}

/* Server-sent events (WHATWG HTML 9.2.6), as far as ours go: complete ones leave the text. */
export function takeEvents(text: string): { told: Told[]; rest: string } {
	const blocks = text.replace(/\r\n?/g, "\n").split("\n\n");
	const rest = blocks.pop() as string;
	const told = blocks.map((block) => {
		const field = (name: string): string =>
			block
				.split("\n")
				.filter((line) => line.startsWith(`${name}:`))
				.map((line) => line.slice(name.length + 1).replace(/^ /, ""))
				.join("\n");
		return { id: field("id"), name: field("event"), data: field("data") };
	});
	return { told: told.filter(({ data }) => data !== ""), rest };
}

export function once(clock: Clock, ms: number, run: () => void): () => void {
	const stop = clock.every(ms, () => {
		stop();
		run();
	});
	return stop;
}

export class StreamSocket implements Socket {
	onopen: (() => void) | null = null;
	onmessage: ((event: { data: unknown }) => void) | null = null;
	onclose: ((event: { code: number }) => void) | null = null;

	readonly #options: StreamOptions;
	readonly #waits = new Set<() => void>();
	#reading = new AbortController();
	readonly #speaking = new AbortController();
	#polls: boolean;
	#opened = false;
	#closed = false;
	#last = 0; /* event */
	#broken = 0; /* times in a row */
	#queue: string[] = [];
	#sending = false;
	#delivered: Promise<unknown> | undefined; /* what is under way */
	#said = 0; /* messages */
	#saidAt: number;
	#unconfirmed = { events: 0, characters: 0 };

	constructor(options: StreamOptions) {
		this.#options = options;
		this.#polls = options.polls ?? false;
		this.#saidAt = options.clock.now();
		void this.#read();
		this.#after(HEADERS_MS, () => this.#open());
	}

	send(text: string): void {
		this.#queue.push(text);
		void this.#pump();
	}

	/* What was said still leaves, even when the page goes away at once. */
	close(): void {
		if (!this.#closed) {
			this.#end();
			const left = this.#queue.splice(0).map((text) => this.#post(text));
			void Promise.allSettled([this.#delivered, ...left]).then(() => this.#leave());
		}
	}

	#end(): void {
		this.#closed = true;
		this.#reading.abort();
		this.#waits.forEach((stop) => stop());
		once(this.#options.clock, LAST_MS, () => this.#speaking.abort());
	}

	#lost(code: number): void {
		if (!this.#closed) {
			this.#end();
			this.onclose?.({ code });
		}
	}

	#after(ms: number, run: () => void): void {
		const stop = once(this.#options.clock, ms, () => {
			this.#waits.delete(stop);
			run();
		});
		this.#waits.add(stop);
	}

	#open(): void {
		if (!this.#opened && !this.#closed) {
			this.#opened = true;
			this.onopen?.();
		}
	}

	get #headers(): Record<string, string> {
		const { key } = this.#options;
		return { Authorization: `Hark ${key}`, ...(this.#last > 0 ? { "Last-Event-ID": String(this.#last) } : {}) };
	}

	/* ---- down ---- */

	async #read(): Promise<void> {
		const reading = new AbortController();
		this.#reading = reading;
		const askedAt = this.#options.clock.now();
		try {
			const answer = await this.#options.fetch(this.#options.url, {
				headers: { ...this.#headers, ...(this.#polls ? { Prefer: `wait=${WAIT_S}` } : {}) },
				cache: "no-store",
				credentials: "same-origin",
				signal: reading.signal,
			});
			if (!answer.ok || !answer.body) {
				this.#refused(answer.status);
				return;
			}
			this.#open();
			this.#confirmed(); /* up to what was asked with */
			await this.#follow(answer.body.getReader(), reading);
			if (this.#polls && this.#options.clock.now() - askedAt >= POLLED_MS) {
				this.#broken = 0;
			}
		} catch {
			/* The network's fault, or our own wish. */
		}
		if (reading === this.#reading) {
			this.#again();
		}
	}

	async #follow(reader: ReadableStreamDefaultReader<Uint8Array>, reading: AbortController): Promise<void> {
		const decoder = new TextDecoder();
		let text = "";
		for (;;) {
			const { done, value } = await reader.read();
			if (done || this.#closed || reading !== this.#reading) {
				return;
			}
			this.#broken = 0;
			const { told, rest } = takeEvents(text + decoder.decode(value, { stream: true }));
			text = rest;
			told.forEach((one) => this.#tell(one));
			this.#keepUp(); /* a mere ":" counts: where nobody speaks nothing else comes */
		}
	}

	#tell({ id, name, data }: Told): void {
		if (this.#closed) {
			return;
		}
		if (name === "close") {
			this.#lost(Number(data) || CLOSE_LOST);
		} else if (Number(id) > this.#last) {
			this.#last = Number(id);
			this.#count(data.length);
			this.onmessage?.({ data });
		}
	}

	#count(characters: number): void {
		const { events, characters: had } = this.#unconfirmed;
		this.#unconfirmed = { events: events + 1, characters: had + characters };
	}

	/* Says something before the server stops giving, or takes the page for gone. What waits to be posted does as well. */
	#keepUp(): void {
		const { events, characters } = this.#unconfirmed;
		const much = events >= CONFIRM_EVENTS || characters >= CONFIRM_CHARACTERS;
		const late = this.#options.clock.now() - this.#saidAt >= CONFIRM_MS;
		if (!this.#closed && !this.#polls && this.#queue.length === 0 && (much || late)) {
			this.send(PING);
		}
	}

	#confirmed(): void {
		this.#unconfirmed = { events: 0, characters: 0 };
	}

	/* A poll's end is as it should be; a stream's is not, but it may go on where it was. */
	#again(): void {
		if (this.#closed) {
			return;
		}
		const pause = AGAIN_MS[this.#broken++];
		if (pause === undefined) {
			this.#lost(CLOSE_LOST);
		} else if (pause === 0) {
			void this.#read();
		} else {
			this.#after(pause, () => void this.#read());
		}
	}

	#refused(status: number): void {
		this.#lost(status === 503 || status === 429 ? CLOSE_LATER : CLOSE_LOST);
	}

	/* hello was taken. When nothing comes of it, what comes is being kept back. */
	#expect(): void {
		this.#after(HELD_MS, () => {
			if (this.#last === 0 && !this.#polls) {
				this.#polls = true;
				this.#options.onPoll?.();
				this.#reading.abort();
				void this.#read();
			}
		});
	}

	/* ---- up ---- */

	async #pump(): Promise<void> {
		if (this.#sending) {
			return;
		}
		this.#sending = true;
		for (let text = this.#queue.shift(); text !== undefined; text = this.#queue.shift()) {
			await this.#deliver(text);
		}
		this.#sending = false;
	}

	async #deliver(text: string): Promise<void> {
		const number = ++this.#said;
		for (let tries = 0; !this.#closed; tries++) {
			const post = this.#post(text, number);
			this.#delivered = post;
			const status = await post.then((answer) => answer.status, () => 0);
			if (status === 204) {
				if (number === 1) {
					this.#expect();
				}
				return;
			}
			const early = status === 404 && number === 1 && tries < UNKNOWN_TRIES;
			const pause = status === 0 ? AGAIN_MS[tries] : early ? UNKNOWN_MS : undefined;
			if (pause === undefined) {
				this.#refused(status);
				return;
			}
			await new Promise<void>((resolve) => this.#after(pause, resolve));
		}
	}

	/* Without a number it is taken whatever else is under way: the last ones of a page that leaves. */
	#post(text: string, number?: number): Promise<Response> {
		this.#saidAt = this.#options.clock.now();
		this.#confirmed();
		return this.#options.fetch(this.#options.url.replace("/events", "/send"), {
			method: "POST",
			headers: {
				...this.#headers,
				"Content-Type": "application/json",
				...(number === undefined ? {} : { "X-Hark-Number": String(number) }),
			},
			body: text,
			cache: "no-store",
			credentials: "same-origin",
			keepalive: text.length < OUTLIVES_PAGE,
			signal: this.#speaking.signal,
		});
	}

	/* The session need not wait for us to come back. */
	#leave(): void {
		const { fetch: ask, url } = this.#options;
		const headers = this.#headers;
		ask(url, { method: "DELETE", headers, credentials: "same-origin", keepalive: true }).catch(() => undefined);
	}
}
