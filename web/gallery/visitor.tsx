/* The student's page in its states; each also in Arabic (visitor.html#live-ar) and Spanish. */

import { ar } from "../i18n/ar";
import { en } from "../i18n/en";
import { enRooms } from "../i18n/en.rooms";
import { es } from "../i18n/es";
import { type Strings, formats, rightToLeft, translator } from "../lib/i18n";
import { App } from "../visitor/App";
import { localeOf, schoolWords } from "../visitor/language";
import type { Visitor } from "../visitor/state";
import { type Actions, UiContext } from "../visitor/ui";
import { type State, board } from "./lib/board";
import { NOW, captions, states } from "./sample/visitor";

const nothing = (): void => undefined;
const works = (): Promise<"ok"> => Promise.resolve("ok");
const yes = (): Promise<boolean> => Promise.resolve(true);
const letter =
	"i used to sit with them every day. now when i walk up they get quiet. i dont want to make it a big thing i just dont know what to do at lunch";

const actions: Actions = {
	...{ go: nothing, back: nothing, tryNow: nothing, open: nothing, leaveMessage: nothing, send: nothing },
	...{ again: nothing, takeBack: () => "", typing: nothing, wait: yes, end: yes, earlier: nothing },
	...{ makeWords: works, openWords: works, forget: nothing, keepDraft: nothing, needAdult: nothing, offer: yes },
	...{ quickExit: nothing, fold: nothing, speak: nothing },
	bearer: () => ({}),
	draft: (key) => (key === "letter" ? letter : ""),
};

const languages: Readonly<Record<string, Strings>> = { en: { ...en, ...enRooms }, es, ar };

function Page({ language, state }: { language: string; state: Visitor }) {
	document.documentElement.lang = language;
	document.documentElement.dir = rightToLeft(language) ? "rtl" : "ltr";
	const t = translator(languages[language] as Strings, schoolWords(language, state.school));
	const ui = { t, format: formats(localeOf(language)), language, embedded: true, now: NOW, actions };
	return (
		<UiContext.Provider value={ui}>
			<div id="page">
				<App state={state} />
			</div>
		</UiContext.Provider>
	);
}

const all: State[] = Object.keys(languages).flatMap((language) =>
	Object.entries(states).map(([name, state]) => ({
		name: language === "en" ? name : `${name}-${language}`,
		caption: `${captions[name]}${language === "en" ? "" : ` (${language})`}`,
		view: () => <Page language={language} state={state} />,
	})),
);

board({ title: "Hark for students", states: all, width: 400, height: 720 });
