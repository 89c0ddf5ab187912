/* Calls for an adult, as the bands show them: pure. */

import { without } from "./feed";
import type { Call, Oversight, Wall } from "./state";

/* A snapshot of a call; a closed one is over. */
export function onCall(s: Oversight, call: Call): Oversight {
	const freshCalls = new Set(s.freshCalls).add(call.escalation);
	if (call.stage === "closed") {
		return { ...s, freshCalls, calls: without(s.calls, call.escalation) };
	}
	return { ...s, freshCalls, calls: new Map(s.calls).set(call.escalation, call) };
}

/* Does a named adult have it? While it is handed on, nobody has. */
export function isTaken(call: Call): boolean {
	return call.stage === "taken";
}

export function isMine(s: Oversight, call: Call): boolean {
	return isTaken(call) && call.taken_account === s.me?.account;
}

export function isHandedToMe(s: Oversight, call: Call): boolean {
	return call.stage === "handed" && call.handed_account === s.me?.account;
}

/* Somebody called, or words were heard: not only that nobody has answered. */
function isUrgent(call: Call): boolean {
	return call.source !== "system";
}

function rank(s: Oversight, call: Call): number {
	if (isTaken(call)) {
		return isMine(s, call) ? 3 : 4;
	}
	return isHandedToMe(s, call) ? 0 : isUrgent(call) ? 1 : 2;
}

/* Every open call: what nobody has comes first, a person's before the daemon's, the newest first. */
export function openCalls(s: Oversight): Call[] {
	return [...s.calls.values()].sort((a, b) => rank(s, a) - rank(s, b) || b.at_ms - a.at_ms || b.escalation - a.escalation);
}

/* The call that matters most in this room. */
export function callOf(s: Oversight, room: number): Call | undefined {
	return openCalls(s).find((call) => call.room === room);
}

/* Alarms of the wall that no call stands for, the oldest first: one thing is shown once. */
export function alarms(s: Oversight): Wall[] {
	return [...s.walls.values()]
		.filter((wall) => wall.alarm !== undefined && !standsFor(s, wall))
		.sort((a, b) => (a.alarm_ms ?? 0) - (b.alarm_ms ?? 0));
}

function standsFor(s: Oversight, wall: Wall): boolean {
	return [...s.calls.values()].some((call) => call.room === wall.room && call.source === "system");
}

/* Is there anything that nobody has taken: must it sound? */
export function mustRing(s: Oversight): boolean {
	return alarms(s).length > 0 || [...s.calls.values()].some((call) => !isTaken(call));
}

/* Calls that were not there before and that nobody has: worth a notification. */
export function newCalls(before: Oversight, after: Oversight): number {
	const calls = [...after.calls.values()].filter((call) => !isTaken(call) && !before.calls.has(call.escalation));
	const walls = alarms(after).filter((wall) => before.walls.get(wall.room)?.alarm === undefined);
	return calls.length + walls.length;
}

/* The part of the way to the ladder's next rung that is over, from 0 to 1; a minute when there is none. */
export function climbed(call: Call, now: number): number {
	const since = Math.max(0, now - call.at_ms);
	if (call.next_ms === undefined) {
		return (since % 60000) / 60000;
	}
	return Math.min(1, since / Math.max(1, call.next_ms - call.at_ms));
}

/* Nothing leads to an adult who is not at this page: nobody on duty, and no way that works. */
export function unreachable(s: Oversight): boolean {
	const { channels } = s;
	if (channels === null || channels.duty) {
		return false;
	}
	return !channels.channels.some(works);
}

/* A channel that did its last errand, or has had none yet. */
export function works(one: { sent_ms?: number; failed_ms?: number; problem: string }): boolean {
	return one.problem === "" || (one.sent_ms ?? 0) > (one.failed_ms ?? 0);
}
