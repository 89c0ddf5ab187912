/*
 * Two roads to the server, used as one socket: the WebSocket, and the stream where a network lets no
 * WebSocket through. Fetched only when a WebSocket brought nothing although the server answers.
 *
 * Each attempt begins on the road that is thought to work and, when that brings nothing for a
 * while, tries the other beside it; the first one on which anything comes is taken. A page on the
 * stream looks for the WebSocket now and then, without a sign on screen: a second socket is opened,
 * must carry a message and its answer, and is then greeted like a new connection while the stream
 * goes on. With its welcome it is the road. The stream stays until all it was asked is answered; what
 * else it brings from hello on is told on the new road too, and only there.
 */

import type { Clock, Open, Socket } from "./connection";
import { StreamSocket, once } from "./stream";
import type { TabStore } from "./store";

const AHEAD_MS = 3000; /* the road that is thought to work begins so much earlier */
const DOUBTED_MS = 500; /* the same when it has just failed */
const LOOK_MS = 60 * 1000; /* first look for the WebSocket, doubled */
const LOOK_MAX_MS = 10 * 60 * 1000;
const PROBE_MS = 5 * 1000; /* a WebSocket that is no road by then is none */
const CLOSE_AWAY = 1001;
const DRAIN_MS = 15 * 1000; /* as long as a request may take */

const ROAD = "road"; /* in the tab's memory, while it is the stream */
const PROBE = JSON.stringify({ type: "ping" }); /* answered, by a refusal, even before hello */

export interface RoadsOptions {
	clock: Clock;
	store: Pick<TabStore, "read" | "write"> | undefined;
	socket?: Open;
	fetch?: typeof fetch;
	key: () => string;
	onHide?: (run: () => void) => void; /* the page goes away */
}

type Kind = "socket" | "stream";

/* What is known of this network; one for each page. */
export class Roads {
	readonly options: RoadsOptions;
	polls = false;
	#doubted = true; /* of the WebSocket: it failed, or none of this would be here */
	#road: Road | undefined; /* the newest */

	constructor(options: RoadsOptions) {
		this.options = options;
		/* A WebSocket ends with its page; a stream would be waited for. */
		const onHide = options.onHide ?? ((run) => addEventListener("pagehide", run));
		onHide(() => this.#road?.end());
	}

	open: Open = (url, protocol) => {
		this.#road = new Road(this, url, protocol);
		return this.#road;
	};

	/* In which order, and after how long the second. */
	plan(): { order: [Kind, Kind]; ahead_ms: number } {
		if (this.options.store?.read(ROAD)) {
			return { order: ["stream", "socket"], ahead_ms: AHEAD_MS };
		}
		return { order: ["socket", "stream"], ahead_ms: this.#doubted ? DOUBTED_MS : AHEAD_MS };
	}

	works(kind: Kind): void {
		this.#doubted = kind === "stream";
		this.options.store?.write(ROAD, kind === "stream" ? true : undefined);
	}

	make(kind: Kind, url: string, protocol: string): Socket {
		const { clock, key, socket } = this.options;
		if (kind === "socket") {
			return socket?.(url, protocol) ?? (new WebSocket(url, protocol) as Socket);
		}
		return new StreamSocket({
			url: url.replace(/^ws/, "http").replace("/ws", "/events"),
			key: key(),
			fetch: this.options.fetch ?? ((input, init) => fetch(input, init)),
			clock,
			polls: this.polls,
			onPoll: () => (this.polls = true),
		});
	}
}

interface Message {
	type: string;
	ref?: number;
	events?: Message[];
}

interface Way {
	kind: Kind;
	socket: Socket;
	open: boolean;
}

class Road implements Socket {
	onopen: (() => void) | null = null;
	onmessage: ((event: { data: unknown }) => void) | null = null;
	onclose: ((event: { code: number }) => void) | null = null;

	readonly #roads: Roads;
	readonly #url: string;
	readonly #protocol: string;
	readonly #waits = new Set<() => void>();
	readonly #left: Kind[]; /* not tried yet */
	readonly #tried = new Set<Way>(); /* nothing came on these yet */
	#asked = false; /* whoever uses this was told that it is open */
	#first: string[] = []; /* what was said before a road was found: hello */
	#way: Way | undefined; /* the road that is used */
	#next: Way | undefined; /* one that is to be used */
	#greeting = false; /* what is sent now is for the next one */
	#held: Message[] | undefined; /* what came by the stream since then; the next one has it too */
	#old: Way | undefined; /* one whose answers are still to come */
	#unanswered = new Set<number | undefined>(); /* refs asked on a stream */
	#look_ms = LOOK_MS;

	constructor(roads: Roads, url: string, protocol: string) {
		this.#roads = roads;
		this.#url = url;
		this.#protocol = protocol;
		const { order, ahead_ms } = roads.plan();
		this.#left = order;
		this.#try();
		this.#after(ahead_ms, () => this.#try());
	}

	send(text: string): void {
		if (this.#greeting) {
			this.#next?.socket.send(text);
			return;
		}
		if (this.#way?.kind === "stream") {
			this.#unanswered.add((JSON.parse(text) as Message).ref);
		}
		if (this.#way) {
			this.#way.socket.send(text);
		} else {
			this.#first.push(text);
			this.#tried.forEach(({ open, socket }) => open && socket.send(text));
		}
	}

	close(): void {
		this.#waits.forEach((stop) => stop());
		for (const way of [...this.#tried, this.#way, this.#next, this.#old]) {
			drop(way);
		}
		this.#tried.clear();
		this.#way = this.#next = this.#old = undefined;
	}

	#after(ms: number, run: () => void): void {
		const stop = once(this.#roads.options.clock, ms, () => {
			this.#waits.delete(stop);
			run();
		});
		this.#waits.add(stop);
	}

	/* ---- which road ---- */

	#try(): void {
		const kind = this.#left[0];
		if (this.#way || !kind) {
			return;
		}
		this.#left.shift();
		const way: Way = { kind, socket: this.#roads.make(kind, this.#url, this.#protocol), open: false };
		this.#tried.add(way);
		way.socket.onopen = () => {
			way.open = true;
			if (this.#asked) {
				this.#first.forEach((text) => way.socket.send(text));
			} else {
				this.#asked = true;
				this.onopen?.();
			}
		};
		way.socket.onmessage = (event) => {
			this.#take(way);
			this.onmessage?.(event);
		};
		way.socket.onclose = ({ code }) => this.#failed(way, code);
	}

	#failed(way: Way, code: number): void {
		this.#tried.delete(way);
		this.#try();
		if (this.#tried.size === 0) {
			this.#closed(code);
		}
	}

