/*
 * Sealed details: who asked, who must answer, and what is open. What was opened lives in `shown`
 * alone, and goes as soon as its clock, its holder or the server says so. Pure.
 */

import type { Opening } from "../lib/protocol";
import type { Of } from "../lib/wire";
import type { Oversight } from "./state";

export function onShown(s: Oversight, shown: Of<"identity.shown">): Oversight {
	return { ...s, shown };
}

export function onTold(s: Oversight, told: Of<"identity.told">): Oversight {
	return s.open?.room === told.room ? { ...s, open: { ...s.open, sealed: told } } : s;
}

export function wipe(s: Oversight): Oversight {
	return s.shown === null ? s : { ...s, shown: null };
}

export function onEscrow(s: Oversight, escrow: Of<"state.escrow">): Oversight {
	const closed = escrow.openings.some((one) => one.opening === s.shown?.opening && one.step === "closed");
	return { ...(closed ? wipe(s) : s), escrow };
}

export function onMoved(s: Oversight, event: Of<"identity.moved">): Oversight {
	return event.step === "closed" && event.opening === s.shown?.opening ? wipe(s) : s;
}

/* The time has come: what is open closes by itself. now: our clock. */
export function tick(s: Oversight, now: number): Oversight {
	return s.shown !== null && now + s.skew_ms >= s.shown.until_ms ? wipe(s) : s;
}

function openings(s: Oversight, step: Opening["step"]): Opening[] {
	return (s.escrow?.openings ?? []).filter((one) => one.step === step);
}

/* What others ask of this counselor, the oldest first. */
export function toAnswer(s: Oversight): Opening[] {
	return openings(s, "asked")
		.filter((one) => one.by !== s.me?.account)
		.sort((a, b) => a.at_ms - b.at_ms);
}

/* What this counselor asked and may open now. */
export function mayOpen(s: Oversight): Opening[] {
	return openings(s, "approved").filter((one) => one.by === s.me?.account);
}

/* The newest opening of a room that is under way, as the escrow or the room's own list has it. */
export function underWay(s: Oversight, room: number): Opening | undefined {
	return (s.escrow?.openings ?? [])
		.filter((one) => one.room === room && one.step !== "closed" && one.step !== "declined")
		.sort((a, b) => b.at_ms - a.at_ms)[0];
}

/* The newest time that a room's details were really opened. */
export function lastOpened(told: Of<"identity.told"> | null): Opening | undefined {
	return (told?.openings ?? [])
		.filter((one) => one.step === "opened" || one.step === "closed")
		.sort((a, b) => b.at_ms - a.at_ms)[0];
}
