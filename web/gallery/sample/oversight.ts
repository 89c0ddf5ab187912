/* A made-up lunch break, told through the reducer as the server would tell it. */

import { begin, connection, openRoom, receive } from "../../oversight/state";
import type { Oversight } from "../../oversight/state";
import type { Of, WireEvent } from "../../lib/wire";
import { school } from "./school";

export const NOW = new Date(2025, 10, 19, 12, 16, 2).getTime();

const ago = (min: number, s = 0): number => NOW - (min * 60 + s) * 1000;

let seq = 100;
const n = new Map<number, number>();
const next = (room: number): { seq: number; n: number } => {
	const number = (n.get(room) ?? 0) + 1;
	n.set(room, number);
	return { seq: ++seq, n: number };
};
let id = 0;
const said = (room: number, who: "visitor" | string, at_ms: number, body: string): WireEvent => ({
	type: "chat.posted", room, ...next(room), at_ms, body, id: String(++id).padStart(32, "0"),
	...(who === "visitor" ? { who: "visitor" as const, name: "" } : { who: "peer" as const, name: who }),
});

type Wall = Of<"state.wall">;
const base = { mood: "okay", to: "now", visitor_here: true, visitor_typing: false, peer_typing: false } as const;
const wall = (w: Partial<Wall> & Pick<Wall, "room" | "name" | "picture" | "phase">): Wall => ({
	type: "state.wall", topics: [], since_ms: ago(12), opened_ms: ago(12), n: n.get(w.room) ?? 1,
	peer_here: w.peer_name !== undefined, ...base, ...w,
});

const came = (room: number, name: string, picture: string, topics: string[], at_ms: number): WireEvent => ({
	type: "room.opened", room, ...next(room), at_ms, name, picture, topics, mood: "low", to: "now",
});
const hi = (room: number, name: string, picture: string, at_ms: number): WireEvent => ({
	type: "room.joined", room, ...next(room), at_ms, who: "peer", name, picture, handed: false,
});

const story: WireEvent[] = [
	came(3, "Late Harbor", "harbor-b", ["School stress"], ago(22)),
	hi(3, "Juniper", "moss-a", ago(21)),
	came(2, "Slow River", "river-a", ["Friends"], ago(17)),
	hi(2, "Juniper", "moss-a", ago(16, 20)),
	said(3, "visitor", ago(15), "idk i just feel behind in everything"),
	said(3, "visitor", ago(14, 40), "brb my ride is here"),
	said(3, "Juniper", ago(14), "Take your time. I\u2019m here until 1."),
	came(1, "Paper Lantern", "lantern-a", ["Friends"], ago(12)),
	hi(1, "Sol", "field-b", ago(11, 10)),
	said(2, "visitor", ago(8), "i ate in the bathroom again"),
	said(2, "Juniper", ago(7, 20), "Again. How many days has it been?"),
	said(2, "visitor", ago(6), "a week. my friends made a chat without me"),
	said(2, "Juniper", ago(5, 30), "That sounds lonely. I\u2019m glad you\u2019re here."),
	said(1, "visitor", ago(5), "drew this at lunch. wish i could show you"),
	said(1, "Sol", ago(4, 30), "Thank you for telling me. There\u2019s a lot in that."),
	said(1, "Sol", ago(4, 10), "What\u2019s it like, being in the art room at lunch?"),
	came(6, "North Window", "window-b", ["Family"], ago(3, 40)),
	said(6, "visitor", ago(3, 20), "its loud at my house all the time"),
	came(4, "Second Bell", "bell-b", ["School stress"], ago(1, 12)),
	said(2, "visitor", ago(1, 2), "ok i told my sister about it"),
	said(1, "visitor", ago(0, 50), "quiet. kind of nice. kind of lonely"),
	came(5, "Open Gate", "gate-a", ["Family"], ago(0, 20)),
	said(1, "Sol", ago(0, 12), "Both of those make sense together."),
];

const staff: Of<"state.staff"> = {
	type: "state.staff",
	supporters: [
		{ account: 11, name: "Juniper", picture: "moss-a", here: true, free: true, load: 2, cap: 3 },
		{ account: 12, name: "Sol", picture: "field-b", here: true, free: true, load: 1, cap: 3 },
	],
	counselors: [
		{ account: 21, name: "Ms. R.", picture: "", here: true, free: true, load: 0, cap: 0 },
		{ account: 22, name: "Mr. T.", picture: "", here: true, free: true, load: 0, cap: 0 },
	],
};

