/* The oversight page in its states. */

import { App } from "../oversight/App";
import { connection, go, hold, receive, say, show, write } from "../oversight/state";
import type { Oversight, Page } from "../oversight/state";
import type { Dialogue, OversightActions, OversightUi } from "../oversight/views";
import { board } from "./lib/board";
import { ask, file } from "./sample/back";
import {
	asked, call, called, channels, escrow, flagged, handed, kept, live, marked, mine, news, NOW, opened, pictured, raised,
	reading, river, sealed, shown, taken, talk, theirs, unanswered, waiting, watching, window_,
} from "./sample/oversight";
import type { WireEvent } from "../lib/wire";

const nothing = (): void => undefined;
const none = (): Promise<string> => Promise.resolve("");
const actions: OversightActions = {
	show: nothing, go: nothing, hold: nothing, read: nothing, leave: nothing, older: nothing, fetchBefore: nothing,
	ask, act: nothing, dialog: nothing, write: nothing, send: nothing, sayFirst: nothing, tryAgain: nothing,
	takeBack: nothing, closeSealed: nothing, putAway: nothing, unsay: nothing, trySound: nothing, notify: nothing,
	download: none, sound: nothing, password: none, signOut: nothing, signOutAll: none, tryNow: nothing,
};
const ui: OversightUi = {
	sound: true, blocked: false, notify: "ask", busy: new Set(), said: "", told: "", dialog: null,
};

const view = (s: Oversight, more: Partial<OversightUi> = {}) => () => (
	<App state={s} ui={{ ...ui, ...more }} now={NOW} actions={actions} />
);
const then = (s: Oversight, ...messages: WireEvent[]): Oversight => messages.reduce((next, one) => receive(next, one, NOW), s);

const calm = watching(live);
const wait = watching([...live, ...waiting, kept]);
const alarm = watching([...live, ...waiting, called], [raised]);
const busy = watching([live[0]!, river, live[2]!, ...waiting, talk], flagged);
const asks = then(busy, call);
const room = then(reading(asks, 6), marked, sealed, mine, file);
const inside = then(room, { ...talk, adult_name: "Ms. R.", visitor_typing: true });
const lost = (s: Oversight): Oversight =>
	connection(s, { status: "offline", retry_ms: NOW + 3600, heard_ms: NOW - 9000 }, NOW);
const at = (page: Page, caseId = 0): Oversight => go({ ...asks, calls: new Map() }, page, caseId);
const asking = (s: Oversight, dialog: Dialogue) => view(s, { dialog });
const nobody = then({ ...calm, staff: { ...calm.staff!, counselors: [] } }, { ...channels, duty: false, channels: [channels.channels[1]!] });
const manager = (s: Oversight): Oversight => ({ ...s, me: { ...s.me!, role: "manager" } });

