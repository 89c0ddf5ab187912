/* A made-up school's past, as the server would answer for it. */

import type { Asked } from "../../lib/connection";
import type { CaseLine, Hit, Phrase, RoomLine } from "../../lib/protocol";
import type { Of, WireEvent } from "../../lib/wire";
import type { Got } from "../../oversight/views";
import { NOW } from "./oversight";

const DAY = 24 * 3600e3;
const ago = (days: number, min = 0): number => NOW - days * DAY - min * 60e3;

export const file: Of<"case.told"> = {
	type: "case.told", case_id: 14, number: "26-014", title: "Safety at home", room: 6, name: "North Window", state: "open",
	tier: 3, owner: "Ms. R.", opened_ms: ago(0, 2), follow_ms: ago(-6), outcome: "",
	steps: [
		{ step: 1, text: "Took the request", state: "done", reason: "", by: "Ms. R.", at_ms: ago(0, 2) },
		{ step: 2, text: "Told Sol what happens next", state: "done", reason: "", by: "Ms. R.", at_ms: ago(0, 1) },
		{ step: 3, text: "Talk with the student", state: "todo", reason: "", by: "" },
		{ step: 4, text: "Report to child services", state: "todo", reason: "", by: "" },
		{ step: 5, text: "Parent or guardian told", state: "held", reason: "Check first whether home is safe", by: "Mr. T.", at_ms: ago(0, 1) },
		{ step: 6, text: "Follow up", state: "todo", reason: "", by: "" },
	],
	notes: [{ note: 1, at_ms: ago(0, 1), by: "Ms. R.", body: "In the library, safe until 3:10. Agreed to meet in room 104." }],
	more: false,
	calls: [{ escalation: 3, at_ms: ago(0, 3), source: "supporter", reason: "hurting", stage: "taken", by: "Sol", taken_by: "Ms. R." }],
	openings: [],
};

const lines: CaseLine[] = [
	{ case_id: 14, number: "26-014", title: "Safety at home", room: 6, name: "North Window", state: "open", tier: 3, done: 2, steps: 6, owner: "Ms. R.", opened_ms: ago(0), follow_ms: ago(-6) },
	{ case_id: 13, number: "26-013", title: "Belonging", room: 2, name: "Slow River", state: "open", tier: 2, done: 3, steps: 5, owner: "Mr. T.", opened_ms: ago(4) },
	{ case_id: 9, number: "26-009", title: "Being picked on", room: 31, name: "Green Gate", state: "held", tier: 1, done: 4, steps: 6, owner: "Mr. T.", opened_ms: ago(19), follow_ms: ago(1) },
	{ case_id: 4, number: "26-004", title: "Eating", room: 22, name: "Copper Bell", state: "closed", tier: 2, done: 5, steps: 5, owner: "Ms. R.", opened_ms: ago(60) },
];

const hits: Hit[] = [
	{ room: 2, name: "Slow River", picture: "river-a", seq: 91, n: 6, at_ms: ago(0, 6), who: "visitor", by: "", body: "a week. my friends made a chat without me" },
	{ room: 2, name: "Slow River", picture: "river-a", seq: 92, n: 7, at_ms: ago(0, 5), who: "peer", by: "Juniper", body: "That sounds lonely. I\u2019m glad you\u2019re here, friend of the bathroom hallway \ud83d\udc4b" },
	{ room: 31, name: "Green Gate", picture: "gate-b", seq: 40, n: 12, at_ms: ago(19), who: "visitor", by: "", body: "they were my Friends before this year" },
];

const rooms: RoomLine[] = [
	{ room: 6, name: "North Window", picture: "window-b", phase: "live", topics: ["Family"], opened_ms: ago(0, 11), last_ms: ago(0), n: 11, flag: "high" },
	{ room: 2, name: "Slow River", picture: "river-a", phase: "live", topics: ["Friends"], opened_ms: ago(0, 17), last_ms: ago(0, 5), n: 8, flag: "medium" },
	{ room: 31, name: "Green Gate", picture: "gate-b", phase: "ended", topics: ["Being picked on", "School stress"], opened_ms: ago(19), last_ms: ago(19, -30), n: 64 },
	{ room: 22, name: "Copper Bell", picture: "bell-a", phase: "ended", topics: [], opened_ms: ago(60), last_ms: ago(60, -12), n: 25, flag: "low" },
];

const phrases: Phrase[] = [
	{ phrase: 1, language: "en", severity: "high", category: "Safety at home", text: "dont want to go home", match: "anywhere" },
	{ phrase: 2, language: "en", severity: "medium", category: "Belonging", text: "nobody would notice", match: "word" },
	{ phrase: 3, language: "en", severity: "low", category: "Eating", text: "skip lunch", match: "stem" },
	{ phrase: 4, language: "es", severity: "high", category: "Safety at home", text: "tengo miedo en casa", match: "word" },
];

const hash = "9f2c41d07a5be3386e1ab0c4d27f58190c6e7d3b1a245f90cc81b7e64d0f2a33";
const entries = ([
	[412, "identity_opened", "Ms. R.", 6, "Someone may hurt them: says they don\u2019t want to go home today."],
	[411, "room", "Ms. R.", 6, ""],
	[410, "step_in", "Ms. R.", 6, ""],
	[409, "search", "Mr. T.", 0, "words \u201clunch\u201d, by anyone"],
	[408, "setting", "Mx. C.", 0, "hours"],
	[407, "checkpoint", "", 0, ""],
] as const).map(([entry, what, by, room, detail], i) => ({ entry, at_ms: ago(0, i * 7), what, account: by === "" ? 0 : 21, by, room, detail, hash }));

const settings = [
	{ key: "school", value: "Northfield High" }, { key: "peer_word", value: "peer" },
	{ key: "ladder", value: "0 duty\n60 duty again\n180 office\n300 everyone" },
	{ key: "case_steps", value: "Talk with the student\nParent or guardian told\nFollow up" },
	{ key: "away_text", value: "Leave a message: the next peer on shift reads it first." },
];

const answers: { [T in Asked["type"]]?: () => WireEvent } = {
	"case.list": () => ({ type: "case.listed", cases: lines, more: false }),
	"case.get": () => ({ ...file, disclosure: 413 }),
	"search": () => ({ type: "search.found", hits, indexed_seq: 999, more: true }),
	"room.list": () => ({ type: "room.listed", rooms, more: false }),
	"audit.list": () => ({ type: "audit.listed", entries, head: 412, hash, more: true }),
	"phrase.list": () => ({ type: "phrase.listed", phrases, more: false }),
	"setting.get": () => ({ type: "setting.listed", settings }),
	"notify.test": () => ({ type: "notify.told", channels: [{ channel: "mail", problem: "", waiting: 0, dead: 0, sent_ms: NOW }] }),
};

export function ask(asked: Asked): Promise<Got> {
	const answer = answers[asked.type]?.() ?? { type: "ok" as const };
	return Promise.resolve({ answer, why: "" });
}
