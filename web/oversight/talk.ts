/* What a counselor writes in a room after stepping in, and what came of it: pure. */

import type { Outgoing } from "../lib/roomlog";
import type { Code, Of } from "../lib/wire";
import { intoRoom } from "./feed";
import type { Oversight } from "./state";

export interface Voice {
	draft: string;
	outbox: readonly Outgoing[]; /* oldest first; not on disk yet */
}

const silent: Voice = { draft: "", outbox: [] };

export function voiceOf(s: Oversight, room: number): Voice {
	return s.voices.get(room) ?? silent;
}

function withVoice(s: Oversight, room: number, change: (voice: Voice) => Voice): Oversight {
	const voice = change(voiceOf(s, room));
	const voices = new Map(s.voices);
	if (voice.draft === "" && voice.outbox.length === 0) {
		voices.delete(room);
	} else {
		voices.set(room, voice);
	}
	return { ...s, voices };
}

function withOutbox(s: Oversight, room: number, change: (outbox: readonly Outgoing[]) => readonly Outgoing[]): Oversight {
	return withVoice(s, room, (voice) => ({ ...voice, outbox: change(voice.outbox) }));
}

/* Is this page's counselor in the room, as an adult whom both can see? */
export function isIn(s: Oversight, room: number): boolean {
	const adult = s.walls.get(room)?.adult_name;
	return adult !== undefined && adult === s.me?.name;
}

export function write(s: Oversight, room: number, draft: string): Oversight {
	return withVoice(s, room, (voice) => ({ ...voice, draft }));
}

export function say(s: Oversight, room: number, out: Outgoing): Oversight {
	return withVoice(s, room, (voice) => ({ draft: "", outbox: [...voice.outbox, out] }));
}

/* On disk: it becomes the event that its writer may not be sent. */
export function sent(s: Oversight, room: number, out: Outgoing, ok: Of<"ok">): Oversight {
	const rest = withOutbox(s, room, (outbox) => outbox.filter((one) => one.id !== out.id));
	const { n, at_ms } = ok;
	if (n === undefined || at_ms === undefined) {
		return rest;
	}
	const name = s.me?.name ?? "";
	return intoRoom(rest, { type: "chat.posted", room, n, at_ms, who: "counselor", name, id: out.id, body: out.body });
}

/* The feed brought an own message: it waits no more. */
export function heardOwn(s: Oversight, event: Of<"chat.posted">): Oversight {
	const waits = s.voices.get(event.room)?.outbox.some((one) => one.id === event.id);
	return waits ? withOutbox(s, event.room, (outbox) => outbox.filter((one) => one.id !== event.id)) : s;
}

/* Refused for good; the writer may try again. */
export function refused(s: Oversight, room: number, id: string, failed: Code): Oversight {
	return withOutbox(s, room, (outbox) => outbox.map((one) => (one.id === id ? { ...one, failed } : one)));
}

export function tryAgain(s: Oversight, room: number, id: string): Oversight {
	return withOutbox(s, room, (outbox) => outbox.map((one) => {
		const { failed: _, ...rest } = one;
		return one.id === id ? rest : one;
	}));
}

/* Takes a message that was not sent back into the field. */
export function takeBack(s: Oversight, room: number, id: string): Oversight {
	return withVoice(s, room, ({ draft, outbox }) => {
		const body = outbox.find((one) => one.id === id)?.body ?? "";
		return { draft: draft === "" ? body : `${body}\n${draft}`, outbox: outbox.filter((one) => one.id !== id) };
	});
}

/* The oldest message that waits and was not refused. */
export function nextToSend(s: Oversight): { room: number; out: Outgoing } | undefined {
	for (const [room, { outbox }] of s.voices) {
		const out = outbox.find((one) => one.failed === undefined);
		if (out) {
			return { room, out };
		}
	}
	return undefined;
}
