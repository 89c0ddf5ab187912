/* What every view of the visitor's page may use: strings, formats, actions, the time. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Formats, Translate } from "../lib/i18n";
import type { Key } from "../i18n/en";
import type { Session } from "./session";

export type Actions = Pick<
	Session,
	| "go"
	| "back"
	| "tryNow"
	| "open"
	| "leaveMessage"
	| "send"
	| "again"
	| "takeBack"
	| "typing"
	| "wait"
	| "end"
	| "earlier"
	| "makeWords"
	| "openWords"
	| "forget"
	| "draft"
	| "keepDraft"
	| "needAdult"
	| "offer"
	| "bearer"
> & {
	quickExit: () => void;
	fold: () => void;
	speak: (language: string) => void;
};

export interface Ui {
	t: Translate<Key>;
	format: Formats;
	language: string;
	embedded: boolean; /* in the launcher's frame, which can fold */
	now: number; /* ticks every second while something on screen counts */
	actions: Actions;
}

export const UiContext = createContext<Ui | null>(null);

export function useUi(): Ui {
	const ui = useContext(UiContext);
	if (!ui) {
		throw new Error("a view outside of the page");
	}
	return ui;
}
