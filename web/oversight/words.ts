/* What an event is called, in the stream and in a room's timeline. */

import {
	iconAlert, iconBack, iconCase, iconChat, iconCheck, iconDownload, iconEnter, iconExit, iconEye, iconFlag, iconHand,
	iconImage, iconKey, iconLock, iconMessage, iconMinus, iconPause, iconPhone, iconRefresh, iconSwap, iconUnlock,
} from "../lib/icons";
import { capital } from "../lib/text";
import type { FeedEvent, Of } from "../lib/wire";
import { dayAndClock } from "../lib/when";
import { t } from "./say";
import type { Key } from "./say";

export interface Told {
	icon: string;
	flip: boolean; /* the icon points in writing direction */
	tone: "" | "ember" | "dusk";
	key: Key;
	name: string; /* of the peer or counselor in the sentence */
	more: string; /* topics, a case's number, whom a note is for, how it ended */
}

type Happening = Exclude<FeedEvent, Of<"chat.posted" | "flag.raised">>;
type Row = Partial<Told> & Pick<Told, "icon" | "key">;
type Table = { [T in Happening["type"]]: (event: Of<T>) => Row };

/* Who called for an adult, and why: a person's call says so, the daemon's says what is wrong. */
function raised(where: "ev" | "tl", event: Of<"escalation.raised">): Row {
	const key: Key = event.source === "system" ? `${where}.alarm.${event.reason as "unanswered"}` : `${where}.call.${event.source}`;
	const more = event.source === "supporter" || event.source === "counselor" ? t(`reason.${event.reason}`) : "";
	return { icon: event.source === "system" ? iconAlert : iconHand, tone: "ember", key, name: event.by, more };
}

const steps = {
	raised: iconPhone, told: iconPhone, opened: iconEye, taken: iconCheck, handed: iconSwap, closed: iconCheck,
};

function moved(where: "ev" | "tl", event: Of<"escalation.moved">): Row {
	const more = event.outcome === undefined ? "" : t(`outcome.${event.outcome}`);
	const name = event.stage === "told" ? capital(event.name) : event.name; /* "everyone": the sentence begins with it */
	return { icon: steps[event.stage], tone: "dusk", key: `${where}.call.${event.stage}`, name, more };
}

function identity(where: "ev" | "tl", event: Of<"identity.moved">): Row {
	const key: Key = event.step === "closed" && event.name === "" ? `${where}.sealed.over` : `${where}.sealed.${event.step}`;
	return { icon: event.step === "closed" ? iconLock : iconUnlock, tone: "dusk", key, name: event.name };
}

function blocked(where: "ev" | "tl", event: Of<"room.blocked">): Row {
	if (event.until_ms === 0) {
		return { icon: iconEnter, flip: true, tone: "dusk", key: `${where}.unblocked`, name: event.name };
	}
	return { icon: iconPause, tone: "dusk", key: `${where}.blocked`, name: event.name, more: dayAndClock(event.until_ms, event.at_ms) };
}

