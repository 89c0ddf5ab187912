/* What of the state the tab keeps over a refresh: the room, what is wanted, what waits to be sent. */

import { emptyLog } from "../lib/roomlog";
import type { TabStore } from "../lib/store";
import type { Visitor } from "./state";

const keys = ["room", "wanted", "mail", "call", "called"] as const;

export function recall(store: TabStore): Pick<Visitor, (typeof keys)[number] | "log" | "lasting"> {
	return {
		lasting: store.lasting,
		room: store.read("room"),
		wanted: store.read("wanted"),
		mail: store.read("mail"),
		call: store.read("call"),
		called: store.read("called"),
		log: { ...emptyLog, outbox: store.read("outbox") ?? [] },
	};
}

/* Writes what has changed. */
export function keep(store: TabStore, last: Visitor, next: Visitor): void {
	const { outbox } = next.log;
	if (outbox !== last.log.outbox) {
		store.write("outbox", outbox.length > 0 ? outbox : undefined);
	}
	for (const key of keys) {
		if (next[key] !== last[key]) {
			store.write(key, next[key]);
		}
	}
	/* A left message is the page's draft until it is handed over. */
	if (last.mail && !next.mail && next.screen !== "leave") {
		store.write("letter", undefined);
	}
}
