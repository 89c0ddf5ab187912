/* A call for an adult that somebody has: who, since when; its holder hands it on or closes it. */

import { Icon } from "../lib/Icon";
import { iconCheck, iconEye, iconSwap } from "../lib/icons";
import { clock, elapsed } from "../lib/when";
import { isMine } from "./calls";
import { t } from "./say";
import type { Call } from "./state";
import { Told } from "./Told";
import { isBusy } from "./views";
import type { View } from "./views";

export function TakenBand(view: View & { call: Call }) {
	const { state, actions, call } = view;
	const { escalation, room, name } = call;
	const mine = isMine(state, call);
	const time = clock(call.taken_ms ?? call.at_ms);
	const after = elapsed((call.taken_ms ?? call.at_ms) - call.at_ms);
	const title = mine ? t("call.yours", { room: name }) : t("call.theirs", { room: name, name: call.taken_by ?? "" });
	return (
		<article class="alarm alarm--taken" aria-label={title}>
			<span class="alarm-i">
				<Icon of={iconCheck} class="i-18" />
			</span>
			<div class="alarm-t" role="status">
				<h2>{title}</h2>
				<p class="num">
					{t(mine ? "call.yours.since" : "call.theirs.since", { time, after })}
					{call.source === "system" ? "" : `. ${t(`reason.${call.reason}`)}`}
				</p>
				{call.note !== undefined && <p dir="auto">“{call.note}”</p>}
			</div>
			<Told {...view} />
			{state.open?.room === room ? null : (
				<button
					type="button"
					class="btn btn--sm btn--line"
					aria-label={`${t("call.read")}: ${name}`}
					onClick={() => actions.read(room, call)}
				>
					<Icon of={iconEye} class="i-16" />
					{t("call.read")}
				</button>
			)}
			{mine ? (
				<>
					<button
						type="button"
						class="btn btn--sm btn--line"
						aria-label={`${t("call.hand")}: ${name}`}
						onClick={() => actions.dialog({ kind: "hand", escalation })}
					>
						<Icon of={iconSwap} class="i-16" />
						{t("call.hand")}
					</button>
					<button
						type="button"
						class="btn btn--sm btn--dusk"
						aria-label={`${t("call.close")}: ${name}`}
						disabled={isBusy(view, { type: "escalation.close", escalation, outcome: "safe" })}
						onClick={() => actions.dialog({ kind: "close", escalation })}
					>
						{t("call.close")}
					</button>
				</>
			) : null}
		</article>
	);
}
