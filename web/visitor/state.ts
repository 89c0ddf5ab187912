/*
 * What the visitor's page knows, and how each message changes it. Pure; the session does the rest.
 */

import { type Outgoing, type RoomLog, addEvent, addOutgoing, emptyLog } from "../lib/roomlog";
import type { Status } from "../lib/connection";
import type { Call } from "../lib/raise";
import { WireError } from "../lib/connection";
import type { Audience, Code, Handlers, Mood, Of, RoomEvent, RoomState, School } from "../lib/wire";

/* Screens the reader chose; none of them is what the room's phase shows. */
export type Screen = "start" | "leave" | "help" | "words" | "languages" | "read" | "need";

/* A room that is wanted but not open yet: it survives a refresh and a break. */
export interface Wanted {
	topics: string[];
	mood?: Mood;
	wish?: string;
	to: Audience;
	code?: string; /* the school's, as typed */
}

/* Why the last wish was refused, and what it was. */
export interface Refusal {
	code: Code;
	until_ms: number; /* not before then (our clock) */
	wanted: Wanted | undefined;
}

/*
 * A message that is left for later. It stays apart until the room is a mailbox for the right
 * readers: what is meant for a counselor alone must not reach a peer who joins at that moment.
 */
export interface Mail {
	to: Audience;
	out?: Outgoing;
}

export interface Visitor {
	school: School | null;
	status: Status;
	retryAt: number | undefined;
	lasting: boolean; /* this tab's memory survives a refresh */
	room: number | undefined;
	state: RoomState | null;
	wanted: Wanted | undefined;
	mail: Mail | undefined;
	call: Call | undefined; /* for an adult, until the server has it */
	called: boolean | undefined; /* by this visitor, in this tab */
	log: RoomLog;
	waitingSince: number | undefined;
	words: string; /* while this page knows them; never stored */
	screen: Screen | undefined;
	before: Screen | undefined; /* where Back goes from help and languages */
	forgot: boolean; /* the server no longer knows this tab: the words are asked for */
	folded: boolean; /* in the launcher's frame, and the frame is not shown */
	trouble: boolean; /* the last wish was refused */
	why: Refusal | undefined; /* then, if the server said */
	stop: (() => void) | undefined; /* while a sum is done that the server asked for */
}

export const blank: Visitor = {
	school: null,
	status: "connecting",
	retryAt: undefined,
	lasting: true,
	room: undefined,
	state: null,
	wanted: undefined,
	mail: undefined,
	call: undefined,
	called: undefined,
	log: emptyLog,
	waitingSince: undefined,
	words: "",
	screen: undefined,
	before: undefined,
	forgot: false,
	folded: false,
	trouble: false,
	why: undefined,
	stop: undefined,
};

/* What is on screen about a wish that was not carried out. */
export function refuse(error: unknown, wanted: Wanted | undefined, now: number): Pick<Visitor, "trouble" | "why"> {
	const why = error instanceof WireError ? { code: error.code, until_ms: now + (error.retryMs ?? 0), wanted } : undefined;
	return { trouble: true, why };
}

/* What the page shows when no screen was chosen. */
export type Place = "home" | "opening" | "waiting" | "live" | "mailbox" | "ended";

export function place(state: Visitor): Place {
	if (state.state) {
		return state.state.phase;
	}
	if (state.wanted) {
		return state.wanted.to === "now" ? "waiting" : "mailbox";
	}
	return state.room === undefined ? "home" : "opening";
}

/* This tab is now in that room. Another room's log goes; what waits to be sent stays. */
export function enter(state: Visitor, room: number): Visitor {
	if (state.room === room) {
		return state;
	}
	const log = { ...emptyLog, outbox: state.log.outbox };
	return { ...state, room, state: null, log, words: "", waitingSince: undefined };
}

/* Away from a room: its log goes, what waits to be sent stays. */
export function leave(state: Visitor): Visitor {
	const log = { ...emptyLog, outbox: state.log.outbox };
	return { ...state, room: undefined, state: null, words: "", log };
}

/* Hands the left message over once the room is what it asks for; or gives it back. */
function deliver(state: Visitor): Visitor {
	const { mail, wanted, state: room, log } = state;
	if (!mail || !room || room.phase === "waiting") {
		return state;
	}
	if (room.phase === "mailbox" && room.to === mail.to) {
		return { ...state, mail: undefined, log: mail.out ? addOutgoing(log, mail.out) : log };
	}
	return wanted ? state : { ...state, mail: undefined, screen: "leave", trouble: true };
}

/* A visitor is sent the events of one room: the one this tab is in by now. */
function logged(state: Visitor, event: RoomEvent): Visitor {
	const next = enter(state, event.room);
	return { ...next, log: addEvent(next.log, event) };
}

/* Who asked for an adult and looks at how far it has come must not miss that somebody is there. */
function answered(state: Visitor, event: Of<"room.joined"> | Of<"chat.posted">): Visitor {
	const next = logged(state, event);
	const comes = next.screen === "need" && event.who !== "visitor" && !event.replay;
	return comes ? { ...next, screen: undefined, before: undefined } : next;
}

export const handlers: Handlers<Visitor> = {
	welcome(state, { room }) {
		if (room !== undefined) {
			return { ...enter(state, room), forgot: false };
		}
		/* The tab was in a room and the server has dropped its token: only the words help. */
		return state.room === undefined ? state : { ...leave(state), forgot: true, screen: "words" };
	},

	"state.school": (state, school) => ({ ...state, school }),

	"state.room": (state, room, now) => {
		const next = enter(state, room.room);
		const waitingSince = room.phase === "waiting" ? (next.waitingSince ?? now) : undefined;
		return deliver({ ...next, state: room, waitingSince });
	},

	"room.opened": logged,
	"room.joined": answered,
	"room.left": logged,
	"chat.posted": answered,
	"chat.pictured": logged,
	"room.requeued": logged,
	"room.mailboxed": logged,
	"room.returned": logged,
	"room.ended": logged,
};

/* The visitor has said something that is on disk. */
export function hasSpoken(state: Visitor): boolean {
	return state.log.events.some((event) => event.type === "chat.posted" && event.who === "visitor");
}

/* The newest thing a peer or counselor did; what the launcher's dot is about. */
export function newestFromOthers(state: Visitor): number {
	for (let at = state.log.events.length - 1; at >= 0; at--) {
		const event = state.log.events[at];
		if (event && (event.type === "room.joined" || (event.type.startsWith("chat.") && "who" in event && event.who !== "visitor"))) {
			return event.n;
		}
	}
	return 0;
}