board({
	title: "Hark for counselors",
	width: 1440,
	height: 900,
	states: [
		{ name: "calm", caption: "Calm", view: view(calm) },
		{ name: "nobody", caption: "Nobody here", view: view(watching([], [], [])) },
		{ name: "waiting", caption: "Waiting, and a message left", view: view(wait) },
		{ name: "flagged", caption: "Flagged", view: view(busy) },
		{ name: "call", caption: "A call for an adult, counting", view: view(asks) },
		{ name: "calls", caption: "Three calls at once", view: view(then(asks, asked, unanswered)) },
		{ name: "call-handed", caption: "Handed to this counselor", view: view(then(busy, handed)) },
		{ name: "call-mine", caption: "This counselor has it", view: view(then(busy, mine)) },
		{ name: "call-theirs", caption: "Another has it", view: view(then(busy, theirs)) },
		{ name: "unreachable", caption: "Nobody can be called", view: view(nobody) },
		{ name: "news", caption: "What every counselor is told", view: view(then(busy, opened({}), ...news)) },
		{ name: "alarm", caption: "Alarm that no call stands for", view: view(alarm) },
		{ name: "blocked", caption: "Alarm, sound not allowed yet", view: view(alarm, { blocked: true }) },
		{ name: "taken", caption: "Seen by a counselor", view: view(watching([...live, window_], [raised, taken])) },
		{ name: "filter", caption: "Only what is flagged, and nothing is", view: view(show(calm, "flagged")) },
		{ name: "held", caption: "Stream held", view: view({ ...hold(calm, true), held: 112 }) },
		{ name: "room", caption: "One room, with its case", view: view(room) },
		{ name: "room-new", caption: "One room, no case yet", view: view({ ...room, open: { ...room.open!, caseId: 0 } }) },
		{ name: "room-picture", caption: "A picture", view: view(then(room, pictured)) },
		{ name: "room-in", caption: "Stepped in", view: view(write(say(inside, 6, { id: "1", body: "Hi. Thank you for trusting us with this.", at_ms: NOW }), 6, "You\u2019re not in trouble.")) },
		{ name: "room-plain", caption: "Reading a live room", view: view(reading(calm, 2)) },
		{ name: "sealed-asked", caption: "Asked, by this counselor", view: view(then(room, opened({ by: 21, by_name: "Ms. R." }))) },
		{ name: "sealed-approved", caption: "Agreed to", view: view(then(room, opened({ by: 21, by_name: "Ms. R.", step: "approved", approved_by: "Mr. T." }))) },
		{ name: "sealed-open", caption: "Opened, on a clock", view: view(then(room, opened({ by: 21, by_name: "Ms. R.", step: "opened", approved_by: "Mr. T." }), shown)) },
		{ name: "dialog-hand", caption: "Hand on", view: asking(room, { kind: "hand", escalation: 3 }) },
		{ name: "dialog-close", caption: "Close a call", view: asking(room, { kind: "close", escalation: 3 }) },
		{ name: "dialog-note", caption: "Private note", view: asking(room, { kind: "note", room: 6 }) },
		{ name: "dialog-step", caption: "Step in", view: asking(room, { kind: "step", room: 6 }) },
		{ name: "dialog-out", caption: "Step out", view: asking(inside, { kind: "out", room: 6 }) },
		{ name: "dialog-raise", caption: "Call another adult", view: asking(room, { kind: "raise", room: 6 }) },
		{ name: "dialog-find", caption: "Find out", view: asking(room, { kind: "find", room: 6 }) },
		{ name: "dialog-find-one", caption: "Find out, one is enough", view: asking(then(room, { ...escrow, approvals: 1 }), { kind: "find", room: 6 }) },
		{ name: "dialog-approve", caption: "The second counselor", view: asking(then(busy, opened({})), { kind: "approve", opening: 8 }) },
		{ name: "dialog-open", caption: "Open what was agreed to", view: asking(then(room, opened({ by: 21, step: "approved", approved_by: "Mr. T." })), { kind: "open", opening: 8 }) },
		{ name: "dialog-held", caption: "Hold a step back", view: asking(room, { kind: "held", caseId: 14, step: 5 }) },
		{ name: "dialog-finish", caption: "Close a case", view: asking(room, { kind: "finish", caseId: 14 }) },
		{ name: "cases", caption: "Cases", view: view(at("cases")) },
		{ name: "case", caption: "One case", view: view({ ...at("cases", 14), files: new Map([[14, file]]) }) },
		{ name: "past", caption: "Past chats", view: view(at("past")) },
		{ name: "search", caption: "Search", view: view(at("search")) },
		{ name: "audit", caption: "Audit", view: view(at("audit")) },
		{ name: "phrases", caption: "Watch phrases", view: view(manager(at("phrases"))) },
		{ name: "phrases-read", caption: "Watch phrases, read only", view: view(at("phrases")) },
		{ name: "settings", caption: "Settings", view: view(manager(at("settings"))) },
		{ name: "settings-read", caption: "Settings, read only", view: view(at("settings")) },
		{ name: "offline", caption: "No connection", view: view(lost(calm)) },
		{ name: "catching", caption: "Catching up", view: view({ ...calm, fresh: new Set([1]) }) },
	],
});
