/* The other rooms beside the one that is read, in the order of the wall. */

import { Icon } from "../lib/Icon";
import { iconBack } from "../lib/icons";
import { Token } from "../lib/Token";
import { elapsed } from "../lib/when";
import { callOf, isTaken } from "./calls";
import { t } from "./say";
import { cards } from "./select";
import type { Timeline, Wall } from "./state";
import { serverNow } from "./views";
import type { View } from "./views";

/* One short fact about a room, the most urgent one. */
function fact(view: View, wall: Wall): { text: string; tone: string } {
	if (wall.alarm !== undefined) {
		return { text: t("card.alarm"), tone: "r-e" };
	}
	const call = callOf(view.state, wall.room);
	if (call && !isTaken(call)) {
		return { text: t(call.source === "system" ? "card.alarm" : "card.asked"), tone: "r-e" };
	}
	if (wall.flag !== undefined) {
		return { text: t(`flag.${wall.flag}`), tone: wall.flag === "high" ? "r-e" : "r-h" };
	}
	if (wall.phase === "waiting") {
		const time = elapsed(serverNow(view) - wall.since_ms);
		return { text: `${t("wall.waiting")} ${time}`, tone: "num" };
	}
	if (wall.phase === "mailbox") {
		return { text: t("card.mailbox"), tone: "" };
	}
	if (wall.visitor_typing) {
		return { text: t("typing"), tone: "r-t" };
	}
	if (!wall.visitor_here) {
		return { text: t("card.away"), tone: "" };
	}
	return { text: wall.peer_name === undefined ? "" : t("card.with", { name: wall.peer_name }), tone: "" };
}

export function RoomList(view: View & { open: Timeline }) {
	const { state, actions, open } = view;
	return (
		<nav class="rlist" aria-label={t("read.list")}>
			<button type="button" class="tab rback" onClick={actions.leave}>
				<Icon of={iconBack} class="i-18 i-flip" />
				{t("read.back")}
			</button>
			<ul>
				{cards({ ...state, filter: "all" }).map((wall) => {
					const on = wall.room === open.room;
					const { text, tone } = fact(view, wall);
					return (
						<li key={wall.room}>
							<button
								type="button"
								class={`rrow ${on ? "on" : ""}`}
								aria-current={on ? "true" : undefined}
								onClick={() => actions.read(wall.room)}
							>
								<Token picture={wall.picture} class={`here ${wall.visitor_here ? "" : "away"}`} />
								<span>
									<b>{wall.name}</b>
									<span class={`meta ${tone}`}>{text}</span>
								</span>
							</button>
						</li>
					);
				})}
			</ul>
		</nav>
	);
}
