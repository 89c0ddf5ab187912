/* The opened room's key is blocked: until when, and the way to lift it. */

import { Icon } from "../lib/Icon";
import { iconPause } from "../lib/icons";
import { dayAndClock } from "../lib/when";
import type { RoomView } from "./Room";
import { t } from "./say";
import { isBusy, serverNow } from "./views";

/* The end of a block that goes on (UTC); 0: there is none. */
export function blockedUntil(view: RoomView): number {
	const { blocked_ms } = view.open;
	return blocked_ms > serverNow(view) ? blocked_ms : 0;
}

export function Blocked(view: RoomView) {
	const { state, open, actions } = view;
	const until = blockedUntil(view);
	if (until === 0) {
		return null;
	}
	const lifts = { type: "room.unblock", room: open.room } as const;
	return (
		<div class="flagged flagged--low flagged--block" role="status">
			<Icon of={iconPause} class="i-18" />
			<p>{t("blocked", { time: dayAndClock(until - state.skew_ms, view.now) })}</p>
			<button
				type="button"
				class="btn btn--sm btn--line"
				disabled={isBusy(view, lifts)}
				onClick={() => actions.act(lifts, t("block.lifted"))}
			>
				{t("block.lift")}
			</button>
		</div>
	);
}
