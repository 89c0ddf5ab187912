/* What the supporter does, and what came of it: pure, as state.ts is. */

import { acknowledge, addOutgoing, dropOutgoing, markOutgoing } from "../lib/roomlog";
import type { Outgoing } from "../lib/roomlog";
import type { Code, Of, Report } from "../lib/wire";
import { notify, withChat, withLog } from "./parts";
import { reportOf } from "./select";
import type { Console, Pending, Reporting } from "./state";

export function select(s: Console, room: number | null): Console {
	return { ...s, selected: room, wanted: null };
}

/* The server gave us this room: show it, now or as soon as the list has it. */
export function want(s: Console, room: number): Console {
	return s.chats.has(room) ? select(s, room) : { ...s, wanted: room };
}

export function opened(s: Console, room: number): Console {
	return withChat(s, room, (chat) => ({ ...chat, open: true }));
}

export function write(s: Console, room: number, draft: string): Console {
	return withChat(s, room, (chat) => ({ ...chat, draft }));
}

/* Puts a sentence behind what is being written. */
export function append(s: Console, room: number, text: string): Console {
	return withChat(s, room, (chat) => {
		const gap = chat.draft === "" || /\s$/.test(chat.draft) ? "" : " ";
		return { ...chat, draft: chat.draft + gap + text };
	});
}

export function say(s: Console, room: number, out: Outgoing): Console {
	return withLog(write(s, room, ""), room, (log) => addOutgoing(log, out));
}

export function sent(s: Console, room: number, out: Outgoing, ok: Of<"ok">): Console {
	const { n, at_ms } = ok;
	if (n === undefined || at_ms === undefined) {
		return s;
	}
	const name = s.me?.name ?? "";
	return withLog(s, room, (log) => acknowledge(log, { id: out.id, room, n, at_ms, who: "peer", name }));
}

export function refused(s: Console, room: number, out: Outgoing, code: Code): Console {
	return withLog(s, room, (log) => markOutgoing(log, out.id, code));
}

export function tryAgain(s: Console, room: number, id: string): Console {
	return withLog(s, room, (log) => markOutgoing(log, id));
}

/* Takes a message that was not sent back into the field. */
export function takeBack(s: Console, room: number, id: string): Console {
	const out = s.chats.get(room)?.log.outbox.find((one) => one.id === id);
	if (!out) {
		return s;
	}
	const next = withLog(s, room, (log) => dropOutgoing(log, id));
	return withChat(next, room, (chat) => ({
		...chat, draft: chat.draft === "" ? out.body : `${out.body}\n${chat.draft}`,
	}));
}

export function saw(s: Console, room: number, n: number): Console {
	return withChat(s, room, (chat) => (n > chat.seen ? { ...chat, seen: n } : chat));
}

export function askOlder(s: Console, room: number, asking: boolean): Console {
	return withChat(s, room, (chat) => ({ ...chat, asking }));
}

/* A call for an adult; one that is on its way for this room already stays as it is. */
export function callAdult(s: Console, call: Pending): Console {
	const calling = s.calling.filter((one) => one.room !== call.room || !one.failed);
	return calling.some((one) => one.room === call.room) ? s : { ...s, calling: [...calling, call] };
}

export function raised(s: Console, id: string): Console {
	return { ...s, calling: s.calling.filter((one) => one.id !== id) };
}

export function notRaised(s: Console, id: string): Console {
	return { ...s, calling: s.calling.map((one) => (one.id === id ? { ...one, failed: true } : one)) };
}

export const UNDO_MS = 5000; /* a slip is noticed within */

/* Said of a chat whose supporter gives no reason. */
const USUAL: Report = "rude";

/* One tap: this chat is to end, and a counselor to be told. */
export function report(s: Console, room: number, id: string, now: number): Console {
	const chat = s.chats.get(room);
	if (!chat || chat.ended || reportOf(s, room)) {
		return s;
	}
	const one: Reporting = { room, name: chat.desk.name, id, what: USUAL, due_ms: now + UNDO_MS, sent: false };
	return { ...s, reporting: [...s.reporting, one] };
}

function changeReport(s: Console, id: string, more: Partial<Reporting>): Console {
	return { ...s, reporting: s.reporting.map((one) => (one.id === id ? { ...one, ...more } : one)) };
}

function dropReport(s: Console, id: string): Console {
	return { ...s, reporting: s.reporting.filter((one) => one.id !== id) };
}

/* What was sent may have been carried out: too late. */
export function undoReport(s: Console, room: number): Console {
	const one = reportOf(s, room);
	return one && !one.sent ? dropReport(s, one.id) : s;
}

export function reportNow(s: Console, room: number, now: number, what?: Report): Console {
	const one = reportOf(s, room);
	return one && !one.sent ? changeReport(s, one.id, { due_ms: now, what: what ?? one.what }) : s;
}

export function reportSent(s: Console, id: string): Console {
	return changeReport(s, id, { sent: true });
}

export function reportAgain(s: Console, id: string, due_ms: number): Console {
	return changeReport(s, id, { due_ms });
}

export function reported(s: Console, id: string): Console {
	const one = s.reporting.find((each) => each.id === id);
	return one ? withChat(dropReport(s, id), one.room, (chat) => ({ ...chat, told: true })) : s;
}

/* Refused for good. Where a counselor is in the chat there is nobody left to tell. */
export function notReported(s: Console, id: string): Console {
	const one = s.reporting.find((each) => each.id === id);
	if (!one) {
		return s;
	}
	const joined = s.chats.get(one.room)?.state?.adult_name !== undefined;
	return joined ? dropReport(s, id) : notify(dropReport(s, id), "untold", one.name);
}

export function dismissNote(s: Console, room: number, id: string): Console {
	return { ...s, dismissed: new Set(s.dismissed).add(`${room} ${id}`) };
}

/* A chat that has ended is put away: the page forgets its words. */
export function putAway(s: Console, room: number): Console {
	const chats = new Map(s.chats);
	chats.delete(room);
	return { ...s, chats, selected: s.selected === room ? null : s.selected };
}

export function dismiss(s: Console, key: string): Console {
	return { ...s, notices: s.notices.filter((notice) => notice.key !== key) };
}
