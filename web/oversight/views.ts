/* What the oversight views are given besides the state, and what they may ask for. */

import type { StaffActions } from "../staff/staff";
import type { Filter, Oversight } from "./state";

export interface OversightUi {
	sound: boolean; /* wanted */
	blocked: boolean; /* wanted, but this browser waits for a touch first */
	taking: ReadonlySet<number>; /* rooms whose alarm is being taken */
	said: string; /* why the last request failed; empty when it did not */
}

export interface OversightActions extends StaffActions {
	show: (filter: Filter) => void;
	hold: (held: boolean) => void;
	read: (room: number) => void;
	leave: () => void;
	older: () => void;
	fetchBefore: (n: number) => void;
	take: (room: number) => void;
	unsay: () => void;
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
