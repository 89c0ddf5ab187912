/* Wires the visitor's page: what the tab remembers, the session, the language, the way out. */

import { render } from "preact";
import { Connection } from "../lib/connection";
import { type Strings, formats, rightToLeft, translator } from "../lib/i18n";
import { tabStore } from "../lib/store";
import type { School } from "../lib/wire";
import { type Key, en } from "../i18n/en";
import { App } from "./App";
import { type Embed, listen } from "./embed";
import { onTripleShift, quickExit } from "./exit";
import { choose, load, localeOf, schoolWords } from "./language";
import { Session } from "./session";
import { newestFromOthers } from "./state";
import { type Actions, UiContext } from "./ui";

const root = document.getElementById("page") as HTMLElement;
const store = tabStore();
let language = "en";
let strings: Strings = en;
let embedded = false;
let gone = false;

/* What the daemon wrote into the page: there before, and without, any connection. */
function writtenSchool(): School | null {
	try {
		return JSON.parse(document.getElementById("hark-school")?.textContent ?? "") as School;
	} catch {
		return null;
	}
}

const session = new Session({
	store,
	school: writtenSchool(),
	/* With what a managed device's address may say of it (?device=), which is sealed on arrival. */
	makeConnection: (hello) => new Connection({ url: `${location.origin.replace(/^http/, "ws")}/ws${location.search}`, hello, store }),
	changed: draw,
	visible: () => document.visibilityState === "visible",
	reload: () => location.reload(),
});

function exit(): void {
	if (!gone) {
		gone = true;
		quickExit({
			url: () => session.state.school?.exit_url ?? "",
			forget: () => session.vanish(),
			askParent: parent === window ? undefined : embed.exit,
		});
	}
}

const embed: Embed = listen({
	exit,
	shown: (shown) => {
		embedded = true;
		session.setFolded(!shown);
		session.look();
	},
});

async function speak(wanted: string): Promise<void> {
	const loaded = await load(wanted);
	if (loaded) {
		language = wanted;
		strings = loaded;
		store.write("language", wanted);
		document.documentElement.lang = wanted;
		document.documentElement.dir = rightToLeft(wanted) ? "rtl" : "ltr";
		draw();
	}
}

const { go, back, tryNow, open, leaveMessage, send, again, takeBack, typing, wait, end } = session;
const { earlier, makeWords, openWords, forget, draft, keepDraft, needAdult, offer, bearer } = session;
const actions: Actions = {
	...{ go, back, tryNow, open, leaveMessage, send, again, takeBack, typing, wait, end },
	...{ earlier, makeWords, openWords, forget, draft, keepDraft, needAdult, offer, bearer },
	quickExit: exit,
	fold: embed.fold,
	speak: (wanted) => void speak(wanted),
};

let newest = 0;

function draw(): void {
	if (gone) {
		return;
	}
	const { state } = session;
	const t = translator<Key>(strings, schoolWords(language, state.school));
	const ui = { t, format: formats(localeOf(language)), language, embedded, now: Date.now(), actions };
	render(
		<UiContext.Provider value={ui}>
			<App state={state} />
		</UiContext.Provider>,
		root,
	);
	const latest = newestFromOthers(state);
	if (state.folded && latest > newest) {
		embed.isNew();
	}
	newest = latest;
}

/* Seconds are on screen only while offline; a wait grows long, and a shift ends, by the minute. */
setInterval(() => {
	if (session.state.status === "offline" || new Date().getSeconds() % 15 === 0) {
		draw();
	}
}, 1000);

onTripleShift(window, exit);
addEventListener("keydown", (event) => {
	if (event.key === "Escape" && embedded) {
		embed.fold();
	}
});
addEventListener("online", session.tryNow);
addEventListener("offline", session.tryNow);
addEventListener("pageshow", session.tryNow);
document.addEventListener("visibilitychange", () => {
	if (document.visibilityState === "visible") {
		session.tryNow();
		session.look();
	}
});

draw();
void speak(choose([store.read<string>("language") ?? "", ...navigator.languages]));
session.start();
