/* The console in its states. */

import { useEffect, useRef } from "preact/hooks";
import { App } from "../console/App";
import { notify, refused, report, reportSent, say, select, write } from "../console/state";
import type { Console, Escalation } from "../console/state";
import type { ConsoleActions, ConsoleUi } from "../console/views";
import { board } from "./lib/board";
import { ago, busy, cutOff, desk, harbor, lantern, NOW, river, stands, talking, working } from "./sample/console";

const nothing = (): void => undefined;
const none = (): Promise<string> => Promise.resolve("");
const actions: ConsoleActions = {
	taking: nothing, take: nothing, answer: nothing, show: nothing, write: nothing, use: nothing, send: nothing,
	tryAgain: nothing, takeBack: nothing, older: nothing, atEnd: nothing, hand: nothing, release: nothing, end: nothing,
	report: nothing, reportNow: nothing, undoReport: nothing,
	putAway: nothing, dismiss: nothing, unsay: nothing, sound: nothing, password: none, signOut: nothing,
	signOutAll: none, tryNow: nothing, callAdult: nothing, dismissNote: nothing,
};

/* press: buttons to press one after the other, by what they say, so that dialogs are drawn open. */
function Pressed({ s, more, press }: { s: Console; more: Partial<ConsoleUi>; press: string[] }) {
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		press.forEach((text, i) => setTimeout(() => {
			const buttons = [...(box.current?.querySelectorAll("button") ?? [])];
			buttons.find((one) => `${one.textContent} ${one.getAttribute("aria-label")}`.includes(text))?.click();
		}, 60 * (i + 1)));
	}, [press]);
	const ui: ConsoleUi = { sound: true, busy: new Set(), said: "", ...more };
	return (
		<div ref={box}>
			<App state={s} ui={ui} now={NOW} actions={actions} />
		</div>
	);
}

const view = (s: Console, press: string[] = [], more: Partial<ConsoleUi> = {}) => () => (
	<Pressed s={s} more={more} press={press} />
);

const asks = [{ room: 9, name: "Quiet Moss", picture: "moss-b", from: "Sol" }];
const ending = desk({ mine: [lantern, river], shift_until_ms: NOW + 4 * 60e3 });
const over = desk({ on_shift: false, mine: [lantern], shift_from_ms: ago(80), shift_until_ms: ago(2) });
const off = desk({
	on_shift: false, taking: false, shift_from_ms: NOW + 23.25 * 3600e3, shift_until_ms: NOW + 24.75 * 3600e3,
});
const asking = stands(lantern, { handing_to: "Sol", n: 11, peer_seen: 11, visitor_seen: 10 });
const ended = { type: "room.ended", room: 1, n: 12, at_ms: ago(0, 20), who: "visitor", name: "" } as const;
const failing = say(talking(), 1, { id: "e".repeat(32), body: "I\u2019m glad you told me.", at_ms: ago(0, 5) });
const failed = refused(failing, 1, { id: "e".repeat(32), body: "", at_ms: 0 }, "room_ended");

const live = (more: object) => stands(lantern, { n: 11, peer_seen: 11, visitor_seen: 10, ...more });
const call: Escalation = {
	type: "state.escalation", escalation: 1, room: 1, name: "Paper Lantern", picture: "lantern-a", source: "supporter",
	reason: "worried", by: "Juniper", at_ms: ago(0, 14), stage: "told", rung: 0, next_ms: NOW + 60e3, next_who: "the front office",
	told: [
		{ channel: "screen", who: "Ms. R. and Mr. T.", at_ms: ago(0, 14), failed: false },
		{ channel: "mail", who: "Ms. R.", at_ms: ago(0, 13), failed: true },
	],
};
const taken: Escalation = {
	...call, stage: "taken", opened_by: "Ms. R.", opened_ms: ago(0, 3), taken_by: "Ms. R.", taken_ms: ago(0, 1),
};
const note = {
	type: "note.posted", room: 1, at_ms: ago(9), id: "a".repeat(32), from: "Ms. R.",
	body: "Lovely open question. You might ask how long lunch has felt this way.",
} as const;
const stepped = [
	{ type: "room.joined", room: 1, n: 12, at_ms: ago(2), who: "counselor", name: "Ms. R.", picture: "", handed: false },
	{ type: "chat.posted", room: 1, n: 13, at_ms: ago(1), who: "counselor", name: "Ms. R.", id: "c".repeat(32),
		body: "Hi. Thank you for trusting us with this. You\u2019re not in trouble." },
] as const;
const lonely = (s: Console): Console => ({ ...s, school: s.school && { ...s.school, watched: false, reachable: false } });
const reporting = report(talking(), 1, "d".repeat(32), NOW);
const calling = { ...cutOff(), calling: [{ id: "b".repeat(32), room: 1, reason: "hurt", tell: true }] } as Console;

