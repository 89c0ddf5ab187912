/* The band: a room nobody has answered. It stays until a counselor has seen it. */

import { Icon } from "../lib/Icon";
import { iconBell, iconCheck, iconEye } from "../lib/icons";
import { elapsed } from "../lib/when";
import { Ring } from "../staff/Ring";
import { count, t } from "./say";
import type { Wall } from "./state";
import { isBusy, serverNow } from "./views";
import type { View } from "./views";

export function AlarmBand(view: View & { wall: Wall; others: number }) {
	const { actions, wall, others } = view;
	const since_ms = serverNow(view) - (wall.alarm_ms ?? wall.since_ms);
	const what = t(`alarm.${wall.alarm ?? "unanswered"}`, { name: wall.name });
	const where = wall.phase === "ended" ? "" : t(`alarm.text.${wall.phase}`);
	const takes = { type: "alarm.take", room: wall.room } as const;
	return (
		<article class="alarm" aria-label={t("alarm.region")}>
			<span class="rt">
				<Ring part={(since_ms % 60000) / 60000} size={56} />
				<b class="num">{elapsed(since_ms)}</b>
			</span>
			{/* Only what does not change by itself is spoken: the clock beside it would repeat it. */}
			<div class="alarm-t" role="alert">
				<h2>{what}</h2>
				<p>
					{[wall.topics.join(", "), where].filter((part) => part !== "").join(". ")}
					{others > 0 ? <b> {count("alarm.more", others)}</b> : null}
				</p>
			</div>
			<p class="alarm-n">
				<Icon of={iconBell} class="i-16" />
				<span>{t("alarm.note")}</span>
			</p>
			<button type="button" class="btn btn--line" onClick={() => actions.read(wall.room)}>
				<Icon of={iconEye} class="i-18" />
				{t("alarm.read")}
			</button>
			<button type="button" class="btn btn--dusk" disabled={isBusy(view, takes)} onClick={() => actions.act(takes)}>
				<Icon of={iconCheck} class="i-18" />
				{t("alarm.take")}
			</button>
		</article>
	);
}