	#take(way: Way): void {
		this.#tried.delete(way);
		this.#tried.forEach(drop);
		this.#tried.clear();
		this.#roads.works(way.kind);
		this.#way = way;
		way.socket.onmessage = (event) => this.#pass(event);
		way.socket.onclose = ({ code }) => this.#closed(code);
		if (way.kind === "stream") {
			this.#lookLater();
		}
	}

	#closed(code: number): void {
		this.close();
		this.onclose?.({ code });
	}

	/* As if the other side had closed it. */
	end(): void {
		this.#closed(CLOSE_AWAY);
	}

	#pass(event: { data: unknown }): void {
		if (this.#way?.kind !== "stream") {
			this.onmessage?.(event);
			return;
		}
		const { answers, others } = this.#sort(event.data);
		if (this.#held) {
			answers.forEach((one) => this.#tell(one));
			this.#held.push(...others);
		} else {
			this.onmessage?.(event);
		}
	}

	/* What answers something that was asked on the stream, and the rest. */
	#sort(data: unknown): { answers: Message[]; others: Message[] } {
		const answers: Message[] = [];
		const others: Message[] = [];
		for (const one of messagesOf(data)) {
			(one.ref !== undefined && this.#unanswered.delete(one.ref) ? answers : others).push(one);
		}
		return { answers, others };
	}

	#tell(message: Message): void {
		this.onmessage?.({ data: JSON.stringify(message) });
	}

	/* ---- back to the WebSocket ---- */

	#lookLater(): void {
		this.#after(this.#look_ms, () => this.#look());
		this.#look_ms = Math.min(this.#look_ms * 2, LOOK_MAX_MS);
	}

	#look(): void {
		const socket = this.#roads.make("socket", this.#url, this.#protocol);
		const way: Way = { kind: "socket", socket, open: false };
		const giveUp = (): void => {
			if (this.#next === way) {
				this.#next = undefined;
				drop(way);
				this.#lookLater();
				const held = this.#held ?? [];
				this.#held = undefined;
				held.forEach((one) => this.#tell(one));
			}
		};
		this.#next = way;
		socket.onopen = () => socket.send(PROBE);
		socket.onmessage = () => this.#greet(way);
		socket.onclose = giveUp;
		this.#after(PROBE_MS, giveUp);
	}

	/* It carries. Whoever uses this says hello on it, with all that is held by now. */
	#greet(way: Way): void {
		way.socket.onmessage = (event) => {
			if (messagesOf(event.data).some(({ type }) => type === "welcome")) {
				this.#change(way);
				this.onmessage?.(event);
			}
		};
		this.#held = [];
		this.#greeting = true;
		this.onopen?.();
		this.#greeting = false;
	}

	#change(way: Way): void {
		const old = this.#way as Way;
		this.#next = this.#held = undefined;
		this.#old = old;
		this.#way = way;
		this.#roads.works("socket");
		way.socket.onmessage = (event) => this.#pass(event);
		way.socket.onclose = ({ code }) => this.#closed(code);
		old.socket.onclose = () => this.#leave();
		old.socket.onmessage = (event) => {
			this.#sort(event.data).answers.forEach((one) => this.#tell(one));
			if (this.#unanswered.size === 0) {
				this.#leave();
			}
		};
		if (this.#unanswered.size === 0) {
			this.#leave();
		} else {
			this.#after(DRAIN_MS, () => this.#leave());
		}
	}

	#leave(): void {
		drop(this.#old);
		this.#old = undefined;
	}
}

/* A batch without a ref is several messages; with one it is an answer. */
function messagesOf(data: unknown): Message[] {
	const message = JSON.parse(String(data)) as Message;
	return message.type === "batch" && message.ref === undefined ? (message.events ?? []) : [message];
}

function drop(way: Way | undefined): void {
	if (way) {
		way.socket.onopen = way.socket.onmessage = way.socket.onclose = null;
		way.socket.close();
	}
}
