/*
 * Ties the visitor's state to the connection and the tab's memory. Everything the visitor does is
 * an action here: it changes the state at once, is kept in the tab, and reaches the server now or
 * when the connection is back. What must be said in order (open the room, make it a mailbox, then
 * the messages) is said by settle(), which may run at any time.
 */

import { Connection, type Incoming, Offline, WireError } from "../lib/connection";
import { randomHex } from "../lib/hex";
import { Outbox } from "../lib/outbox";
import { type Outgoing, acknowledge, addOutgoing, dropOutgoing, markOutgoing, markTried, newest } from "../lib/roomlog";
import type { TabStore } from "../lib/store";
import { type Audience, type School, dispatch } from "../lib/wire";
import { type Mail, type Screen, type Visitor, type Wanted, blank, enter, handlers, leave, newestFromOthers } from "./state";

const TYPING_AGAIN_MS = 4000; /* the server forgets after 6 s */
const RELOAD_AGAIN_MS = 60000; /* a page that is still the wrong one must not reload for ever */

export type OpenResult = "ok" | "wrong" | "tooFast" | "needNet" | "notNow";

export interface SessionOptions {
	store: TabStore;
	school: School | null;
	makeConnection: (hello: () => { page: "visitor"; token: string; after?: number }) => Connection;
	changed: (state: Visitor) => void;
	visible: () => boolean;
	reload: () => void;
	now?: () => number;
}

export class Session {
	state: Visitor;
	readonly #connection: Connection;
	readonly #store: TabStore;
	readonly #options: SessionOptions;
	readonly #outbox: Outbox;
	readonly #now: () => number;
	#token: string;
	#settling = false;
	#seen = { room: 0, n: 0 };
	#typingTold = 0;

