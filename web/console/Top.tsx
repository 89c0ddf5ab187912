/* The shift header: time left, taking new chats, which counselors are there, the own menu. */

import { names, t } from "../lib/say";
import { Mark } from "../lib/Mark";
import { AdultToken } from "../lib/Token";
import { clock, minutes } from "../lib/when";
import { Menu } from "../staff/Menu";
import { Ring } from "../staff/Ring";
import { Switch } from "../staff/Switch";
import { shift } from "./select";
import type { View } from "./views";

const LONG_MS = 24 * 3600 * 1000; /* a shift without an end in sight: nothing is counted down */
const HOURS_MS = 2 * 3600 * 1000; /* from here on in hours */

/* "42 min left", "3 h left", or "On shift". */
function leftWords(left_ms: number): string {
	if (left_ms >= LONG_MS) {
		return t("shift.on");
	}
	return left_ms >= HOURS_MS
		? t("shift.left.h", { n: Math.floor(left_ms / 3600000) })
		: t("shift.left", { n: minutes(left_ms + 59999) });
}

function ShiftPill({ state, now }: View) {
	const on = shift(state, now);
	if (on.kind === "unknown") {
		return null;
	}
	if (on.kind === "off") {
		return (
			<div class="shift shift--off">
				<b>{state.chats.size > 0 ? t("shift.over") : t("shift.off")}</b>
			</div>
		);
	}
	return (
		<div class={`shift ${on.ending ? "shift--ending" : ""}`}>
			<Ring part={on.part} />
			<span>
				<b class="num">{leftWords(on.left_ms)}</b>
				{on.left_ms >= LONG_MS ? null : (
					<span class="meta hide-t num">{t("shift.until", { time: clock(on.until_ms) })}</span>
				)}
			</span>
		</div>
	);
}

/* The switch is only there while it can do something. */
export function Taking({ state, actions }: View) {
	const desk = state.desk;
	return desk?.on_shift ? (
		<Switch on={desk.taking} set={actions.taking} disabled={state.status !== "online"}>
			{t("taking")}
		</Switch>
	) : null;
}

function With({ state }: View) {
	const adults = state.desk?.adults ?? [];
	if (!state.desk) {
		return null;
	}
	const text = adults.length === 1 ? "with.one" : "with.more";
	return (
		<div class="with hide-m">
			{adults.length === 0 ? (
				<span class="meta">{t(state.school?.reachable ? "adults.none" : "with.none")}</span>
			) : (
				<>
					<span class="stack">
						{adults.slice(0, 3).map((name) => (
							<AdultToken key={name} name={name} />
						))}
					</span>
					<span>{t(text, { names: names(adults) })}</span>
				</>
			)}
		</div>
	);
}

export function Top(view: View) {
	const { state, ui, actions } = view;
	return (
		<header class="top">
			<div class="top-id">
				<Mark />
				<span class="hide-s hide-xt">{state.school?.school ?? ""}</span>
			</div>
			<ShiftPill {...view} />
			<span class="grow" />
			<div class="top-sw hide-s">
				<Taking {...view} />
			</div>
			<With {...view} />
			<Menu
				view={{
					name: state.me?.name ?? "",
					picture: state.me?.picture ?? "",
					until_ms: state.me?.until_ms ?? 0,
					online: state.status === "online",
					sound: ui.sound,
					soundText: "menu.sound.console",
				}}
				actions={actions}
			/>
		</header>
	);
}
