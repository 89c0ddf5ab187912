/* No chat is open: the empty state is a rest, not a blank. */

import { t } from "../lib/say";
import { clock, dayAndClock } from "../lib/when";
import { chats, shift, whyNotTake } from "./select";
import type { View } from "./views";

interface Resting {
	title: string;
	text: string;
	waits?: boolean; /* somebody does */
	take?: number; /* this room can be taken */
}

function rest({ state, ui, now }: View): Resting {
	const on = shift(state, now);
	const desk = state.desk;
	if (!desk || on.kind === "unknown") {
		return { title: t("loading"), text: "" };
	}
	if (on.kind === "off") {
		const { next_ms, until_ms } = on;
		const server_ms = now + state.skew_ms;
		const next =
			next_ms === undefined || next_ms < server_ms
				? t("off.none")
				: t("off.next", { from: dayAndClock(next_ms, server_ms), until: clock(until_ms ?? next_ms) });
		return { title: t("off"), text: chats(state).length > 0 ? t("off.chats") : next };
	}
	const first = desk.waiting.find((room) => room.offered) ?? desk.waiting[0];
	if (first) {
		const may = whyNotTake(state) === "" ? { take: first.room } : {};
		return { title: t("quiet.pick"), text: t("quiet.pick.text"), waits: true, ...may };
	}
	if (!desk.taking) {
		return { title: t("quiet.paused"), text: t("quiet.paused.text") };
	}
	if (state.chats.size > 0) {
		return { title: t("quiet.yours"), text: "" };
	}
	return { title: t("quiet"), text: t(ui.sound ? "quiet.sound" : "quiet.silent") };
}

export function Pause(view: View) {
	const { actions, state, ui } = view;
	const { title, text, waits = false, take } = rest(view);
	const name = state.desk?.waiting.find((room) => room.room === take)?.name;
	return (
		<div class="quiet-in">
			<div class={`rings ${waits ? "rings--wait" : ""}`} aria-hidden="true">
				<i />
				<i />
				<i />
			</div>
			<h1>{title}</h1>
			{text === "" ? null : <p>{text}</p>}
			{take === undefined || name === undefined ? null : (
				<button
					type="button"
					class="btn btn--pine"
					disabled={ui.busy.has(take)}
					onClick={() => actions.take(take)}
				>
					{t("rail.hi.to", { name })}
				</button>
			)}
		</div>
	);
}
