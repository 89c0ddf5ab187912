/* What the reader chooses on the oversight page, and what came of it: pure, as state.ts is. */

import { mergeByNumber, tail } from "../lib/merge";
import type { LogEvent, WireEvent } from "../lib/wire";
import { named } from "./feed";
import { dismiss } from "./news";
import type { Filter, Oversight, Page, RoomName } from "./state";

export { dismiss };

export function show(s: Oversight, filter: Filter): Oversight {
	return { ...s, filter };
}

/* Another page; a room that is read is left by its own way. */
export function go(s: Oversight, page: Page, caseId = 0): Oversight {
	return { ...s, page, caseId };
}

/* Holds the stream still, or lets it run on. */
export function hold(s: Oversight, held: boolean): Oversight {
	return { ...s, held: held ? s.stream[s.stream.length - 1]?.seq ?? 0 : null };
}

/* Where in a room to begin to read, and what the room is called when the wall does not say. */
export interface Look extends Partial<RoomName> { n?: number }

export function openRoom(s: Oversight, room: number, look: Look = {}): Oversight {
	const { n = 0, name, picture } = look;
	const events = n > 0 ? [] : tail(s.lines.get(room) ?? []);
	const names = name !== undefined && picture !== undefined ? named(s, room, name, picture) : s.names;
	return {
		...s, names, open: {
			room, events, asking: true, refused: "", at: n,
			marked: false, notes: [], calls: [], blocked_ms: 0, sealed: null, caseId: 0, filed: false,
		},
	};
}

export function closeRoom(s: Oversight): Oversight {
	return { ...s, open: null };
}

export function askOlder(s: Oversight): Oversight {
	return s.open ? { ...s, open: { ...s.open, asking: true, refused: "" } } : s;
}

/* Older events of the opened room came, or did not. */
export function gotOlder(s: Oversight, room: number, got: readonly WireEvent[] | string): Oversight {
	if (s.open?.room !== room) {
		return s;
	}
	if (typeof got === "string") {
		return { ...s, open: { ...s.open, asking: false, refused: got } };
	}
	const older = got.filter((e): e is LogEvent =>
		"n" in e && "at_ms" in e && e.type !== "flag.raised" && e.type !== "ok" && e.room === room);
	const events = mergeByNumber(s.open.events, older);
	return { ...s, open: { ...s.open, events, asking: false, refused: "" } };
}

/* It is known now that the room has no case. */
export function notFiled(s: Oversight, room: number): Oversight {
	return s.open?.room === room ? { ...s, open: { ...s.open, filed: true } } : s;
}
