/* A visitor's page in its states, with sample content. */

import { type RoomLog, addEvent, addOutgoing, emptyLog } from "../../lib/roomlog";
import type { Of, RoomEvent, RoomState, School } from "../../lib/wire";
import { type Visitor, blank } from "../../visitor/state";

export const NOW = new Date(2026, 4, 12, 12, 10).getTime();
const minute = 60_000;

export const school: School = {
	type: "state.school",
	school: "Northfield schools",
	peer_word: "peer",
	exit_url: "https://northfield.example/lunch",
	away_text: "",
	topics: ["Friends", "Family", "School stress", "Being picked on", "Feeling down", "Worries", "Who I am", "Not sure yet"],
	wishes: ["Near my grade", "A girl", "A boy", "Nonbinary", "Habla español"],
	contacts: [
		{ when: "Someone is hurt, or could be soon", what: "Call 911", href: "tel:911", urgent: true },
		{ when: "Thoughts of suicide, or it’s all too much", what: "Call or text 988", href: "tel:988", urgent: false },
		{ when: "Would rather text a crisis counselor", what: "Text HOME to 741741", href: "sms:741741", urgent: false },
		{ when: "At school, no pass needed", what: "Counseling office, room 104", href: "", urgent: false },
	],
	hours: [
		{ day: "Wed to Fri", times: "11:30 – 1:00, 3:00 – 5:00" },
		{ day: "Mon", times: "11:30 – 1:00" },
	],
	open: true,
	peers: 2,
	wait_s: 120,
	watched: true, reachable: true,
	idle_forget_s: 1200,
	code_needed: false,
};

export const closed: School = { ...school, open: false, peers: 0, next_open_ms: new Date().setHours(35, 30, 0, 0) };

const roomState: RoomState = {
	type: "state.room",
	room: 7,
	phase: "live",
	to: "now",
	n: 9,
	name: "Paper Lantern",
	picture: "lantern-a",
	peer_name: "Juniper",
	peer_picture: "moss-a",
	peer_here: true,
	visitor_here: true,
	peer_seen: 5,
	visitor_seen: 0,
	peer_typing: false,
	visitor_typing: false,
	has_codename: false,
};

let n = 0;
const said = (who: "visitor" | "peer" | "counselor", body: string, at_ms: number, name = "Juniper"): Of<"chat.posted"> => {
	n += 1;
	return { type: "chat.posted", room: 7, n, at_ms, who, name: who === "visitor" ? "" : name, id: String(n).padStart(32, "0"), body };
};
const joined = (at_ms: number): RoomEvent => {
	n += 1;
	return { type: "room.joined", room: 7, n, at_ms, who: "peer", name: "Juniper", picture: "moss-a", handed: false };
};
const adult = (name: string, at_ms: number): RoomEvent =>
	({ type: "room.joined", room: 7, n: 1, at_ms, who: "counselor", name, picture: "", handed: false });
const logOf = (...events: RoomEvent[]): RoomLog => {
	n = 0;
	return events.map((event, at) => ({ ...event, n: at + 1 })).reduce<RoomLog>(addEvent, emptyLog);
};

const base: Visitor = { ...blank, school, status: "online", lasting: true };
const room = (some: Partial<RoomState>): Pick<Visitor, "room" | "state"> => ({ room: 7, state: { ...roomState, ...some } });

const dayBefore = NOW - 24 * 60 * minute;
const talk = logOf(
	said("visitor", "hi. its about my friends", dayBefore),
	joined(dayBefore + minute),
	said("peer", "Your words open this chat any time.", dayBefore + 2 * minute),
	said("visitor", "my friends made a chat without me", NOW - 8 * minute),
	said("peer", "Ouch. That sounds like it really hurt.", NOW - 7 * minute),
	said("visitor", "i drew this at lunch. it is just a hill with one tree and nobody on it", NOW - 3 * minute),
	said("visitor", "maybe i can show you some day", NOW - 2 * minute),
);
const out = (body: string) => ({ id: `f${body.length}`.padEnd(32, "0"), body, at_ms: NOW });

