/*
 * What the oversight page knows: pure functions from what the server said (and what the reader
 * chose) to the next state. No DOM, no clock, no connection. How the feed is followed: feed.ts.
 */

import { dispatch } from "../lib/wire";
import type { FeedEvent, Handlers, LogEvent, Of, WireEvent } from "../lib/wire";
import type { CallMark, NoteMark } from "../lib/protocol";
import { onCall } from "./calls";
import { onFile } from "./files";
import { onBlocked, onCaughtUp, onFeed, onWall, onWelcome } from "./feed";
import type { Flag } from "./flags";
import { onMarks } from "./flags";
import type { News } from "./news";
import { onEscrow, onShown, onTold } from "./sealed";
import type { Voice } from "./talk";

export const STREAM_MAX = 2000;		/* events kept in the stream */
export const LINES_MAX = 60;		/* events kept for a room's card */
export const TIMELINE_MAX = 2000;	/* events kept of the opened room */
export const NAMES_MAX = 2000;		/* rooms whose name is remembered after their end */

export type Wall = Of<"state.wall">;
export type Call = Of<"state.escalation">;
export type Case = Of<"case.told">;
export type Filter = "all" | "flagged" | "waiting";
export type Page = "live" | "cases" | "past" | "search" | "phrases" | "audit" | "settings";

export interface RoomName { name: string; picture: string }
export interface Taken { by: string; at_ms: number }

/* One line of the stream; `missing`: the room's events just before it never reached us. */
export interface Entry { seq: number; event: FeedEvent; missing: boolean }

/* The one room that is being read. */
export interface Timeline {
	room: number;
	events: LogEvent[];		/* by n, without doubles */
	asking: boolean;		/* older ones, or the room itself, are under way */
	refused: string;		/* why it could not be read; empty when it could */
	at: number;			/* the n to show first; 0: the end */
	marked: boolean;		/* notes and calls are known */
	notes: readonly NoteMark[];
	calls: readonly CallMark[];
	blocked_ms: number;		/* the room's key is blocked until then (UTC); 0: it is not known to be */
	sealed: Of<"identity.told"> | null;
	caseId: number;			/* the room's open case; 0: none */
	filed: boolean;			/* it is known whether there is one */
}

export interface Oversight {
	me: Of<"welcome"> | null;
	skew_ms: number;		/* server's clock minus ours */
	school: Of<"state.school"> | null;
	staff: Of<"state.staff"> | null;
	channels: Of<"state.channels"> | null;
	escrow: Of<"state.escrow"> | null;
	cases: Of<"state.cases"> | null;
	walls: Map<number, Wall>;
	calls: Map<number, Call>;	/* for an adult, that are not closed, by escalation */
	fresh: Set<number> | null;	/* catching up: walls heard since hello; null when done */
	freshCalls: Set<number>;	/* calls heard since hello */
	lines: Map<number, LogEvent[]>;
	flags: Map<number, Map<number, Flag>>;	/* flagged messages by room and n */
	files: Map<number, Case>;	/* cases that were read, by case */
	names: Map<number, RoomName>;
	taken: Map<number, Taken>;
	stream: Entry[];		/* oldest first */
	floor: number;			/* the stream's oldest seq; older ones are not wanted */
	seq: number;			/* resume after this one; 0 before anything came */
	held: number | null;		/* the stream stands still at this seq */
	news: News[];			/* what every counselor is told, until put away */
	voices: Map<number, Voice>;	/* what is being written in rooms one stepped into */
	shown: Of<"identity.shown"> | null;	/* sealed details, until their clock runs out */
	page: Page;
	caseId: number;			/* the case that is open on the cases page; 0: the list */
	filter: Filter;
	open: Timeline | null;
	status: "connecting" | "online" | "offline";
	since_ms: number;		/* in that status since */
	heard_ms: number;		/* when the picture was last known to be complete */
	retry_ms: number;		/* next attempt (our clock) */
}

export function begin(now: number): Oversight {
	return {
		me: null, skew_ms: 0, school: null, staff: null, channels: null, escrow: null, cases: null,
		walls: new Map(), calls: new Map(), fresh: new Set(), freshCalls: new Set(),
		lines: new Map(), flags: new Map(), files: new Map(), names: new Map(), taken: new Map(), voices: new Map(),
		stream: [], floor: 0, seq: 0, held: null, news: [], shown: null,
		page: "live", caseId: 0, filter: "all", open: null,
		status: "connecting", since_ms: now, heard_ms: 0, retry_ms: 0,
	};
}

const handlers: Handlers<Oversight> = {
	"welcome": onWelcome,
	"state.school": (s, school) => ({ ...s, school }),
	"state.staff": (s, staff) => ({ ...s, staff }),
	"state.channels": (s, channels) => ({ ...s, channels }),
	"state.cases": (s, cases) => ({ ...s, cases }),
	"state.wall": onWall,
	"state.escalation": onCall,
	"state.escrow": onEscrow,
	"state.caught_up": onCaughtUp,
	"room.marked": onMarks,
	"case.told": onFile,
	"identity.told": onTold,
	"identity.shown": onShown,
	"room.opened": onFeed,
	"room.joined": onFeed,
	"room.left": onFeed,
	"chat.posted": onFeed,
	"chat.pictured": onFeed,
	"room.requeued": onFeed,
	"room.mailboxed": onFeed,
	"room.returned": onFeed,
	"room.ended": onFeed,
	"alarm.raised": onFeed,
	"alarm.taken": onFeed,
	"account.was_reset": onFeed,
	"escalation.raised": onFeed,
	"escalation.moved": onFeed,
	"flag.raised": onFeed,
	"flag.cleared": onFeed,
	"note.sent": onFeed,
	"identity.moved": onFeed,
	"case.moved": onFeed,
	"room.blocked": onBlocked,
	"exported": onFeed,
};

export function receive(s: Oversight, message: WireEvent, now: number): Oversight {
	return dispatch(handlers, s, message, now);
}

/* How the connection stands; heard_ms: when something last came through it (our clock). */
export interface Link {
	status: Oversight["status"];
	retry_ms: number;
	heard_ms: number;
}

/* The connection came or went. While it is away the picture ages from heard_ms on. */
export function connection(s: Oversight, link: Link, now: number): Oversight {
	const { status, retry_ms } = link;
	const since_ms = status === s.status ? s.since_ms : now;
	if (status === "online") {
		return { ...s, status, retry_ms, since_ms };
	}
	const complete = s.fresh === null;
	return { ...s, status, retry_ms, since_ms, fresh: s.fresh ?? new Set(),
		heard_ms: complete ? link.heard_ms : s.heard_ms };
}

export * from "./choices";
export * from "./talk";
export { tick, wipe } from "./sealed";
