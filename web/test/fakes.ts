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
	for (let turn = 0; turn < 10; turn++) {
		await Promise.resolve();
	}
}
