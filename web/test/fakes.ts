/* A socket and a clock that do what the test says, and nothing else. */

import type { Clock, Socket } from "../lib/connection";
import type { WireEvent } from "../lib/wire";

export class FakeClock implements Clock {
	time = 1_000_000;
	#timers = new Set<{ ms: number; next: number; run: () => void }>();

	now(): number {
		return this.time;
	}

	every(ms: number, run: () => void): () => void {
		const timer = { ms, next: this.time + ms, run };
		this.#timers.add(timer);
		return () => void this.#timers.delete(timer);
	}

	/* Time passes, every timer on time. */
	pass(ms: number): void {
		const end = this.time + ms;
		for (;;) {
			const due = [...this.#timers].filter((one) => one.next <= end).sort((a, b) => a.next - b.next)[0];
			if (!due) {
				break;
			}
			this.time = due.next;
			due.next += due.ms;
			due.run();
		}
		this.time = end;
	}

	/* Time passes while the tab is frozen: no timer runs until the end. */
	freeze(ms: number): void {
		this.time += ms;
		for (const timer of [...this.#timers]) {
			timer.next = this.time + timer.ms;
			timer.run();
		}
	}
}

export class FakeSocket implements Socket {
	onopen: (() => void) | null = null;
	onmessage: ((event: { data: unknown }) => void) | null = null;
	onclose: ((event: { code: number }) => void) | null = null;
	sent: Record<string, unknown>[] = [];
	closed = false;

	send(text: string): void {
		this.sent.push(JSON.parse(text) as Record<string, unknown>);
	}

	close(): void {
		this.closed = true;
	}

	/* The newest request of this type. */
	last(type: string): Record<string, unknown> | undefined {
		return this.sent.filter((one) => one.type === type).pop();
	}

	give(message: object): void {
		this.onmessage?.({ data: JSON.stringify(message) });
	}

	/* Opens, and answers hello. */
	welcome(): void {
		this.onopen?.();
		this.give({ type: "welcome", ref: this.last("hello")?.ref, role: "visitor", server_ms: 0 });
	}
}

export function posted(n: number, more: Partial<Extract<WireEvent, { type: "chat.posted" }>> = {}) {
	const id = n.toString(16).padStart(32, "0");
	return { type: "chat.posted", room: 1, n, at_ms: n * 1000, who: "peer", name: "Juniper", id, body: `m${n}`, ...more } as const;
}

/* Lets promises that are settled run their continuations. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) {
		await Promise.resolve();
	}
}

interface Asked {
	url: string;
	headers: Record<string, string>;
	signal: AbortSignal;
	body: string;
	keepalive: boolean;
}

/* The other end of fetch: answers when the test says so, the newest GET and the oldest open POST. */
export class FakeServer {
	readonly gets: Asked[] = [];
	readonly posts: Asked[] = [];
	readonly leaves: Asked[] = [];
	#get: { resolve: (answer: Response) => void; reject: (error: Error) => void } | undefined;
	#body: ReadableStreamDefaultController<Uint8Array> | undefined;
	#open: { resolve: (answer: Response) => void; reject: (error: Error) => void }[] = [];

	readonly fetch = ((url: string, init: RequestInit) => {
		const asked: Asked = {
			url,
			headers: init.headers as Record<string, string>,
			signal: init.signal ?? new AbortController().signal,
			body: (init.body as string | undefined) ?? "",
			keepalive: init.keepalive ?? false,
		};
		const list = { POST: this.posts, DELETE: this.leaves }[init.method ?? ""] ?? this.gets;
		list.push(asked);
		return new Promise<Response>((resolve, reject) => {
			if (list === this.posts) {
				this.#open.push({ resolve, reject });
			} else if (list === this.gets) {
				this.#get = { resolve, reject };
				asked.signal.addEventListener("abort", () => reject(new Error("aborted")));
			}
		});
	}) as typeof fetch;

	async begin(status = 200): Promise<void> {
		const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#body = controller) });
		this.#get?.resolve(new Response(body, { status }));
		await settle();
	}

	async writeBytes(bytes: Uint8Array): Promise<void> {
		this.#body?.enqueue(bytes);
		await settle();
	}

	write(text: string): Promise<void> {
		return this.writeBytes(new TextEncoder().encode(text));
	}

	async end(): Promise<void> {
		this.#body?.close();
		await settle();
	}

	/* The GET, begun or not, ends in the middle. */
	async breakOff(): Promise<void> {
		this.#get?.reject(new Error("network"));
		try {
			this.#body?.error(new Error("network"));
		} catch {
			/* ended before */
		}
		await settle();
	}

	async answer(status: number): Promise<void> {
		this.#open.shift()?.resolve(new Response(null, { status }));
		await settle();
	}

	async fail(): Promise<void> {
		this.#open.shift()?.reject(new Error("network"));
		await settle();
	}
}
