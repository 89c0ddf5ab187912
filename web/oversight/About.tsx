/* What is known of the opened room: never a name, a place or a device. */

import { Icon } from "../lib/Icon";
import { iconNoName } from "../lib/icons";
import { t } from "./say";
import { clock, elapsed } from "../lib/when";
import { Fact } from "../staff/Fact";
import type { Timeline, Wall } from "./state";
import { serverNow } from "./views";
import type { View } from "./views";

function peer(wall: Wall): string {
	if (wall.peer_name === undefined) {
		return t("about.peer.none");
	}
	return t(wall.peer_here ? "about.here" : "about.away", { name: wall.peer_name });
}

export function About(view: View & { open: Timeline }) {
	const wall = view.state.walls.get(view.open.room);
	const time = wall ? elapsed(serverNow(view) - wall.since_ms) : "";
	return (
		<details class="about" open={view.open.caseId === 0}>
			<summary class="h-sec">{t("about")}</summary>
			{wall && wall.phase !== "ended" ? (
				<dl class="facts">
					<Fact name={t("about.state")}>
						<span class="num">{t(`about.${wall.phase}`, { time })}</span>
					</Fact>
					<Fact name={t("about.came")}>
						<span class="num">{clock(wall.opened_ms)}</span>
					</Fact>
					<Fact name={t("about.topics")}>
						{wall.topics.length > 0 ? wall.topics.join(", ") : t("about.topics.none")}
					</Fact>
					{wall.mood === undefined ? null : (
						<Fact name={t("about.mood")}>{t(`about.mood.${wall.mood}`)}</Fact>
					)}
					{wall.wish === undefined ? null : <Fact name={t("about.wish")}>{wall.wish}</Fact>}
					<Fact name={t("about.visitor")}>
						{t(wall.visitor_here ? "about.visitor.here" : "about.visitor.away")}
					</Fact>
					<Fact name={t("about.peer")}>{peer(wall)}</Fact>
				</dl>
			) : (
				<p class="meta">{t("read.ended")}</p>
			)}
			<p class="note">
				<Icon of={iconNoName} />
				<span>{t("about.noname")}</span>
			</p>
		</details>
	);
}