export const states: Readonly<Record<string, Visitor>> = {
	welcome: base,
	away: { ...base, school: closed },
	start: { ...base, screen: "start" },
	help: { ...base, screen: "help" },
	languages: { ...base, screen: "languages" },
	noStorage: { ...base, lasting: false },
	wait: {
		...base,
		...room({ phase: "waiting", peer_here: false, peer_seen: 0 }),
		waitingSince: NOW,
		words: "amber kettle meadow drum",
		log: logOf(said("visitor", "hi. its about my friends", NOW)),
	},
	waitEmpty: { ...base, ...room({ phase: "waiting", peer_seen: 0 }), waitingSince: NOW },
	waitLong: {
		...base,
		...room({ phase: "waiting", peer_seen: 0 }),
		waitingSince: NOW - 9 * minute,
		log: logOf(said("visitor", "hi. its about my friends", NOW - 8 * minute)),
	},
	live: { ...base, ...room({ peer_typing: true, peer_seen: 6 }), log: talk, words: "amber kettle meadow drum" },
	keepsake: { ...base, ...room({ peer_seen: 7 }), log: talk },
	lost: {
		...base,
		...room({}),
		status: "offline",
		retryAt: NOW + 4000,
		words: "amber kettle meadow drum",
		log: addOutgoing(
			addOutgoing(
				logOf(
					said("peer", "Thank you for telling me. There’s a lot in it.", NOW - 9 * minute),
					said("peer", "What’s it like, being in the art room at lunch?", NOW - 8 * minute),
					said("visitor", "quiet. kind of nice. kind of lonely", NOW - 7 * minute),
					said("peer", "Both of those make sense together.", NOW - 6 * minute),
				),
				{ ...out("amber kettle meadow drum are my words"), failed: "codename_inside" },
			),
			out("i think i miss one of them most"),
		),
	},
	words: { ...base, ...room({}), screen: "words", words: "amber kettle meadow drum", log: talk },
	wordsOnly: { ...base, screen: "words" },
	forgot: { ...base, screen: "words", forgot: true },
	leave: { ...base, screen: "leave" },
	kept: {
		...base,
		...room({ phase: "mailbox", to: "peer", peer_here: false }),
		words: "amber kettle meadow drum",
		log: logOf(said("visitor", "i used to sit with them every day. now when i walk up they get quiet.", NOW)),
	},
	ended: {
		...base,
		...room({ phase: "ended" }),
		log: addEvent(talk, { type: "room.ended", room: 7, n: talk.after + 1, at_ms: NOW, who: "visitor", name: "" }),
	},
	opening: { ...base, room: 7 },
	need: { ...base, ...room({}), log: talk, screen: "need" },
	needAsked: { ...base, called: true, ...room({ help: "seen", help_ms: NOW - minute }), log: talk, screen: "need" },
	needNobody: {
		...base,
		school: { ...closed, watched: false, reachable: false },
		...room({ phase: "mailbox", to: "counselor", peer_here: false, help: "asked", help_ms: NOW }),
		screen: "need",
	},
	needLive: {
		...base,
		school: { ...school, watched: false },
		...room({ help: "taken", help_name: "Ms. R.", help_ms: NOW - minute, peer_seen: 7 }),
		words: "amber kettle meadow drum",
		log: talk,
	},
	adult: {
		...base,
		...room({ adult_name: "Ms. R.", adult_here: true, adult_typing: true, peer_seen: 7, help: "taken", help_name: "Ms. R." }),
		words: "amber kettle meadow drum",
		log: logOf(
			said("peer", "I’d like a counselor to be here with us. Is that okay?", NOW - 5 * minute),
			said("visitor", "ok. will you stay", NOW - 4 * minute),
			said("peer", "Yes, I’m staying.", NOW - 4 * minute),
			adult("Ms. R.", NOW - 3 * minute),
			said("counselor", "Hi. Thank you for trusting us with this. You’re not in trouble.", NOW - 3 * minute, "Ms. R."),
			said("counselor", "Are you somewhere safe right now?", NOW - 3 * minute, "Ms. R."),
			said("visitor", "yes im in the library", NOW - 2 * minute),
		),
	},
	checking: {
		...base, wanted: { topics: [], to: "now" }, waitingSince: NOW, stop: () => undefined,
	},
	code: { ...base, school: { ...school, code_needed: true }, screen: "start" },
	codeWrong: {
		...base, school: { ...school, code_needed: true }, screen: "start", trouble: true,
		why: { code: "code_wrong", until_ms: 0, wanted: { topics: ["Friends"], to: "now", code: "7KQ2M-P9XW" } },
	},
	codeLeave: { ...base, school: { ...closed, code_needed: true }, screen: "leave" },
	paused: {
		...base, ...room({ blocked_until_ms: NOW + 140 * minute, peer_seen: 7 }), words: "amber kettle meadow drum", log: talk,
	},
	pausedEnded: { ...base, ...room({ phase: "ended", blocked_until_ms: NOW + 26 * 60 * minute }), log: talk },
	revealed: { ...base, ...room({ revealed_ms: dayBefore, peer_seen: 7 }), words: "amber kettle meadow drum", log: talk },
};

export const captions: Readonly<Record<string, string>> = {
	welcome: "Welcome",
	away: "After hours",
	start: "Before you start",
	help: "Get help right now",
	languages: "Languages",
	noStorage: "No storage",
	wait: "Waiting",
	waitEmpty: "Waiting, nothing written",
	waitLong: "A long wait",
	live: "Live",
	keepsake: "Live, words offered",
	lost: "Connection lost, not sent",
	words: "Return words",
	wordsOnly: "Been here before",
	forgot: "The tab was forgotten",
	leave: "Leave a message",
	kept: "Message kept",
	ended: "Ended",
	opening: "Opening after a refresh",
	need: "An adult is wanted",
	needAsked: "A counselor has seen it",
	needNobody: "Asked, and nobody can be reached",
	needLive: "A counselor is on it",
	adult: "A counselor joined",
	checking: "A sum is being done",
	code: "The school asks for a code",
	codeWrong: "The code was wrong",
	codeLeave: "Leave a message, with a code",
	paused: "Blocked for a while",
	pausedEnded: "Ended, and blocked",
	revealed: "Sealed details were opened",
};
