/* What an event in a chat is called for the supporter who is in it. */

import { t } from "../lib/say";
import type { Key } from "../lib/say";
import type { NoteItem } from "../lib/roomitems";
import type { Code } from "../lib/wire";
import { clock } from "../lib/when";

export function happened(event: NoteItem["event"], me: string): string {
	switch (event.type) {
	case "room.opened":
		return event.topics.length > 0
			? t("sys.opened", { topics: event.topics.join(", ") }) : t("sys.opened.bare");
	case "room.joined": {
		if (event.who === "counselor") {
			return t(event.handed ? "sys.counselor.over" : "sys.counselor", { name: event.name });
		}
		if (event.name === me) {
			return t(event.handed ? "sys.you.over" : "sys.you", { time: clock(event.at_ms) });
		}
		return t(event.handed ? "sys.joined.over" : "sys.joined", { name: event.name });
	}
	case "room.left":
		return t("sys.left", { name: event.name });
	case "room.requeued":
		return t("sys.requeued", { name: event.name });
	case "room.mailboxed":
		return t("sys.mailboxed");
	case "room.returned":
		return t("sys.returned");
	case "room.ended":
		if (event.who === "visitor") {
			return t("sys.ended.visitor");
		}
		return t(event.name === me ? "sys.ended.you" : "sys.ended.other");
	}
}

const reasons: Partial<Record<Code, Key>> = {
	room_ended: "fail.room_ended",
	no_such_room: "fail.no_such_room",
	codename_inside: "fail.codename_inside",
};

/* Why a message was not taken, in a few words. */
export function whyRefused(code: Code | undefined): string {
	return t((code !== undefined && reasons[code]) || "fail.other");
}
