/* Wires the console: connection to state, state to views, presses to requests. */

import { render } from "preact";
import { Connection, systemClock, WireError } from "../lib/connection";
import type { Asked, Incoming } from "../lib/connection";
import { randomHex } from "../lib/hex";
import { t } from "../lib/say";
import { Sound } from "../lib/sound";
import { tabStore } from "../lib/store";
import { fits, tidy } from "../lib/text";
import {
	changePassword, goToSignIn, keepChoice, readChoice, showBadge, signOut, signOutEverywhere, whyFailed,
} from "../staff/staff";
import { App } from "./App";
import { Duties, readCalls, readOpen, readReports, readSaved } from "./duties";
import { nextToSend, someoneNew, someoneWaits } from "./select";
import * as state from "./state";
import type { ConsoleActions, ConsoleUi } from "./views";

const store = tabStore();
let s: state.Console = {
	...state.begin(readSaved(store), readCalls(store), readReports(store)), wanted: readOpen(store),
};
let ui: ConsoleUi = { sound: readChoice("sound", false), busy: new Set(), said: "" };
let drawing = false;
let running = false;
let outdated = false;

const connection = new Connection({
	url: `${location.protocol.replace("http", "ws")}//${location.host}/ws`,
	hello: () => ({ page: "console" }),
	store,
});
const sound = new Sound(draw);
const duties = new Duties({
	connection, store, clock: systemClock, get: () => s, set: change,
	visible: () => document.visibilityState === "visible",
});

/* Duties may change the state in turn: they run once more then, not inside one another. */
function change(next: state.Console): void {
	if (next === s) {
		return;
	}
	s = next;
	draw();
	if (!running) {
		running = true;
		duties.run();
		running = false;
	}
}

function tellUi(next: Partial<ConsoleUi>): void {
	ui = { ...ui, ...next };
	draw();
}

/* Many messages in one turn are drawn once. A timer, because a hidden tab draws no frames. */
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
	/* What waits to be sent is kept over a reload, where the browser lets us keep it. */
	if (outdated && (store.lasting || nextToSend(s) === undefined)) {
		location.reload();
		return;
	}
	showBadge(someoneWaits(s), t("console.title"));
	const page = document.getElementById("page");
	if (page) {
		render(<App state={s} ui={ui} now={Date.now()} actions={actions} />, page);
	}
	duties.see();
}

/* Asks, and says why when it is refused. True when it was carried out. */
async function ask(asked: Asked): Promise<boolean> {
	try {
		await connection.request(asked);
		return true;
	} catch (error) {
		tellUi({ said: whyFailed(error) });
		return false;
	}
}

async function busy(room: number, work: () => Promise<void>): Promise<void> {
	tellUi({ busy: new Set(ui.busy).add(room) });
	try {
		await work();
	} finally {
		const rest = new Set(ui.busy);
		rest.delete(room);
		tellUi({ busy: rest });
	}
}

async function take(room: number): Promise<void> {
	const desk = s.desk;
	const name = [...(desk?.waiting ?? []), ...(desk?.left ?? [])].find((one) => one.room === room)?.name ?? "";
	try {
		await connection.request({ type: "room.take", room });
		change(state.want(s, room));
	} catch (error) {
		const lost = error instanceof WireError && error.code === "taken";
		change(lost ? state.notify(s, "taken", name) : s);
		tellUi({ said: lost ? "" : whyFailed(error) });
	}
}

async function answer(room: number, accept: boolean): Promise<void> {
	if ((await ask({ type: "room.hand_answer", room, accept })) && accept) {
		change(state.want(s, room));
	}
}

async function older(room: number): Promise<void> {
	const before = s.chats.get(room)?.log.events[0]?.n ?? 0;
	if (before < 2) {
		return;
	}
	change(state.askOlder(s, room, true));
	await ask({ type: "room.history", room, before, limit: 50 });
	change(state.askOlder(s, room, false));
}

