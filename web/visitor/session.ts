/*
 * Ties the visitor's state to the connection and the tab's memory. Everything the visitor does is
 * an action here: it changes the state at once, is kept in the tab, and reaches the server now or,
 * by the courier, when the connection is back.
 */

import { type Answer, type Asked, type Connection, type Incoming, Stopped, WireError } from "../lib/connection";
import { randomHex } from "../lib/hex";
import { type Outgoing, addOutgoing, dropOutgoing, markOutgoing } from "../lib/roomlog";
import type { TabStore } from "../lib/store";
import { type Audience, type School, dispatch } from "../lib/wire";
import { type OpenResult, makeWords, openWords } from "./codename";
import { Courier } from "./courier";
import { keep, recall } from "./kept";
import { Marks } from "./marks";
import { type Screen, type Visitor, type Wanted, blank, enter, handlers, leave, newestFromOthers, refuse } from "./state";

const RELOAD_AGAIN_MS = 60000; /* a page that is still the wrong one must not reload for ever */

const isRefusal = (error: unknown): error is WireError => error instanceof WireError;

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
	readonly #courier: Courier;
	readonly #now: () => number;
	readonly #marks: Marks;
	#token: string;

	constructor(options: SessionOptions) {
		const { store, school } = options;
		this.#options = options;
		this.#store = store;
		this.#now = options.now ?? (() => Date.now());
		this.#token = store.read<string>("token") ?? this.#newToken();
		this.state = { ...blank, school, ...recall(store) };
		this.#connection = options.makeConnection(() => {
			const after = this.state.log.after;
			return { page: "visitor", token: this.#token, ...(after > 0 ? { after } : {}) };
		});
		this.#marks = new Marks(this.#connection);
		this.#courier = new Courier({
			connection: this.#connection,
			ask: this.#ask,
			state: () => this.state,
			change: (some) => this.#change(some),
			now: this.#now,
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
		const aside = screen === "help" || screen === "languages" || screen === "need";
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
		void this.#courier.run();
	};

	leaveMessage = (to: Audience, body: string, code = ""): void => {
		this.#change({ mail: { to, ...(body ? { out: this.#outgoing(body) } : {}) } });
		if (this.state.state?.phase === "waiting") {
			void this.#courier.run();
		} else {
			this.open({ ...(this.state.wanted ?? { topics: [] }), to, ...(code && { code }) });
		}
		this.#change({ screen: "words" });
	};

	/* Before there is a room, one is opened that only counselors read. */
	needAdult = (note: string): void => {
		const said = note.trim();
		this.#change({ called: true, call: { id: randomHex(16), reason: "need", ...(said && { note: said }) }, trouble: false });
		if (this.state.room === undefined && !this.state.wanted) {
			this.open({ topics: [], to: "counselor" });
			this.#change({ screen: "need" });
		}
		void this.#courier.run();
	};

	/* What one chooses to say of oneself. True once it is sealed. */
	offer = (what: { name?: string; location?: string }): Promise<boolean> =>
		this.#connection.request({ type: "identity.offer", room: this.state.room as number, ...what }).then(
			() => true,
			() => false,
		);

	send = (body: string): void => {
		this.#change({ log: addOutgoing(this.state.log, this.#outgoing(body)) });
		this.typing(false);
		void this.#courier.run();
	};

	again = (id: string): void => {
		this.#change({ log: markOutgoing(this.state.log, id) });
		void this.#courier.run();
	};

	/* Takes a refused message back; gives its text. */
	takeBack = (id: string): string => {
		const out = this.state.log.outbox.find((one) => one.id === id);
		this.#change({ log: dropOutgoing(this.state.log, id) });
		return out?.body ?? "";
	};

	typing = (typing: boolean): void => this.#marks.typing(this.state, typing, this.#now());

	wait = async (code?: string): Promise<boolean> =>
		!this.state.stop && this.#tellRoom({ type: "room.wait", ...(code && { code }) });

	end = (): Promise<boolean> => this.#tellRoom({ type: "room.end" });

	earlier = (): void => {
		const { room, log } = this.state;
		const before = log.events[0]?.n;
		if (room !== undefined && before !== undefined && before > 1) {
			this.#connection.tell({ type: "room.history", room, before, limit: 50 });
		}
	};

	makeWords = async (): Promise<OpenResult> => {
		const { result, words } = await makeWords(this.#connection, this.state.room as number);
		if (words !== undefined) {
			this.#change({ words });
		}
		return result;
	};

	openWords = async (words: string): Promise<OpenResult> => {
		const { result, room } = await openWords({ request: this.#ask }, words);
		if (room !== undefined) {
			this.#set({ ...enter(this.state, room), words, screen: undefined, forgot: false });
		}
		return result;
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
		this.state.stop?.();
		this.#connection.tell({ type: "token.forget" });
		this.#connection.stop();
		this.#store.clear();
	};

	/* What a picture's request says of who sends or looks. */
	bearer = (): Record<string, string> => ({ Authorization: `Bearer ${this.#token}` });

	draft = (key: "draft" | "letter"): string => this.#store.read<string>(key) ?? "";
	keepDraft = (key: "draft" | "letter", text: string): void => this.#store.write(key, text || undefined);

	setFolded = (folded: boolean): void => this.#change({ folded });

	/* The page is on screen again, or the log has grown while it is. */
	look = (): void => {
		if (!this.state.folded && this.#options.visible()) {
			this.#marks.seen(this.state);
		}
	};

	/* ---- what the server says ---- */

	#onStatus(): void {
		const { status, retryAt } = this.#connection;
		this.#change({ status, retryAt });
		if (status === "online") {
			this.#marks.reset();
		}
	}

	#onMessage({ message }: Incoming): void {
		const had = newestFromOthers(this.state);
		this.#set(dispatch(handlers, this.state, message, this.#now()));
		/* In a room, its state comes first: what was wanted may have been reached before the break. */
		if (message.type === "state.room" || (message.type === "welcome" && this.state.room === undefined)) {
			void this.#courier.run();
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

	async #tellRoom(asked: { type: "room.wait" | "room.end"; code?: string }): Promise<boolean> {
		const { room } = this.state;
		try {
			await this.#ask({ ...asked, room: room as number });
			this.#change({ screen: undefined, trouble: false });
			return true;
		} catch (error) {
			if (!(error instanceof Stopped)) {
				this.#change(refuse(error, undefined, this.#now()));
			}
			return false;
		}
	}

	/* Under pressure the server wants a small sum first. */
	#ask = async (asked: Asked): Promise<Answer> => {
		try {
			return await this.#connection.request(asked);
		} catch (error) {
			if (!isRefusal(error) || !error.told.challenge) {
				throw error;
			}
			const { effort } = await import("./effort");
			return effort({
				refused: error,
				again: (work) => this.#connection.request({ ...asked, work } as Asked),
				show: (stop) => this.#change({ stop }),
				stopped: new Stopped(),
				isRefusal,
			});
		}
	};

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
		keep(this.#store, last, next);
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
