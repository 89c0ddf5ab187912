/* The room is blocked for a time: until when, what is still there, and nothing else changed. */

import { Icon } from "../lib/Icon";
import { dayName } from "../lib/i18n";
import { iconClock } from "../lib/icons";
import type { Visitor } from "./state";
import { type Ui, useUi } from "./ui";

/* The end of a pause that goes on (UTC); 0: there is none. */
export function pausedUntil({ state }: Visitor, now: number): number {
	const until = state?.blocked_until_ms ?? 0;
	return until > now ? until : 0;
}

/* To an adult who was called, or is here, one can always write. */
export function mayWrite(visitor: Visitor, now: number): boolean {
	const { state: room } = visitor;
	return pausedUntil(visitor, now) === 0 || room?.help !== undefined || room?.adult_name !== undefined;
}

export function pausedText(until: number, { t, format, now }: Pick<Ui, "t" | "format" | "now">): string {
	const time = format.time(until);
	const today = new Date(until).toDateString() === new Date(now).toDateString();
	return today ? t("paused", { time }) : t("pausedDay", { day: dayName(until, now, format), time });
}

export function Paused({ state }: { state: Visitor }) {
	const ui = useUi();
	const until = pausedUntil(state, ui.now);
	return until === 0 ? null : (
		<p class="note note--honey" role="status">
			<Icon of={iconClock} />
			<span>
				<b>{pausedText(until, ui)}</b> {ui.t(mayWrite(state, ui.now) ? "pausedAdult" : "pausedStill")}
			</span>
		</p>
	);
}