export const live: Wall[] = [
	wall({ room: 1, name: "Paper Lantern", picture: "lantern-a", phase: "live", topics: ["Friends"], mood: "low",
		peer_name: "Sol", visitor_typing: true, opened_ms: ago(12) }),
	wall({ room: 2, name: "Slow River", picture: "river-a", phase: "live", topics: ["Friends"], mood: "low",
		peer_name: "Juniper", opened_ms: ago(17) }),
	wall({ room: 3, name: "Late Harbor", picture: "harbor-b", phase: "live", topics: ["School stress"],
		peer_name: "Juniper", visitor_here: false, opened_ms: ago(22) }),
];
export const waiting: Wall[] = [
	wall({ room: 4, name: "Second Bell", picture: "bell-b", phase: "waiting", topics: ["School stress"],
		since_ms: ago(1, 12), opened_ms: ago(1, 12) }),
	wall({ room: 5, name: "Open Gate", picture: "gate-a", phase: "waiting", topics: ["Family"], mood: "low",
		wish: "someone near 7th grade", since_ms: ago(0, 20), opened_ms: ago(0, 20) }),
];
export const window_: Wall = wall({ room: 6, name: "North Window", picture: "window-b", phase: "waiting",
	topics: ["Family"], mood: "low", since_ms: ago(3, 40), opened_ms: ago(3, 40) });
export const called: Wall = { ...window_, alarm: "unanswered", alarm_ms: ago(1, 42) };
export const raised: WireEvent = { type: "alarm.raised", seq: 140, room: 6, at_ms: ago(1, 42), why: "unanswered" };
export const taken: WireEvent = { type: "alarm.taken", seq: 141, room: 6, at_ms: ago(0, 4), name: "Ms. R." };
export const kept: Wall = wall({ room: 7, name: "Copper Field", picture: "field-a", phase: "mailbox",
	topics: ["Lonely"], to: "peer", since_ms: ago(55), opened_ms: ago(58), visitor_here: false });

/* North Window, talking with Sol, until somebody calls an adult. */
const home: WireEvent[] = [
	came(6, "North Window", "window-b", ["Family"], ago(10, 52)),
	hi(6, "Sol", "field-b", ago(10)),
	said(6, "Sol", ago(9, 47), "Hey, I\u2019m Sol. I\u2019m a student here. What\u2019s going on today?"),
	said(6, "visitor", ago(7, 22), "its loud at my house all the time"),
	said(6, "visitor", ago(4, 36), "he gets mad and i just stay in my room"),
	said(6, "Sol", ago(4), "That sounds really hard to be around. Thank you for telling me."),
	said(6, "visitor", ago(1), "i dont really want to go home today \ud83d\ude1e"),
	said(6, "Sol", ago(0, 41), "I\u2019m really glad you told me. I\u2019d like a counselor to be here with us. Is that okay?"),
	said(6, "visitor", ago(0, 22), "ok. will you stay"),
];
const nOf = (events: WireEvent[], start: string): number =>
	(events.find((e) => e.type === "chat.posted" && e.body.startsWith(start)) as Of<"chat.posted">).n;
const flags: WireEvent[] = [
	{ type: "flag.raised", seq: 150, room: 6, at_ms: ago(4, 36), n: nOf(home, "he gets"), severity: "medium",
		spans: [{ from: 0, size: 11, severity: "medium", category: "Conflict at home" }] },
	{ type: "flag.raised", seq: 151, room: 6, at_ms: ago(1), n: nOf(home, "i dont"), severity: "high",
		spans: [{ from: 2, size: 27, severity: "high", category: "Safety at home" }] },
	{ type: "flag.raised", seq: 152, room: 2, at_ms: ago(6), n: nOf(story, "a week"), severity: "medium",
		spans: [{ from: 8, size: 33, severity: "medium", category: "Belonging" }] },
];
export const flagged: WireEvent[] = [...home, ...flags];
export const talk: Wall = wall({ room: 6, name: "North Window", picture: "window-b", phase: "live", topics: ["Family"],
	mood: "low", peer_name: "Sol", opened_ms: ago(10, 52), since_ms: ago(10), flag: "high", flag_ms: ago(1),
	category: "Safety at home" });
export const river: Wall = { ...live[1]!, flag: "medium", flag_ms: ago(6), category: "Belonging" };

