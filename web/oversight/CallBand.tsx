/* A call for an adult that nobody has: who asked, why, whom it calls next. It never times out. */

import { Icon } from "../lib/Icon";
import { iconCheck, iconEye, iconPhone } from "../lib/icons";
import { elapsed } from "../lib/when";
import { Ring } from "../staff/Ring";
import { climbed, isHandedToMe } from "./calls";
import { Say, t } from "./say";
import type { Key } from "./say";
import type { Call } from "./state";
import { Told } from "./Told";
import { isBusy, serverNow } from "./views";
import type { View } from "./views";

type CallView = View & { call: Call };

export function titleOf(call: Call): string {
	const key: Key = call.source === "system" ? `call.${call.reason as "unanswered"}` : `call.${call.source}`;
	return t(key, { room: call.name, name: call.by });
}

/* "“Someone is hurting them.” Mr. T. is reading. Nobody has it yet." */
function Text({ state, call }: CallView) {
	const said = call.source === "supporter" || call.source === "counselor" ? t(`reason.${call.reason}`) : "";
	const mine = call.opened_by === state.me?.name;
	const stands = call.stage === "handed"
		? isHandedToMe(state, call)
			? t("call.handed.you", { name: call.taken_by ?? "" })
			: t("call.handed", { name: call.handed_to ?? "" })
		: call.opened_by === undefined ? t("call.none") : t(mine ? "call.read.you" : "call.read.by", { name: call.opened_by });
	const topics = state.walls.get(call.room)?.topics.join(", ") ?? "";
	return (
		<p>
			{said === "" ? "" : `“${said}.” `}
			{call.note === undefined ? "" : <q dir="auto">{call.note}</q>}{" "}
			{topics === "" ? "" : `${topics}. `}
			{stands}
		</p>
	);
}

function Next(view: CallView) {
	const { call } = view;
	const { next_ms, next_who = "" } = call;
	const due = next_ms !== undefined && next_ms <= serverNow(view);
	return (
		<p class="alarm-n">
			<Icon of={iconPhone} class="i-16" />
			<span>
				{next_ms === undefined ? (
					t("call.next.last")
				) : due ? (
					t("call.next.now", { who: next_who })
				) : (
					<Say k="call.next" parts={{ time: <b class="num">{elapsed(next_ms - call.at_ms)}</b>, who: next_who }} />
				)}
			</span>
		</p>
	);
}

export function CallBand(view: CallView) {
	const { state, actions, call } = view;
	const { escalation, room, name } = call;
	const since_ms = serverNow(view) - call.at_ms;
	const takes = { type: "escalation.take", escalation } as const;
	const read = (): void => {
		if (call.opened_by !== state.me?.name) {
			actions.act({ type: "escalation.open", escalation });
		}
		actions.read(room, call);
	};
	return (
		<article class="alarm" aria-label={titleOf(call)}>
			<span class="rt">
				<Ring part={climbed(call, serverNow(view))} size={56} />
				<b class="num">{elapsed(since_ms)}</b>
			</span>
			{/* Only what does not change by itself is spoken: the clock beside it would repeat it. */}
			<div class="alarm-t" role="alert">
				<h2>{titleOf(call)}</h2>
				<Text {...view} />
			</div>
			<div class="alarm-side">
				<Next {...view} />
				<Told {...view} />
			</div>
			<button type="button" class="btn btn--line" aria-label={`${t("alarm.read")}: ${name}`} onClick={read}>
				<Icon of={iconEye} class="i-18" />
				{t("alarm.read")}
			</button>
			<button
				type="button"
				class="btn btn--ember"
				aria-label={`${t("call.take")}: ${name}`}
				disabled={isBusy(view, takes)}
				onClick={() => actions.act(takes)}
			>
				<Icon of={iconCheck} class="i-18" />
				{t("call.take")}
			</button>
		</article>
	);
}
