/* What the console's views are given besides the state, and what they may ask for. */

import type { Call } from "../lib/raise";
import type { Report } from "../lib/wire";
import type { StaffActions } from "../staff/staff";
import type { Console } from "./state";

export interface ConsoleUi {
	sound: boolean; /* wanted */
	busy: ReadonlySet<number>; /* rooms that are being taken or answered for */
	said: string; /* why the last request failed; empty when it did not */
}

export interface ConsoleActions extends StaffActions {
	taking: (on: boolean) => void;
	take: (room: number) => void;
	answer: (room: number, accept: boolean) => void; /* a hand-over somebody asks us to accept */
	show: (room: number | null) => void;
	write: (room: number, draft: string) => void;
	use: (room: number, text: string) => void; /* puts a sentence behind what is being written */
	send: (room: number) => void;
	tryAgain: (room: number, id: string) => void;
	takeBack: (room: number, id: string) => void;
	older: (room: number) => void;
	atEnd: (room: number, atEnd: boolean) => void; /* the newest message is on screen */
	hand: (room: number, account: number) => void;
	release: (room: number) => void;
	end: (room: number) => void;
	report: (room: number) => void; /* ends it and tells a counselor, unless it is undone */
	reportNow: (room: number, what: Report) => void;
	undoReport: (room: number) => void;
	putAway: (room: number) => void;
	callAdult: (room: number, call: Omit<Call, "id">) => void;
	dismissNote: (room: number, id: string) => void;
	dismiss: (key: string) => void;
	unsay: () => void;
}

export interface View {
	state: Console;
	ui: ConsoleUi;
	now: number; /* our clock */
	actions: ConsoleActions;
}
