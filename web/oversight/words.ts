/* What an event is called, in the stream and in a room's timeline. */

import {
	iconAlert, iconBack, iconChat, iconCheck, iconEnter, iconExit, iconKey, iconMessage, iconMinus, iconRefresh,
} from "../lib/icons";
import { t } from "../lib/say";
import type { Key } from "../lib/say";
import type { FeedEvent, Of } from "../lib/wire";

export interface Told {
	icon: string;
	flip: boolean; /* the icon points in writing direction */
	tone: "" | "ember" | "dusk";
	key: Key;
	name: string; /* of the peer or counselor in the sentence */
	topics: string;
}

type Happening = Exclude<FeedEvent, Of<"chat.posted">>;
type Table = { [T in Happening["type"]]: (event: Of<T>) => Partial<Told> & Pick<Told, "icon" | "key"> };

const inStream: Table = {
	"room.opened": (e) => ({
		icon: iconEnter, flip: true, key: e.topics.length > 0 ? "ev.opened.topics" : "ev.opened",
		topics: e.topics.join(", ").toLowerCase(),
	}),
	"room.joined": (e) => ({ icon: iconChat, key: e.handed ? "ev.joined.over" : "ev.joined", name: e.name }),
	"room.left": (e) => ({ icon: iconExit, flip: true, tone: "dusk", key: "ev.left", name: e.name }),
	"room.requeued": (e) => ({ icon: iconRefresh, key: `ev.requeued.${e.why}`, name: e.name }),
	"room.mailboxed": (e) => ({
		icon: iconMessage, key: e.to === "counselor" ? "ev.mailboxed.counselor" : "ev.mailboxed.peer",
	}),
	"room.returned": () => ({ icon: iconKey, key: "ev.returned" }),
	"room.ended": (e) => ({ icon: iconMinus, key: endedKey("ev", e), name: e.name }),
	"alarm.raised": (e) => ({ icon: iconAlert, tone: "ember", key: `ev.alarm.${e.why}` }),
	"alarm.taken": (e) => ({ icon: iconCheck, tone: "dusk", key: "ev.taken", name: e.name }),
	"account.was_reset": (e) => ({ icon: iconKey, tone: "dusk", key: "ev.reset", name: e.name }),
};

const inRoom: Table = {
	...inStream,
	"room.opened": (e) => ({
		icon: iconEnter, flip: true, key: e.topics.length > 0 ? "tl.opened.topics" : "tl.opened",
		topics: e.topics.join(", "),
	}),
	"room.joined": (e) => ({ icon: iconChat, key: e.handed ? "tl.joined.over" : "tl.joined", name: e.name }),
	"room.left": (e) => ({ icon: iconExit, flip: true, tone: "dusk", key: "tl.left", name: e.name }),
	"room.requeued": (e) => ({ icon: iconRefresh, key: `tl.requeued.${e.why}`, name: e.name }),
	"room.mailboxed": (e) => ({
		icon: iconMessage, key: e.to === "counselor" ? "tl.mailboxed.counselor" : "tl.mailboxed.peer",
	}),
	"room.returned": () => ({ icon: iconBack, flip: true, key: "tl.returned" }),
	"room.ended": (e) => ({ icon: iconMinus, key: endedKey("tl", e), name: e.name }),
	"alarm.raised": (e) => ({ icon: iconAlert, tone: "ember", key: `tl.alarm.${e.why}` }),
	"alarm.taken": (e) => ({ icon: iconCheck, tone: "dusk", key: "tl.taken", name: e.name }),
};

function endedKey(where: "ev" | "tl", event: Of<"room.ended">): Key {
	if (event.who === "visitor") {
		return `${where}.ended.visitor`;
	}
	return event.name === "" ? `${where}.ended.system` : `${where}.ended.peer`;
}

function tell(table: Table, event: Happening): Told {
	const row = table[event.type] as (event: Happening) => Partial<Told> & Pick<Told, "icon" | "key">;
	return { flip: false, tone: "", name: "", topics: "", ...row(event) };
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
