/*
 * Sends pictures, one at a time and in order, each with the same id until the answer is there. What
 * waits is in memory alone: a picture is never kept in the browser. No DOM but what uploads.
 */

import { randomHex } from "./hex";
import type { Code } from "./wire";

export const PICTURE_TYPES: readonly string[] = ["image/jpeg", "image/png", "image/webp"];
const BYTES_MAX = 8 * 1024 * 1024; /* the server refuses more */
const RETRY_MS = 2000;

/* Refusals that pass: the picture keeps waiting. Every other one is for the sender to see. */
const passing: ReadonlySet<Code> = new Set(["too_fast", "too_many", "draining", "unavailable"]);

export interface Sending {
	readonly id: string;
	readonly room: number;
	readonly url: string; /* of what is on this device, to be looked at meanwhile */
	readonly part: number; /* of it that has left, 0 to 1 */
	readonly state: "waiting" | "sending" | "sent" | "failed"; /* sent: until the room's log has it */
	readonly code?: Code; /* why it failed */
}

type Request = Pick<XMLHttpRequest, "open" | "setRequestHeader" | "send" | "abort" | "status" | "responseText"
	| "onload" | "onerror" | "onabort" | "timeout" | "ontimeout"> & { upload: Pick<XMLHttpRequestUpload, "onprogress"> };

export interface PictureSenderOptions {
	headers: () => Record<string, string>; /* who sends; a cookie needs none */
	changed: () => void;
	request?: () => Request;
	later?: (ms: number, run: () => void) => void;
	url?: Pick<typeof URL, "createObjectURL" | "revokeObjectURL">;
}

/* Why a file cannot be sent, before it is tried. */
export function whyNoPicture(file: Pick<File, "size" | "type">): Code | undefined {
	if (file.size > BYTES_MAX) {
		return "too_large";
	}
	return PICTURE_TYPES.includes(file.type) && file.size > 0 ? undefined : "bad_picture";
}

interface Answer {
	type?: string;
	code?: Code;
	retry_ms?: number;
}

function parse(text: string): Answer {
	try {
		return JSON.parse(text) as Answer;
	} catch {
		return {};
	}
}

export class PictureSender {
	list: readonly Sending[] = [];
	readonly #options: PictureSenderOptions;
	readonly #files = new Map<string, File>();
	#request: Request | undefined; /* of the one that is sent now */

	constructor(options: PictureSenderOptions) {
		this.#options = options;
	}

	get #url(): Pick<typeof URL, "createObjectURL" | "revokeObjectURL"> {
		return this.#options.url ?? URL;
	}

	add(room: number, file: File): void {
		const id = randomHex(16);
		this.#files.set(id, file);
		this.#set([...this.list, { id, room, url: this.#url.createObjectURL(file), part: 0, state: "waiting" }]);
		this.flush();
	}

	/* Takes it back, whether or not some of it has left. */
	cancel(id: string): void {
		const one = this.list.find((had) => had.id === id);
		this.#drop(id);
		if (one?.state === "sending") {
			this.#request?.abort();
		}
		this.flush();
	}

	again(id: string): void {
		this.#change(id, { state: "waiting", part: 0 });
		this.flush();
	}

	/* The room's log has these by now. */
	arrived(ids: ReadonlySet<string>): void {
		for (const one of this.list) {
			if (ids.has(one.id) && one.state !== "sending") {
				this.#drop(one.id);
			}
		}
	}

	/* Nothing is sent any more, and nothing of what waited stays. */
	stop(): void {
		for (const one of this.list) {
			this.#drop(one.id);
		}
		this.#request?.abort();
		this.#request = undefined;
	}

	/* Call when the connection is there again. */
	flush(): void {
		const next = this.list.find((one) => one.state === "waiting");
		const file = next && this.#files.get(next.id);
		if (next && file && !this.#request) {
			this.#send(next, file);
		}
	}

	#send({ id, room }: Sending, file: File): void {
		const request = this.#options.request?.() ?? new XMLHttpRequest();
		this.#request = request;
		this.#change(id, { state: "sending", part: 0 });
		request.open("POST", "/picture");
		const headers = { ...this.#options.headers(), "Content-Type": file.type, "X-Hark-Room": `${room}`, "X-Hark-Id": id };
		for (const [name, value] of Object.entries(headers)) {
			request.setRequestHeader(name, value);
		}
		request.upload.onprogress = ({ loaded, total }) => this.#change(id, { part: total > 0 ? loaded / total : 0 });
		const end = (): void => {
			if (this.#request === request) {
				this.#request = undefined;
				this.#settle(id, request);
			}
		};
		request.onload = end;
		request.onerror = end;
		request.onabort = end;
		request.send(file);
	}

	#settle(id: string, { status, responseText }: Request): void {
		const { type, code, retry_ms } = parse(responseText);
		if (status === 200 && type === "ok") {
			this.#change(id, { state: "sent", part: 1 });
			this.flush();
		} else if (status === 0 || code === undefined || passing.has(code)) {
			this.#change(id, { state: "waiting", part: 0 });
			this.#again(retry_ms ?? RETRY_MS);
		} else {
			this.#change(id, { state: "failed", part: 0, code });
			this.flush();
		}
	}

	#again(ms: number): void {
		const later = this.#options.later ?? ((wait, run) => void setTimeout(run, wait));
		later(ms, () => this.flush());
	}

	#drop(id: string): void {
		const one = this.list.find((had) => had.id === id);
		if (one) {
			this.#url.revokeObjectURL(one.url);
			this.#files.delete(id);
			this.#set(this.list.filter((had) => had !== one));
		}
	}

	#change(id: string, some: Partial<Sending>): void {
		this.#set(this.list.map((one) => {
			if (one.id !== id) {
				return one;
			}
			const { code: _, ...rest } = one;
			return { ...rest, ...some };
		}));
	}

	#set(list: readonly Sending[]): void {
		this.list = list;
		this.#options.changed();
	}
}