	constructor(options: SessionOptions) {
		const { store, school } = options;
		this.#options = options;
		this.#store = store;
		this.#now = options.now ?? (() => Date.now());
		this.#token = store.read<string>("token") ?? this.#newToken();
		const log = { ...blank.log, outbox: store.read<Outgoing[]>("outbox") ?? [] };
		this.state = {
			...blank,
			school,
			lasting: store.lasting,
			room: store.read<number>("room"),
			wanted: store.read<Wanted>("wanted"),
			mail: store.read<Mail>("mail"),
			log,
		};
		this.#connection = options.makeConnection(() => {
			const after = this.state.log.after;
			return { page: "visitor", token: this.#token, ...(after > 0 ? { after } : {}) };
		});
		this.#outbox = new Outbox({
			connection: this.#connection,
			next: () => {
				const { room, wanted, log: held } = this.state;
				const out = held.outbox.find((one) => one.failed === undefined);
				return room !== undefined && !wanted && out ? { room, out } : undefined;
			},
			trying: (out) => this.#change({ log: markTried(this.state.log, out.id) }),
			sent: (out, ok) => this.#sent(out, ok),
			refused: (out, code) => this.#change({ log: markOutgoing(this.state.log, out.id, code) }),
		});
		this.#connection.addEventListener("status", () => this.#onStatus());
		this.#connection.addEventListener("message", (event) => this.#onMessage(event as Incoming));
		this.#connection.addEventListener("denied", () => this.#onDenied());
	}

	start(): void {
		this.#connection.start();
	}

	/* ---- what the visitor does ---- */

	go = (screen: Screen | undefined): void => {
		const aside = screen === "help" || screen === "languages";
		this.#change({
			screen,
			before: aside ? (this.state.screen === screen ? this.state.before : this.state.screen) : undefined,
			trouble: false,
		});
	};

	back = (): void => this.#change({ screen: this.state.before, before: undefined });

	tryNow = (): void => this.#connection.tryNow();

	open = (wanted: Wanted): void => {
		this.#change({ wanted, screen: undefined, trouble: false, waitingSince: this.#now() });
		void this.#settle();
	};

	leaveMessage = (to: Audience, body: string): void => {
		this.#change({ mail: { to, ...(body ? { out: this.#outgoing(body) } : {}) } });
		if (this.state.state?.phase === "waiting") {
			void this.#settle();
		} else {
			this.open({ ...(this.state.wanted ?? { topics: [] }), to });
		}
		this.#change({ screen: "words" });
	};

	send = (body: string): void => {
		this.#change({ log: addOutgoing(this.state.log, this.#outgoing(body)) });
		this.typing(false);
		void this.#settle();
	};

	again = (id: string): void => {
		this.#change({ log: markOutgoing(this.state.log, id) });
		void this.#settle();
	};

	/* Takes a refused message back; gives its text. */
	takeBack = (id: string): string => {
		const out = this.state.log.outbox.find((one) => one.id === id);
		this.#change({ log: dropOutgoing(this.state.log, id) });
		return out?.body ?? "";
	};

	typing = (typing: boolean): void => {
		const { room, state } = this.state;
		const due = typing ? this.#now() - this.#typingTold >= TYPING_AGAIN_MS : this.#typingTold !== 0;
		if (room !== undefined && state?.phase === "live" && due) {
			this.#typingTold = typing ? this.#now() : 0;
			this.#connection.tell({ type: "chat.typing", room, typing });
		}
	};

	wait = (): Promise<boolean> => this.#tellRoom("room.wait");

	end = (): Promise<boolean> => this.#tellRoom("room.end");

	earlier = (): void => {
		const { room, log } = this.state;
		const before = log.events[0]?.n;
		if (room !== undefined && before !== undefined && before > 1) {
			this.#connection.tell({ type: "room.history", room, before, limit: 50 });
		}
	};

	makeWords = async (): Promise<OpenResult> => {
		const { room } = this.state;
		try {
			const answer = await this.#connection.request({ type: "codename.make", room: room as number });
			if (answer.type === "codename") {
				this.#change({ words: answer.words });
			}
			return "ok";
		} catch (error) {
			return resultOf(error);
		}
	};

	openWords = async (words: string): Promise<OpenResult> => {
		try {
			const answer = await this.#connection.request({ type: "codename.open", words });
			if (answer.type === "ok" && answer.room !== undefined) {
				this.#set({ ...enter(this.state, answer.room), words, screen: undefined, forgot: false });
			}
			return "ok";
		} catch (error) {
			return resultOf(error);
		}
	};

	/* This tab knows nothing any more; the server neither. Returns before the network does. */
	forget = (): void => {
		this.vanish();
		this.#token = this.#newToken();
		const { school, lasting, folded } = this.state;
		this.#set({ ...blank, school, lasting, folded });
		this.#connection.start();
	};

	/* The same, when the page itself goes away. */
	vanish = (): void => {
		this.#connection.tell({ type: "token.forget" });
		this.#connection.stop();
		this.#store.clear();
	};

	draft = (key: "draft" | "letter"): string => this.#store.read<string>(key) ?? "";
	keepDraft = (key: "draft" | "letter", text: string): void => this.#store.write(key, text || undefined);

	setFolded = (folded: boolean): void => this.#change({ folded });

	/* The page is on screen again, or the log has grown while it is. */
	look = (): void => {
		const { room, folded, log } = this.state;
		if (room === undefined || folded || !this.#options.visible()) {
			return;
		}
		const told = this.#seen.room === room ? this.#seen.n : 0;
		if (newestFromOthers(this.state) > told) {
			const n = newest(log);
			this.#seen = { room, n };
			this.#connection.tell({ type: "chat.seen", room, n });
		}
	};

	/* ---- what the server says ---- */

	#onStatus(): void {
		const { status, retryAt } = this.#connection;
		this.#change({ status, retryAt });
		if (status === "online") {
			this.#seen = { room: 0, n: 0 };
			this.#typingTold = 0;
		}
	}

	#onMessage({ message }: Incoming): void {
		const had = newestFromOthers(this.state);
		this.#set(dispatch(handlers, this.state, message, this.#now()));
		/* In a room, its state comes first: what was wanted may have been reached before the break. */
		if (message.type === "state.room" || (message.type === "welcome" && this.state.room === undefined)) {
			void this.#settle();
		}
		if (message.type === "reload") {
			this.#reload();
		}
		if (newestFromOthers(this.state) > had || message.type === "state.caught_up") {
			this.look();
		}
	}

	#onDenied(): void {
		this.#token = this.#newToken();
		if (this.state.room !== undefined) {
			this.#set({ ...leave(this.state), forgot: true, screen: "words" });
		}
		this.#connection.start();
	}

	/* A newer server does not take this page's messages; those that wait are sent after the reload. */
	#reload(): void {
		const last = this.#store.read<number>("reloaded") ?? 0;
		const safe = this.#store.lasting || this.state.log.outbox.length === 0;
		if (safe && this.#now() - last > RELOAD_AGAIN_MS) {
			this.#store.write("reloaded", this.#now());
			this.#options.reload();
		}
	}

	/* ---- in order: the room, the mailbox, the messages ---- */

	async #settle(): Promise<void> {
		if (this.#settling || this.#connection.status !== "online") {
			return;
		}
		this.#settling = true;
		try {
			await this.#openWanted();
			await this.#makeMailbox();
		} catch (error) {
			if (error instanceof WireError) {
				const screen = this.state.mail ? "leave" : "start";
				this.#change({ wanted: undefined, mail: undefined, trouble: true, screen });
			} else if (!(error instanceof Offline)) {
				throw error;
			}
		} finally {
			this.#settling = false;
		}
		await this.#outbox.flush();
	}

	async #openWanted(): Promise<void> {
		const { wanted, room } = this.state;
		if (!wanted) {
			return;
		}
		if (room === undefined) {
			const answer = await this.#connection.request({ type: "room.start", ...wanted });
			if (answer.type === "ok" && answer.room !== undefined) {
				this.#set(enter(this.state, answer.room));
			}
		}
		this.#change({ wanted: undefined });
	}

	/* The room's new state, when it comes, hands the message over. */
	async #makeMailbox(): Promise<void> {
		const { mail, room, state } = this.state;
		if (mail && room !== undefined && state?.phase === "waiting") {
			await this.#connection.request({ type: "room.mailbox", room, to: mail.to });
		}
	}

	#sent(out: Outgoing, ok: { n?: number; at_ms?: number }): void {
		const { room, log } = this.state;
		if (room !== undefined && ok.n !== undefined) {
			const at = { room, n: ok.n, at_ms: ok.at_ms ?? this.#now() };
			this.#change({ log: acknowledge(log, { id: out.id, ...at, who: "visitor", name: "" }) });
		}
	}

	async #tellRoom(type: "room.wait" | "room.end"): Promise<boolean> {
		const { room } = this.state;
		try {
			await this.#connection.request({ type, room: room as number });
			this.#change({ screen: undefined });
			return true;
		} catch {
			this.#change({ trouble: true });
			return false;
		}
	}

	/* ---- the state, and what of it the tab keeps ---- */

	#change(some: Partial<Visitor>): void {
		this.#set({ ...this.state, ...some });
	}

	#set(next: Visitor): void {
		const last = this.state;
		if (next === last) {
			return;
		}
		this.state = next;
		if (last.mail && !next.mail && !next.trouble) {
			this.keepDraft("letter", "");
		}
		if (next.log.outbox !== last.log.outbox) {
			this.#store.write("outbox", next.log.outbox.length > 0 ? next.log.outbox : undefined);
		}
		for (const key of ["room", "wanted", "mail"] as const) {
			if (next[key] !== last[key]) {
				this.#store.write(key, next[key]);
			}
		}
		this.#options.changed(next);
	}

	#outgoing(body: string): Outgoing {
		return { id: randomHex(16), body, at_ms: this.#now() };
	}

	#newToken(): string {
		const token = randomHex(32);
		this.#store.write("token", token);
		return token;
	}
}

function resultOf(error: unknown): OpenResult {
	if (error instanceof WireError) {
		return error.code === "wrong_words" ? "wrong" : error.code === "too_fast" ? "tooFast" : "notNow";
	}
	return "needNet";
}
