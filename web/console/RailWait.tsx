/* Somebody who waits, or who left a message. No word of theirs is shown before the chat is taken. */

import { t } from "../lib/say";
import { Token } from "../lib/Token";
import { brief, elapsed } from "../lib/when";
import { whyNotTake } from "./select";
import type { DeskRoom } from "./state";
import type { View } from "./views";

export interface RailWaitProps extends View {
	room: DeskRoom;
	left?: boolean; /* left a message, does not wait */
}

export function RailWait({ state, ui, now, actions, room, left = false }: RailWaitProps) {
	const why = whyNotTake(state);
	const server_ms = now + state.skew_ms;
	const time = left ? brief(room.since_ms, server_ms) : elapsed(server_ms - room.since_ms);
	const label = t(left ? "rail.answer.to" : "rail.hi.to", { name: room.name });
	return (
		<li class={`wait ${room.offered ? "wait--offered" : ""}`}>
			<Token picture={room.picture} class={left ? "" : room.present ? "here" : "here away"} />
			<div class="row-t">
				<div class="row-1">
					<b>{room.name}</b>
					{left ? null : <span class="meta num">{time}</span>}
				</div>
				<span class="meta">{left ? [time, ...room.topics].join(", ") : room.topics.join(", ")}</span>
				{room.offered || room.wish !== "" || room.returned ? (
					<span class="tags">
						{room.offered ? <span class="tag tag--pine">{t("rail.offered")}</span> : null}
						{room.wish === "" ? null : <span class="tag tag--dawn">{room.wish}</span>}
						{room.returned ? <span class="tag">{t("rail.returned")}</span> : null}
					</span>
				) : null}
			</div>
			<button
				type="button"
				class="btn btn--sm btn--pine-soft"
				aria-label={label}
				title={why === "" ? undefined : t(`why.${why}`)}
				disabled={why !== "" || ui.busy.has(room.room)}
				onClick={() => actions.take(room.room)}
			>
				{t(left ? "rail.answer" : "rail.hi")}
			</button>
		</li>
	);
}
