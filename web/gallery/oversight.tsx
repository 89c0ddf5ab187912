/* The oversight page in its states. */

import { App } from "../oversight/App";
import { connection, hold, show } from "../oversight/state";
import type { Oversight } from "../oversight/state";
import type { OversightActions, OversightUi } from "../oversight/views";
import { board } from "./lib/board";
import { called, kept, live, NOW, raised, reading, taken, waiting, watching, window_ } from "./sample/oversight";

const nothing = (): void => undefined;
const none = (): Promise<string> => Promise.resolve("");
const actions: OversightActions = {
	show: nothing, hold: nothing, read: nothing, leave: nothing, older: nothing, fetchBefore: nothing, take: nothing,
	unsay: nothing, sound: nothing, password: none, signOut: nothing, signOutAll: none, tryNow: nothing,
};
const ui: OversightUi = { sound: true, blocked: false, taking: new Set(), said: "" };

const view = (s: Oversight, more: Partial<OversightUi> = {}) => () => (
	<App state={s} ui={{ ...ui, ...more }} now={NOW} actions={actions} />
);

const calm = watching(live);
const wait = watching([...live, ...waiting, kept]);
const alarm = watching([...live, ...waiting, called], [raised]);
const lost = (s: Oversight): Oversight =>
	connection(s, { status: "offline", retry_ms: NOW + 3600, heard_ms: NOW - 9000 }, NOW);

board({
	title: "Hark for counselors",
	width: 1440,
	height: 900,
	states: [
		{ name: "calm", caption: "Calm", view: view(calm) },
		{ name: "nobody", caption: "Nobody here", view: view(watching([], [], [])) },
		{ name: "waiting", caption: "Waiting, and a message left", view: view(wait) },
		{ name: "alarm", caption: "Alarm", view: view(alarm) },
		{ name: "blocked", caption: "Alarm, sound not allowed yet", view: view(alarm, { blocked: true }) },
		{ name: "taken", caption: "Seen by a counselor", view: view(watching([...live, window_], [raised, taken])) },
		{ name: "filter", caption: "Only alarms, and there is none", view: view(show(calm, "alarm")) },
		{ name: "held", caption: "Stream held", view: view({ ...hold(calm, true), held: 112 }) },
		{ name: "timeline", caption: "Reading one room", view: view(reading(alarm, 6)) },
		{ name: "timeline-live", caption: "Reading a live room", view: view(reading(calm, 2)) },
		{ name: "offline", caption: "No connection", view: view(lost(calm)) },
		{ name: "catching", caption: "Catching up", view: view({ ...calm, fresh: new Set([1]) }) },
	],
});
