/* A made-up shift, told through the reducer as the server would tell it. */

import { begin, connection, receive, say, select } from "../../console/state";
import type { Console, Desk, DeskRoom } from "../../console/state";
import type { RoomState, WireEvent } from "../../lib/wire";
import { school } from "./school";

export const NOW = new Date(2025, 10, 19, 12, 18, 0).getTime();

export const ago = (min: number, s = 0): number => NOW - (min * 60 + s) * 1000;

const room = (one: Partial<DeskRoom> & Pick<DeskRoom, "room" | "name" | "picture">): DeskRoom => ({
	topics: [], wish: "", phase: "live", since_ms: ago(19), n: 9, seen: 9, present: true, offered: false,
	returned: false, ...one,
});

export const lantern = room({
	room: 1, name: "Paper Lantern", picture: "lantern-a", topics: ["Friends"], returned: true, since_ms: ago(19),
});
export const river = room({ room: 2, name: "Slow River", picture: "river-a", topics: ["Friends"], seen: 3, n: 4 });
export const harbor = room({ room: 3, name: "Late Harbor", picture: "harbor-b", topics: ["School stress"], present: false });
const bell = room({
	room: 4, name: "Second Bell", picture: "bell-b", topics: ["School stress"], phase: "waiting", since_ms: ago(1, 12),
	offered: true,
});
const gate = room({
	room: 5, name: "Open Gate", picture: "gate-a", topics: ["Family"], phase: "waiting", since_ms: ago(0, 20),
	wish: "Near 7th grade",
});
const field = room({
	room: 6, name: "Copper Field", picture: "field-a", topics: ["Lonely"], phase: "mailbox", since_ms: ago(60 * 45),
	present: false,
});

const colleagues: Desk["peers"] = [
	{ account: 12, name: "Sol", picture: "field-b", here: true, free: true, load: 1, cap: 3 },
	{ account: 13, name: "Wren", picture: "window-b", here: true, free: false, load: 3, cap: 3 },
	{ account: 14, name: "Tamsin", picture: "bell-a", here: false, free: false, load: 0, cap: 3 },
];

export const desk = (more: Partial<Desk> = {}): Desk => ({
	type: "state.desk", on_shift: true, taking: true, cap: 3, shift_from_ms: ago(38), shift_until_ms: NOW + 42 * 60e3,
	waiting: [], mine: [], left: [], peers: colleagues, adults: ["Ms. R.", "Mr. T."], asks: [], ...more,
});

export const busy = desk({ waiting: [bell, gate], mine: [lantern, river, harbor], left: [field], cap: 4 });

export const stands = (one: DeskRoom, more: Partial<RoomState> = {}): RoomState => ({
	type: "state.room", room: one.room, phase: "live", to: "now", n: one.n, name: one.name, picture: one.picture,
	peer_name: "Juniper", peer_picture: "moss-a", peer_here: true, visitor_here: one.present, peer_seen: one.seen,
	visitor_seen: 0, peer_typing: false, visitor_typing: false, has_codename: true, ...more,
});

let id = 0;
const said = (where: number, n: number, at_ms: number, body: string, name = ""): WireEvent => ({
	type: "chat.posted", room: where, n, at_ms, body, id: String(++id).padStart(32, "0"), name,
	who: name === "" ? "visitor" : "peer",
});
const hi = (where: number, n: number, at_ms: number): WireEvent => ({
	type: "room.joined", room: where, n, at_ms, who: "peer", name: "Juniper", picture: "moss-a", handed: false,
});
const came = (one: DeskRoom, at_ms: number): WireEvent => ({
	type: "room.opened", room: one.room, n: 1, at_ms, name: one.name, picture: one.picture, topics: one.topics, to: "now",
});

const talk: WireEvent[] = [
	came(lantern, ago(20)), hi(1, 2, ago(16)),
	said(1, 3, ago(15, 30), "hi again"),
	said(1, 4, ago(15), "Hey, good to see you back. How did lunch go?", "Juniper"),
	said(1, 5, ago(14), "my friends made a chat without me"),
	said(1, 6, ago(13), "Ouch. That sounds like it really hurt.", "Juniper"),
	said(1, 7, ago(11, 20), "i went to the art room"),
	said(1, 8, ago(11), "drew a hill with one tree. it came out ok"),
	said(1, 9, ago(10, 10), "Thank you for telling me. There\u2019s a lot in it.", "Juniper"),
	said(1, 10, ago(9, 40), "What\u2019s it like, being in the art room at lunch?", "Juniper"),
	said(1, 11, ago(8, 50), "quiet. kind of nice. kind of lonely"),
	came(river, ago(26)), hi(2, 2, ago(25)), said(2, 3, ago(12), "I\u2019d notice, and I\u2019m glad you\u2019re here.", "Juniper"),
	said(2, 4, ago(10), "ok i told my sister about it"),
	came(harbor, ago(30)), hi(3, 2, ago(29)), said(3, 3, ago(15), "brb my ride is here"),
];

const hello: WireEvent = {
	type: "welcome", role: "supporter", server_ms: NOW, account: 11, name: "Juniper", picture: "moss-a",
	until_ms: NOW + 9 * 3600e3,
};

/* The console after the server said this. */
export function working(now: Desk, more: WireEvent[] = []): Console {
	const rooms = new Set(now.mine.map((one) => one.room));
	const events = talk.filter((event) => "room" in event && rooms.has(event.room as number));
	const all = [hello, school, now, ...events, ...now.mine.map((one) => stands(one)), ...more];
	const s = all.reduce((state, message) => receive(state, message, NOW), begin({}));
	return connection(s, "online", 0, NOW);
}

/* In the chat with Paper Lantern. */
export function talking(now: Desk = busy, more: WireEvent[] = []): Console {
	const state = stands(lantern, { visitor_typing: true, visitor_seen: 10, peer_seen: 11, n: 11 });
	return select(working(now, [state, ...more]), 1);
}

/* The same without a connection, with words that wait. */
export function cutOff(): Console {
	const s = connection(talking(desk({ mine: [lantern, river, harbor] })), "offline", NOW + 4000, ago(0, 40));
	const quiet = receive(s, stands(lantern, { visitor_seen: 10, peer_seen: 11, n: 11 }), NOW);
	return say(quiet, 1, { id: "f".repeat(32), body: "Both of those make sense together.", at_ms: ago(0, 10) });
}
