/* Wires the oversight page: connection to state, state to views, presses to requests. */

import { render } from "preact";
import { Connection, Incoming, WireError } from "../lib/connection";
import type { Asked } from "../lib/connection";
import { Sound } from "../lib/sound";
import { tabStore } from "../lib/store";
import {
	changePassword, goToSignIn, keepChoice, readChoice, showBadge, signOut, signOutEverywhere, whyFailed,
} from "../staff/staff";
import { App } from "./App";
import { mustRing, newCalls } from "./calls";
import { Desk, readKept } from "./desk";
import { download } from "./download";
import { notifyCalled, notifyState, wantNotify } from "./notify";
import { Reader } from "./reader";
import { t } from "./say";
import { isCurrent } from "./select";
import * as state from "./state";
import { busyKey } from "./views";
import type { Got, OversightActions, OversightUi } from "./views";

const store = tabStore();
let s: state.Oversight = { ...state.begin(Date.now()), voices: readKept(store) };
let ui: OversightUi = {
	sound: readChoice("alarm", true), blocked: false, notify: notifyState(), busy: new Set(), said: "", told: "",
	dialog: null,
};
let drawing = false;
let running = false;

const connection = new Connection({
	url: `${location.protocol.replace("http", "ws")}//${location.host}/ws`,
	hello: () => (s.seq > 0 ? { page: "oversight", after: s.seq } : { page: "oversight" }),
	store,
});
const sound = new Sound(draw);
const reader = new Reader(connection, () => s, change);
const visible = (): boolean => document.visibilityState === "visible";
const desk = new Desk({ connection, store, get: () => s, set: change, visible });
const firstWords = new Map<number, string>(); /* said when this counselor is in the room */

/* The desk may change the state in turn: it runs once more then, not inside itself. */
function change(next: state.Oversight): void {
	if (next === s) {
		return;
	}
	s = next;
	draw();
	if (!running) {
		running = true;
		desk.run();
		running = false;
	}
}

function tellUi(next: Partial<OversightUi>): void {
	ui = { ...ui, ...next };
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
	change(state.tick(s, Date.now()));
	const called = mustRing(s);
	sound.ring(called && ui.sound);
	ui = { ...ui, blocked: ui.sound && !sound.ready };
	showBadge(called, t("oversight.title"));
	const page = document.getElementById("page");
	if (page) {
		render(<App state={s} ui={ui} now={Date.now()} actions={actions} />, page);
	}
	desk.see();
}

async function ask(asked: Asked): Promise<Got> {
	const key = busyKey(asked);
	tellUi({ busy: new Set(ui.busy).add(key) });
	try {
		return { answer: await connection.request(asked), why: "" };
	} catch (error) {
		return { why: whyFailed(error), ...(error instanceof WireError ? { code: error.code } : {}) };
	} finally {
		const busy = new Set(ui.busy);
		busy.delete(key);
		tellUi({ busy });
	}
}

async function act(asked: Asked, told = ""): Promise<void> {
	const { answer, why } = await ask(asked);
	tellUi({ said: why, told: why === "" ? told : "" });
	if (answer?.type === "ok" && "case_id" in asked && typeof asked.case_id === "number") {
		connection.tell({ type: "case.get", case_id: asked.case_id });
	}
}

/* What was to be said first is said once the server says that this counselor is in. */
function speakFirst(): void {
	for (const [room, body] of firstWords) {
		if (state.isIn(s, room)) {
			firstWords.delete(room);
			desk.send(room, body, Date.now());
		}
	}
}

/* Back to where the room was opened from, with the focus where one came from. */
function leave(): void {
	const room = s.open?.room;
	if (room !== undefined) {
		reader.close();
		paint();
		document.querySelector<HTMLElement>(`[data-room="${room}"]`)?.focus();
	}
}

function goTo(page: state.Page, caseId = 0): void {
	if (s.open) {
		reader.close();
	}
	change(state.go(s, page, caseId));
}

const actions: OversightActions = {
	show: (filter) => change(state.show(s, filter)),
	go: goTo,
	hold: (held) => change(state.hold(s, held)),
	read: (room, look) => reader.open(room, look),
	leave,
	older: () => void reader.before(s.open?.events[0]?.n ?? 0),
	fetchBefore: (n) => void reader.before(n),
	ask,
	act: (asked, told) => void act(asked, told),
	dialog: (dialog) => tellUi({ dialog }),
	write: (room, text) => desk.write(room, text, Date.now()),
	send(room) {
		desk.send(room, state.voiceOf(s, room).draft, Date.now());
		paint();	/* at once: a key pressed before the field is empty would write it again */
	},
	sayFirst(room, body) {
		firstWords.set(room, body);
		speakFirst();
	},
	tryAgain: (room, id) => change(state.tryAgain(s, room, id)),
	takeBack: (room, id) => change(state.takeBack(s, room, id)),
	closeSealed(opening) {
		change(state.wipe(s));
		void act({ type: "identity.close", opening }, t("opened.closed"));
	},
	putAway: (seq) => change(state.dismiss(s, seq)),
	unsay: () => tellUi({ said: "", told: "" }),
	sound(on) {
		keepChoice("alarm", on);
		tellUi({ sound: on });
		void sound.wake();
	},
	trySound: () => void sound.wake().then(() => sound.once()),
	notify: (on) => void wantNotify(on).then(() => tellUi({ notify: notifyState() })),
	download,
	password: (old, fresh) => changePassword(connection, old, fresh),
	signOut: () => void signOut(forget).then((said) => tellUi({ said })),
	signOutAll: () => signOutEverywhere(connection),
	tryNow: () => connection.tryNow(),
};

function forget(): void {
	s = state.wipe(s);
	desk.forget();
	connection.stop();
}

connection.addEventListener("message", (event) => {
	const before = s;
	const { message } = event as Incoming;
	if (message.type === "reload") {
		location.reload();
		return;
	}
	change(state.receive(s, message, Date.now()));
	if (newCalls(before, s) > 0) {
		notifyCalled();
	}
	if (!isCurrent(before) && isCurrent(s)) {
		reader.resume();
	} else if (isCurrent(s)) {
		reader.heard(message);
	}
	speakFirst();
});
connection.addEventListener("status", () => {
	const { status, retryAt = 0 } = connection;
	const link = { status, retry_ms: retryAt, heard_ms: connection.heardAt };
	change(state.connection(s, link, Date.now()));
});
connection.addEventListener("denied", () => {
	forget();
	goToSignIn();
});
for (const sign of ["online", "offline"]) {
	window.addEventListener(sign, () => connection.tryNow());
}
document.addEventListener("visibilitychange", () => {
	if (visible()) {
		connection.tryNow();
		draw();
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
/* Dialogs are here before they are wanted, and before the network is gone. */
setTimeout(() => void import("./tools").catch(() => undefined), 1000);
connection.start();
if (ui.sound) {
	void sound.wake();
}
paint();
