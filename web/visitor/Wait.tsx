/* Waiting: rings that breathe, no place in line, no countdown, and always another way. */

import { Icon } from "../lib/Icon";
import { minutesOf } from "../lib/i18n";
import { iconMessage } from "../lib/icons";
import type { Visitor } from "./state";
import { useUi } from "./ui";

const LONG_WAIT_MS = 3 * 60 * 1000;

/* Longer than usual: past three minutes and past twice what is usual. */
export function isLongWait(state: Visitor, now: number): boolean {
	const usual = (state.school?.wait_s ?? 0) * 1000;
	return state.waitingSince !== undefined && now - state.waitingSince > Math.max(LONG_WAIT_MS, 2 * usual);
}

export function Breath({ state }: { state: Visitor }) {
	const { t, format, embedded, now } = useUi();
	const long = isLongWait(state, now);
	const usual = state.school?.wait_s;
	const lede = [
		usual ? t("waitUsual", { minutes: minutesOf(usual, format) }) : "",
		t(embedded ? "waitLook" : "waitHere"),
	];
	return (
		<div class="w-wait">
			<div class="breath" aria-hidden="true">
				<i />
				<i />
				<i />
				<i />
			</div>
			<h2 class="w-h2">{t(long ? "waitLong" : "waitTitle")}</h2>
			<p class="w-lede">{long ? t("waitLongLede") : lede.filter(Boolean).join(" ")}</p>
			{!long && <p class="hint breath-hint">{t("breathe")}</p>}
		</div>
	);
}

export function WaitActions({ state }: { state: Visitor }) {
	const { t, now, actions } = useUi();
	const kind = isLongWait(state, now) ? "btn--pine-soft" : "btn--quiet";
	return (
		<div class="w-two">
			<button type="button" class={`btn btn--sm w-44 ${kind}`} onClick={() => actions.go("leave")}>
				<Icon of={iconMessage} class="i-18" />
				{t("leaveMessage")}
			</button>
			<button type="button" class="btn btn--sm btn--quiet w-44" onClick={() => void actions.end()}>
				{t("stopWaiting")}
			</button>
		</div>
	);
}
