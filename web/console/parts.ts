/* Changes of one part of the console's state, shared by what the server says and what is done here. */

import type { RoomLog } from "../lib/roomlog";
import type { Chat, Console, NoticeKind } from "./state";

export function withChat(s: Console, room: number, change: (chat: Chat) => Chat): Console {
	const chat = s.chats.get(room);
	if (!chat) {
		return s;
	}
	const next = change(chat);
	return next === chat ? s : { ...s, chats: new Map(s.chats).set(room, next) };
}

export function withLog(s: Console, room: number, change: (log: RoomLog) => RoomLog): Console {
	return withChat(s, room, (chat) => {
		const log = change(chat.log);
		return log === chat.log ? chat : { ...chat, log };
	});
}

const NOTICES_MAX = 4;

/* A newer notice about the same room takes the place of the older one, unless that has words that
   are nowhere else. */
export function notify(s: Console, kind: NoticeKind, room: string, who = ""): Console {
	const notices = s.notices.filter((one) => one.room !== room || one.kind === "unsent" || kind === "unsent");
	const key = `${kind} ${room} ${who}`;
	return { ...s, notices: [...notices, { key, kind, room, who }].slice(-NOTICES_MAX) };
}