const inStream: Table = {
	"room.opened": (e) => ({
		icon: iconEnter, flip: true, key: e.topics.length > 0 ? "ev.opened.topics" : "ev.opened",
		more: e.topics.join(", ").toLowerCase(),
	}),
	"room.joined": (e) => e.who === "counselor"
		? { icon: iconEnter, flip: true, tone: "dusk", key: "ev.joined.adult", name: e.name }
		: { icon: iconChat, key: e.handed ? "ev.joined.over" : "ev.joined", name: e.name },
	"room.left": (e) => ({ icon: iconExit, flip: true, tone: "dusk", key: "ev.left", name: e.name }),
	"chat.pictured": (e) => ({ icon: iconImage, key: e.who === "visitor" ? "ev.pictured" : "ev.pictured.by", name: e.name }),
	"room.requeued": (e) => ({ icon: iconRefresh, key: `ev.requeued.${e.why}`, name: e.name }),
	"room.mailboxed": (e) => ({
		icon: iconMessage, key: e.to === "counselor" ? "ev.mailboxed.counselor" : "ev.mailboxed.peer",
	}),
	"room.returned": () => ({ icon: iconKey, key: "ev.returned" }),
	"room.ended": (e) => ({ icon: iconMinus, key: endedKey("ev", e), name: e.name }),
	"alarm.raised": (e) => ({ icon: iconAlert, tone: "ember", key: `ev.alarm.${e.why}` }),
	"alarm.taken": (e) => ({ icon: iconCheck, tone: "dusk", key: "ev.taken", name: e.name }),
	"account.was_reset": (e) => ({ icon: iconKey, tone: "dusk", key: "ev.reset", name: e.name }),
	"escalation.raised": (e) => raised("ev", e),
	"escalation.moved": (e) => moved("ev", e),
	"flag.cleared": (e) => ({ icon: iconFlag, tone: "dusk", key: "ev.cleared", name: e.name }),
	"note.sent": (e) => ({ icon: iconLock, tone: "dusk", key: "ev.note", name: e.from, more: e.to }),
	"identity.moved": (e) => identity("ev", e),
	"case.moved": (e) => ({ icon: iconCase, tone: "dusk", key: `ev.case.${e.state}`, name: e.name, more: e.number }),
	"room.blocked": (e) => blocked("ev", e),
	"exported": (e) => ({ icon: iconDownload, tone: "dusk", key: "ev.exported", name: e.name }),
};

const inRoom: Table = {
	...inStream,
	"room.opened": (e) => ({
		icon: iconEnter, flip: true, key: e.topics.length > 0 ? "tl.opened.topics" : "tl.opened",
		more: e.topics.join(", "),
	}),
	"room.joined": (e) => e.who === "counselor"
		? { icon: iconEnter, flip: true, tone: "dusk", key: "tl.joined.adult", name: e.name }
		: { icon: iconChat, key: e.handed ? "tl.joined.over" : "tl.joined", name: e.name },
	"room.left": (e) => ({ icon: iconExit, flip: true, tone: "dusk", key: "tl.left", name: e.name }),
	"room.requeued": (e) => ({ icon: iconRefresh, key: `tl.requeued.${e.why}`, name: e.name }),
	"room.mailboxed": (e) => ({
		icon: iconMessage, key: e.to === "counselor" ? "tl.mailboxed.counselor" : "tl.mailboxed.peer",
	}),
	"room.returned": () => ({ icon: iconBack, flip: true, key: "tl.returned" }),
	"room.ended": (e) => ({ icon: iconMinus, key: endedKey("tl", e), name: e.name }),
	"alarm.raised": (e) => ({ icon: iconAlert, tone: "ember", key: `tl.alarm.${e.why}` }),
	"alarm.taken": (e) => ({ icon: iconCheck, tone: "dusk", key: "tl.taken", name: e.name }),
	"escalation.raised": (e) => raised("tl", e),
	"escalation.moved": (e) => moved("tl", e),
	"flag.cleared": (e) => ({ icon: iconFlag, tone: "dusk", key: "tl.cleared", name: e.name }),
	"note.sent": (e) => ({ icon: iconLock, tone: "dusk", key: "tl.note", name: e.from, more: e.to }),
	"identity.moved": (e) => identity("tl", e),
	"case.moved": (e) => ({ icon: iconCase, tone: "dusk", key: `tl.case.${e.state}`, name: e.name, more: e.number }),
	"room.blocked": (e) => blocked("tl", e),
};

function endedKey(where: "ev" | "tl", event: Of<"room.ended">): Key {
	if (event.who === "visitor") {
		return `${where}.ended.visitor`;
	}
	return event.name === "" ? `${where}.ended.system` : `${where}.ended.peer`;
}

function tell(table: Table, event: Happening): Told {
	const row = table[event.type] as (event: Happening) => Row;
	return { flip: false, tone: "", name: "", more: "", ...row(event) };
}

export function tellInStream(event: Happening): Told {
	return tell(inStream, event);
}

export function tellInRoom(event: Happening): Told {
	return tell(inRoom, event);
}

export function orSomeChat(name: string): string {
	return name === "" ? t("a.chat") : name;
}