board({
	title: "Hark for peers on shift",
	width: 1440,
	height: 860,
	states: [
		{ name: "quiet", caption: "Nobody waits", view: view(working(desk())) },
		{ name: "paused", caption: "Taking a break", view: view(working(desk({ taking: false }))) },
		{ name: "waiting", caption: "Somebody waits", view: view(working(desk({ ...busy, mine: [] }))) },
		{ name: "live", caption: "In a chat", view: view(talking()) },
		{ name: "writing", caption: "Writing", view: view(write(talking(), 1, "Both of those make sense together")) },
		{ name: "tips", caption: "Listening tips on a small screen", view: view(talking(), ["Listening prompts"]) },
		{ name: "away", caption: "They stepped away", view: view(select(working(busy), harbor.room)) },
		{ name: "hand", caption: "Handing over", view: view(talking(), ["Transfer"]) },
		{ name: "asking", caption: "A colleague is asked", view: view(talking(busy, [asking])) },
		{ name: "declined", caption: "The colleague cannot", view: view(notify(talking(), "declined", "Paper Lantern", "Sol")) },
		{ name: "asked", caption: "Being asked to take over", view: view(talking(desk({ ...busy, asks }))) },
		{ name: "offline", caption: "No connection", view: view(cutOff()) },
		{ name: "failed", caption: "Not sent", view: view(failed) },
		{ name: "adult", caption: "Get an adult", view: view(talking(), ["Get an adult"]) },
		{ name: "adultNobody", caption: "Nobody can be reached", view: view(lonely(talking()), ["Get an adult"]) },
		{ name: "calling", caption: "Called without a connection", view: view(calling) },
		{ name: "told", caption: "Asked", view: view(lonely(talking(busy, [live({}), call]))) },
		{ name: "heard", caption: "Asked, and heard", view: view(talking(busy, [live({ readers: ["Ms. R."] }), taken])) },
		{ name: "private", caption: "A private note", view: view(talking(busy, [live({ readers: ["Ms. R."] }), note])) },
		{
			name: "stepped",
			caption: "A counselor is in the chat",
			view: view(talking(busy, [live({ adult_name: "Ms. R.", adult_here: true, adult_typing: true, n: 13 }), ...stepped])),
		},
		{ name: "rest", caption: "A counselor took over", view: view(notify(working(busy), "rest", "Paper Lantern", "Ms. R.")) },
		{ name: "end", caption: "Ending a chat", view: view(talking(), ["End chat"]) },
		{ name: "report", caption: "Ending a chat and telling", view: view(reporting) },
		{ name: "reportElse", caption: "\u2026 while another is read", view: view(select(reporting, harbor.room)) },
		{ name: "reported", caption: "\u2026 under way", view: view(reportSent(reporting, "d".repeat(32))) },
		{ name: "ended", caption: "A chat that ended", view: view(talking(busy, [ended])) },
		{ name: "ending", caption: "The shift ends soon", view: view(talking(ending)) },
		{ name: "over", caption: "The shift is over, a chat is not", view: view(talking(over)) },
		{ name: "off", caption: "Off shift", view: view(working(off)) },
		{ name: "menu", caption: "Own menu", view: view(talking(), ["Your menu"]) },
		{ name: "password", caption: "Change password", view: view(talking(), ["Your menu", "Change password"]) },
	],
});