export const call: Of<"state.escalation"> = {
	type: "state.escalation", escalation: 3, room: 6, name: "North Window", picture: "window-b", source: "supporter",
	reason: "hurting", by: "Sol", at_ms: ago(1, 42), stage: "told", rung: 1, next_ms: ago(1, 42) + 180e3,
	next_who: "Mr. T. and the front office", told: [
		{ channel: "screen", who: "Ms. R.", at_ms: ago(1, 42), failed: false },
		{ channel: "mail", who: "Ms. R.", at_ms: ago(1, 40), failed: false },
		{ channel: "ntfy", who: "Mr. T.", at_ms: ago(0, 42), failed: true },
	],
};
export const asked: Of<"state.escalation"> = {
	...call, escalation: 4, room: 5, name: "Open Gate", picture: "gate-a", source: "visitor", reason: "need", by: "",
	at_ms: ago(0, 15), rung: 0, next_ms: ago(0, 15) + 60e3, next_who: "Ms. R. and Mr. T. by e-mail", told: [],
};
export const unanswered: Of<"state.escalation"> = {
	...asked, escalation: 5, room: 4, name: "Second Bell", picture: "bell-b", source: "system", reason: "unanswered",
	at_ms: ago(4), rung: 3, told: call.told,
};
export const mine: Of<"state.escalation"> = {
	...call, stage: "taken", taken_by: "Ms. R.", taken_account: 21, taken_ms: ago(0, 4), opened_by: "Ms. R.",
};
export const theirs: Of<"state.escalation"> = { ...call, stage: "taken", taken_by: "Mr. T.", taken_account: 22, taken_ms: ago(0, 4) };
export const handed: Of<"state.escalation"> = {
	...call, stage: "handed", taken_by: "Mr. T.", taken_account: 22, handed_to: "Ms. R.", handed_account: 21,
};
export const channels: Of<"state.channels"> = {
	type: "state.channels", duty: true, channels: [
		{ channel: "mail", sent_ms: ago(9), problem: "", waiting: 0, dead: 0 },
		{ channel: "ntfy", sent_ms: ago(3000), failed_ms: ago(2), problem: "No route to ntfy.example.org", waiting: 2, dead: 1 },
		{ channel: "program", problem: "", waiting: 0, dead: 0 },
	],
};
export const escrow: Of<"state.escrow"> = {
	type: "state.escrow", approvals: 2, open_s: 1800, recovery: false, warnings: ["No recovery key was made: if two people lose their passwords, nothing can be opened."],
	holders: [
		{ account: 21, name: "Ms. R.", missing: 0 }, { account: 22, name: "Mr. T.", missing: 0 },
		{ account: 23, name: "Mx. C.", missing: 12 }, { account: 0, name: "Recovery key", missing: 0 },
	],
	openings: [],
};
type Opening = Of<"state.escrow">["openings"][number];
const opening: Opening = {
	opening: 8, room: 6, name: "North Window", step: "asked", why: "harmed", by: 22, by_name: "Mr. T.", approved_by: "",
	reason: "Says they don\u2019t want to go home today. \u201cHe gets mad.\u201d Asked for an adult through Sol.", at_ms: ago(0, 30),
};
export const opened = (more: Partial<Opening>): Of<"state.escrow"> => ({ ...escrow, openings: [{ ...opening, ...more }] });
export const sealed: Of<"identity.told"> = {
	type: "identity.told", room: 6, openings: [], granted: true, items: [
		{ kind: "device", at_ms: ago(10, 52) }, { kind: "address", at_ms: ago(10, 52) }, { kind: "agent", at_ms: ago(10, 52) },
	],
};
export const shown: Of<"identity.shown"> = {
	type: "identity.shown", opening: 8, room: 6, until_ms: NOW + (27 * 60 + 48) * 1000, unread: 0, items: [
		{ kind: "device", at_ms: ago(10, 52), value: "NF 4417" },
		{ kind: "address", at_ms: ago(10, 52), value: "10.20.14.7" },
		{ kind: "agent", at_ms: ago(10, 52), value: "Chrome 141 on ChromeOS" },
		{ kind: "name", at_ms: ago(2), value: "they call me jo" },
	],
};
export const marked: Of<"room.marked"> = {
	type: "room.marked", room: 6, flags: [],
	notes: [{ at_ms: ago(3), from: "Mr. T.", to: "Sol", body: "You\u2019re doing this just right. Stay with them." }],
	calls: [{ escalation: 3, at_ms: ago(0, 30), source: "supporter", reason: "hurting", stage: "told", by: "Sol", taken_by: "" }],
};
export const news: WireEvent[] = [
	{ type: "identity.moved", seq: 160, room: 2, at_ms: ago(0, 3), opening: 9, step: "opened", why: "self", name: "Mr. T." },
	{ type: "exported", seq: 161, at_ms: ago(0, 2), name: "Mr. T.", reason: "Asked for by the district\u2019s lawyer" },
];
export const pictured: WireEvent = {
	type: "chat.pictured", ...next(6), room: 6, at_ms: ago(0, 10), who: "visitor", name: "", id: "f".repeat(32), picture: 5,
	width: 800, height: 600,
};

/* The page after all this was received. */
export function watching(walls: Wall[], more: WireEvent[] = [], events: WireEvent[] = story): Oversight {
	const hello: WireEvent = {
		type: "welcome", role: "counselor", server_ms: NOW, account: 21, name: "Ms. R.", until_ms: NOW + 9 * 3600e3,
	};
	const rooms = new Set(walls.map((one) => one.room));
	const seen = events.filter((event) => !("room" in event) || rooms.has(event.room as number) || rooms.size === 0);
	const all = [hello, school, staff, channels, escrow, { type: "state.cases", open: 3, due: 1 } as const, ...walls, ...seen, ...more];
	const s = all.reduce((state, message) => receive(state, message, NOW), begin(NOW));
	const last = receive(s, { type: "state.caught_up", seq: 200 }, NOW);
	return connection(last, { status: "online", retry_ms: 0, heard_ms: NOW }, NOW);
}

/* The same page, reading one room. */
export function reading(s: Oversight, room: number): Oversight {
	const open = openRoom(s, room);
	return receive(open, { type: "state.caught_up", room, n: n.get(room) ?? 0 }, NOW);
}
