/* Wires the oversight page: connection to state, state to views, presses to requests. */

import { render } from "preact";
import { Connection, Incoming } from "../lib/connection";
import { Sound } from "../lib/sound";
import { t } from "../lib/say";
import {
	changePassword, goToSignIn, keepChoice, readChoice, showBadge, signOut, signOutEverywhere, whyFailed,
} from "../staff/staff";
import { App } from "./App";
import { Reader } from "./reader";
import { alarms, isCurrent } from "./select";
import * as state from "./state";
import type { OversightActions, OversightUi } from "./views";

let s = state.begin(Date.now());
let ui: OversightUi = { sound: readChoice("alarm", true), blocked: false, taking: new Set(), said: "" };
let drawing = false;

const connection = new Connection({
	url: `${location.protocol.replace("http", "ws")}//${location.host}/ws`,
	hello: () => (s.seq > 0 ? { page: "oversight", after: s.seq } : { page: "oversight" }),
});
const sound = new Sound(draw);
const reader = new Reader(connection, () => s, change);

function change(next: state.Oversight): void {
	if (next !== s) {
		s = next;
		draw();
	}
}

function say(said: string): void {
	ui = { ...ui, said };
	draw();
}

/* Many messages in one turn are drawn once. A timer, because a hidden tab draws no frames but must
   still sound its alarm. */
function draw(): void {
	if (!drawing) {
		drawing = true;
		setTimeout(() => {
			drawing = false;
			paint();
		}, 16);
	}
}

function paint(): void {
	const called = alarms(s).length > 0;
	sound.ring(called && ui.sound);
	ui = { ...ui, blocked: ui.sound && !sound.ready };
	showBadge(called, t("oversight.title"));
	const page = document.getElementById("page");
	if (page) {
		render(<App state={s} ui={ui} now={Date.now()} actions={actions} />, page);
	}
}

async function take(room: number): Promise<void> {
	ui = { ...ui, taking: new Set(ui.taking).add(room) };
	draw();
	try {
		await connection.request({ type: "alarm.take", room });
	} catch (error) {
		say(whyFailed(error));
	} finally {
		const taking = new Set(ui.taking);
		taking.delete(room);
		ui = { ...ui, taking };
		draw();
	}
}

/* Back to the wall, with the focus where one came from. */
function leave(): void {
	const room = s.open?.room;
	if (room !== undefined) {
		reader.close();
		paint();
		document.querySelector<HTMLElement>(`[data-room="${room}"]`)?.focus();
	}
}

const actions: OversightActions = {
	show: (filter) => change(state.show(s, filter)),
	hold: (held) => change(state.hold(s, held)),
	read: (room) => reader.open(room),
	leave,
	older: () => void reader.before(s.open?.events[0]?.n ?? 0),
	fetchBefore: (n) => void reader.before(n),
	take: (room) => void take(room),
	unsay: () => say(""),
	sound(on) {
		keepChoice("alarm", on);
		ui = { ...ui, sound: on };
		void sound.wake();
		draw();
	},
	password: (old, fresh) => changePassword(connection, old, fresh),
	signOut: () => void signOut(() => connection.stop()).then(say),
	signOutAll: () => signOutEverywhere(connection),
	tryNow: () => connection.tryNow(),
};

connection.addEventListener("message", (event) => {
	const wasCurrent = isCurrent(s);
	const { message } = event as Incoming;
	if (message.type === "reload") {
		location.reload();
		return;
	}
	change(state.receive(s, message, Date.now()));
	if (!wasCurrent && isCurrent(s)) {
		reader.resume();
	}
});
connection.addEventListener("status", () => {
	const { status, retryAt = 0 } = connection;
	const link = { status, retry_ms: retryAt, heard_ms: connection.heardAt };
	change(state.connection(s, link, Date.now()));
});
connection.addEventListener("denied", goToSignIn);
for (const sign of ["online", "offline"]) {
	window.addEventListener(sign, () => connection.tryNow());
}
document.addEventListener("visibilitychange", () => {
	if (document.visibilityState === "visible") {
		connection.tryNow();
	}
});
/* A browser lets a page sound once it was touched: any press will do. */
for (const touch of ["pointerdown", "keydown"]) {
	document.addEventListener(touch, () => {
		if (ui.sound && !sound.ready) {
			void sound.wake();
		}
	});
}
document.addEventListener("keydown", (event) => {
	if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) {
		leave();
	}
});
setInterval(draw, 1000);
connection.start();
if (ui.sound) {
	void sound.wake();
}
paint();
