/* What can be done from a room's card: read it, and the one or two things that fit how it stands. */

import { Icon } from "../lib/Icon";
import { iconBell, iconCheck, iconEnter, iconEye, iconNote } from "../lib/icons";
import { callOf, isTaken } from "./calls";
import type { CardView } from "./Card";
import { t } from "./say";
import { isIn } from "./state";
import { isBusy } from "./views";

function Nudge(view: CardView) {
	const { wall, actions } = view;
	const asks = { type: "room.nudge", room: wall.room } as const;
	return (
		<button
			type="button"
			class="btn btn--sm btn--quiet"
			aria-label={t("card.nudge.this", { name: wall.name })}
			disabled={isBusy(view, asks)}
			onClick={() => actions.act(asks, t("nudged", { name: wall.name }))}
		>
			<Icon of={iconBell} class="i-16" />
			{t("card.nudge")}
		</button>
	);
}

/* Is it time to step in? Then there is no room, and no hurry, for the check mark. */
function isUrgent({ state, wall }: CardView): boolean {
	const call = callOf(state, wall.room);
	const open = call !== undefined && (!isTaken(call) || call.taken_by === state.me?.name);
	return wall.phase === "live" && (wall.flag === "high" || open) && !isIn(state, wall.room);
}

function Second(view: CardView) {
	const { wall, actions } = view;
	const { room, name } = wall;
	if (isUrgent(view)) {
		return (
			<button
				type="button"
				class="btn btn--sm btn--dusk"
				aria-label={t("card.step.this", { name })}
				onClick={() => actions.dialog({ kind: "step", room })}
			>
				<Icon of={iconEnter} class="i-16 i-flip" />
				{t("card.step")}
			</button>
		);
	}
	if (wall.phase === "live" && wall.peer_name !== undefined) {
		return (
			<button
				type="button"
				class="btn btn--sm btn--quiet"
				aria-label={t("card.note.this", { name, peer: wall.peer_name })}
				onClick={() => actions.dialog({ kind: "note", room })}
			>
				<Icon of={iconNote} class="i-16 i-flip" />
				{t("card.note")}
			</button>
		);
	}
	return wall.phase === "waiting" ? <Nudge {...view} /> : null;
}

export function CardActs(view: CardView) {
	const { wall, actions } = view;
	const clears = { type: "flag.clear", room: wall.room } as const;
	return (
		<>
			{wall.flag === undefined || isUrgent(view) ? null : (
				<button
					type="button"
					class="icb icb--sm"
					title={t("flag.clear")}
					aria-label={t("flag.clear.this", { name: wall.name })}
					disabled={isBusy(view, clears)}
					onClick={() => actions.act(clears)}
				>
					<Icon of={iconCheck} class="i-18" />
				</button>
			)}
			<button
				type="button"
				data-room={wall.room}
				class="btn btn--sm btn--quiet"
				aria-label={t("card.read.this", { name: wall.name })}
				onClick={() => actions.read(wall.room)}
			>
				<Icon of={iconEye} class="i-16" />
				{t("card.read")}
			</button>
			<Second {...view} />
		</>
	);
}