function send(room: number): void {
	const body = tidy(s.chats.get(room)?.draft ?? "");
	if (body !== "" && fits(body)) {
		duties.typing(room, "", Date.now());
		change(state.say(s, room, { id: randomHex(16), body, at_ms: Date.now() + s.skew_ms }));
		paint();	/* at once: a key pressed before the field is empty would write it again */
	}
}

function write(room: number, draft: string): void {
	duties.typing(room, draft, Date.now());
	change(state.write(s, room, draft));
}

/* Shows a chat, or the list again: then the focus goes back to the row one came from. */
function show(room: number | null): void {
	const before = s.selected;
	change(state.select(s, room));
	if (room === null) {
		paint();
		document.querySelector<HTMLElement>(`[data-room="${before}"]`)?.focus();
	}
}

const actions: ConsoleActions = {
	taking: (taking) => void ask({ type: "desk.taking", taking }),
	take: (room) => void busy(room, () => take(room)),
	answer: (room, accept) => void busy(room, () => answer(room, accept)),
	show,
	write,
	use(room, text) {
		change(state.append(s, room, text));
		document.querySelector<HTMLTextAreaElement>(".compose textarea")?.focus();
	},
	send,
	tryAgain: (room, id) => change(state.tryAgain(s, room, id)),
	takeBack: (room, id) => change(state.takeBack(s, room, id)),
	older: (room) => void older(room),
	atEnd: (room, atEnd) => duties.atEnd(room, atEnd),
	hand: (room, account) => void ask({ type: "room.hand", room, account }),
	release: (room) => void ask({ type: "room.release", room }),
	end: (room) => void ask({ type: "room.end", room }),
	report: (room) => change(state.report(s, room, randomHex(16), Date.now())),
	reportNow: (room, what) => change(state.reportNow(s, room, Date.now(), what)),
	undoReport: (room) => change(state.undoReport(s, room)),
	putAway: (room) => change(state.putAway(s, room)),
	callAdult: (room, call) => change(state.callAdult(s, { ...call, room, id: randomHex(16) })),
	dismissNote: (room, id) => change(state.dismissNote(s, room, id)),
	dismiss: (key) => change(state.dismiss(s, key)),
	unsay: () => tellUi({ said: "" }),
	sound(on) {
		keepChoice("sound", on);
		tellUi({ sound: on });
		void sound.wake().then(() => (on ? sound.soft() : undefined));
	},
	password: (old, fresh) => changePassword(connection, old, fresh),
	signOut: () => void duties.hurry().then(() => signOut(leave)).then((said) => tellUi({ said })),
	signOutAll: () => duties.hurry().then(() => signOutEverywhere(connection)),
	tryNow: () => connection.tryNow(),
};

function leave(): void {
	duties.forget();
	connection.stop();
}

connection.addEventListener("message", (event) => {
	const { message } = event as Incoming;
	if (message.type === "reload") {
		outdated = true;
		draw();
		return;
	}
	if (message.type === "state.desk" && ui.sound && someoneNew(s.desk, message)) {
		sound.soft();
	}
	change(state.receive(s, message, Date.now()));
});
connection.addEventListener("status", () => {
	change(state.connection(s, connection.status, connection.retryAt ?? 0, Date.now()));
});
connection.addEventListener("denied", () => {
	duties.forget();
	goToSignIn();
});
for (const sign of ["online", "offline"]) {
	window.addEventListener(sign, () => connection.tryNow());
}
document.addEventListener("visibilitychange", () => {
	if (document.visibilityState === "visible") {
		connection.tryNow();
		draw();
	} else {
		void duties.hurry();
	}
});
/* Ended here, a connection still says what waits to be said. */
window.addEventListener("pagehide", () => {
	void duties.hurry();
	connection.stop();
});
window.addEventListener("pageshow", () => connection.start()); /* it may come back as it was */
/* A browser lets a page sound once it was touched: any press will do. */
for (const touch of ["pointerdown", "keydown"]) {
	document.addEventListener(touch, () => {
		if (ui.sound && !sound.ready) {
			void sound.wake();
		}
	});
}
setInterval(draw, 1000);
connection.start();
paint();
