/* What the reader chooses on the oversight page, and what came of it: pure, as state.ts is. */

import { mergeByNumber, tail } from "../lib/merge";
import type { RoomEvent, WireEvent } from "../lib/wire";
import type { Filter, Oversight } from "./state";

export function show(s: Oversight, filter: Filter): Oversight {
	return { ...s, filter };
}

/* Holds the stream still, or lets it run on. */
export function hold(s: Oversight, held: boolean): Oversight {
	return { ...s, held: held ? s.stream[s.stream.length - 1]?.seq ?? 0 : null };
}

export function openRoom(s: Oversight, room: number): Oversight {
	const events = tail(s.lines.get(room) ?? []);
	return { ...s, open: { room, events, asking: true, refused: "" } };
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
	const older = got.filter((e): e is RoomEvent => "n" in e && "at_ms" in e && e.room === room);
	const events = mergeByNumber(s.open.events, older);
	return { ...s, open: { ...s.open, events, asking: false, refused: "" } };
}
