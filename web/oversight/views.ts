/* What the oversight views are given besides the state, and what they may ask for. */

import type { Answer, Asked } from "../lib/connection";
import type { RequestOf } from "../lib/wire";
import type { StaffActions } from "../staff/staff";
import type { Filter, Look, Oversight, Page } from "./state";

/* The dialog over the page, if any. */
export type Dialogue =
	| { kind: "hand" | "close"; escalation: number }
	| { kind: "note" | "step" | "out" | "raise" | "find" | "block"; room: number }
	| { kind: "approve" | "open"; opening: number }
	| { kind: "held"; caseId: number; step: number }
	| { kind: "finish" | "print"; caseId: number };

/* May this page put up notifications of the browser? */
export type Notify = "on" | "off" | "ask" | "denied" | "none";

export interface OversightUi {
	sound: boolean; /* wanted */
	blocked: boolean; /* wanted, but this browser waits for a touch first */
	notify: Notify;
	busy: ReadonlySet<string>; /* what is being asked for */
	said: string; /* why the last request failed; empty when it did not */
	told: string; /* what the last request did, where nothing else shows it */
	dialog: Dialogue | null;
}

/* What became of a request: its answer, or why there is none. */
export interface Got {
	answer?: Answer;
	why: string; /* a sentence; empty when it was carried out */
	code?: string;
}

export interface OversightActions extends StaffActions {
	show: (filter: Filter) => void;
	go: (page: Page, caseId?: number) => void;
	hold: (held: boolean) => void;
	read: (room: number, look?: Look) => void;
	leave: () => void;
	older: () => void;
	fetchBefore: (n: number) => void;
	ask: (asked: Asked) => Promise<Got>; /* the view says why not */
	act: (asked: Asked, done?: string) => void; /* the page says why not, or what was done */
	dialog: (dialog: Dialogue | null) => void;
	write: (room: number, text: string) => void;
	send: (room: number) => void;
	sayFirst: (room: number, body: string) => void; /* as soon as this counselor is in the room */
	tryAgain: (room: number, id: string) => void;
	takeBack: (room: number, id: string) => void;
	closeSealed: (opening: number) => void; /* gone from the page at once, whatever the server says */
	putAway: (seq: number) => void; /* a piece of news */
	unsay: () => void;
	trySound: () => void;
	notify: (on: boolean) => void; /* asks the browser first, where it must */
	download: (asked: Omit<RequestOf<"export">, "ref">) => Promise<string>; /* why not; empty when it came */
}

export interface View {
	state: Oversight;
	ui: OversightUi;
	now: number; /* our clock */
	actions: OversightActions;
}

/* What the server's clock says. */
export function serverNow({ state, now }: View): number {
	return now + state.skew_ms;
}

/* The key under which a request is busy: what, and about which; no word of it. */
export function busyKey(asked: Asked): string {
	return [asked.type, ...Object.values(asked).filter((value) => typeof value === "number")].join(" ");
}

/* May this be pressed now? */
export function isBusy({ state, ui }: View, asked: Asked): boolean {
	return state.status !== "online" || ui.busy.has(busyKey(asked));
}
