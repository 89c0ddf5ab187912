/* One room on the wall: who is there, the last lines, how long it waits. */

import { Icon } from "../lib/Icon";
import {
	iconAlert, iconCheck, iconClock, iconEye, iconMessage, iconSky1, iconSky2, iconSky3, iconSky4, iconSky5,
} from "../lib/icons";
import { t } from "../lib/say";
import { Token } from "../lib/Token";
import { elapsed, minutes } from "../lib/when";
import { Mid } from "../staff/Mid";
import { Ring } from "../staff/Ring";
import { Mini } from "./Mini";
import type { Wall } from "./state";
import { serverNow } from "./views";
import type { View } from "./views";

const QUIET_MS = 5 * 60 * 1000; /* then it is said how long nobody has written */
const RING_MS = 5 * 60 * 1000; /* a whole ring of waiting */

const moods = { awful: iconSky1, low: iconSky2, okay: iconSky3, good: iconSky4, great: iconSky5 };

type CardView = View & { wall: Wall };

function Mark({ state, wall, ...view }: CardView) {
	const taken = state.taken.get(wall.room);
	if (wall.alarm !== undefined) {
		return (
			<span class="tag tag--ember-solid">
				<Icon of={iconAlert} />
				{t("card.alarm")}
			</span>
		);
	}
	if (taken) {
		const me = taken.by === state.me?.name;
		return (
			<span class="tag tag--dusk">
				<Icon of={iconCheck} />
				{me ? t("card.taken.you") : t("card.taken", { name: taken.by })}
			</span>
		);
	}
	if (wall.phase === "waiting") {
		return (
			<span class="tag num">
				<Icon of={iconClock} />
				{elapsed(serverNow({ state, ...view }) - wall.since_ms)}
			</span>
		);
	}
	if (wall.visitor_typing || wall.peer_typing) {
		const who = wall.visitor_typing ? wall.name : (wall.peer_name ?? "");
		return (
			<span class="typing-t" role="img" aria-label={t("typing.who", { name: who })}>
				<span class="dots">
					<i />
					<i />
					<i />
				</span>
			</span>
		);
	}
	return wall.phase === "live" && !wall.visitor_here ? (
		<span class="tag tag--line">{t("card.away")}</span>
	) : null;
}

function Facts(view: CardView) {
	const { wall } = view;
	const facts = [
		wall.peer_name === undefined ? "" : t("card.with", { name: wall.peer_name }),
		wall.topics.join(", "),
		wall.phase === "live" ? t("card.min", { n: minutes(serverNow(view) - wall.opened_ms) }) : "",
	].filter((fact) => fact !== "");
	return (
		<span class="meta">
			{facts.map((fact, i) => (
				<span key={i}>
					{i > 0 ? <Mid /> : null}
					{fact}
				</span>
			))}
		</span>
	);
}

/* Nobody is there to answer: why, for how long, and whom they would like. */
function Waiting(view: CardView) {
	const { wall } = view;
	const since_ms = serverNow(view) - wall.since_ms;
	const mailbox = wall.phase === "mailbox";
	const to = wall.to === "counselor" ? t("card.mailbox.counselor") : t("card.mailbox.peer");
	return (
		<div class="wait-in">
			{mailbox ? (
				<span class="wait-i">
					<Icon of={iconMessage} class="i-24" />
				</span>
			) : (
				<Ring part={since_ms / RING_MS} size={44} />
			)}
			<div>
				<b>{mailbox ? t("card.mailbox") : t("card.waiting")}</b>
				<span class="meta">
					{mailbox ? to : ""}
					{!mailbox && wall.wish !== undefined ? t("wish", { wish: wall.wish }) : ""}
				</span>
			</div>
		</div>
	);
}

export function Card(view: CardView) {
	const { state, wall, actions } = view;
	const lines = state.lines.get(wall.room) ?? [];
	const last = lines[lines.length - 1];
	const quiet_ms = last ? serverNow(view) - last.at_ms : 0;
	const away = wall.visitor_here ? "" : "away";
	const alone = wall.phase === "waiting" || wall.phase === "mailbox";
	return (
		<li class={`room ${wall.alarm === undefined ? "" : "room--ember"}`}>
			<header>
				<Token picture={wall.picture} class={`here ${away}`} />
				<div class="room-id">
					<h2>{wall.name}</h2>
					<Facts {...view} />
				</div>
				<Mark {...view} />
			</header>
			<div class="room-log">
				<Mini lines={lines} />
				{lines.length === 0 && !alone ? <p class="mini-sys">{t("card.none")}</p> : null}
				{alone ? <Waiting {...view} /> : null}
				{wall.phase === "live" && quiet_ms > QUIET_MS ? (
					<p class="mini-sys">{t("card.quiet", { n: minutes(quiet_ms) })}</p>
				) : null}
			</div>
			<footer>
				<span class="meta felt">
					{wall.mood === undefined ? null : (
						<>
							<Icon of={moods[wall.mood]} class="i-18" />
							{t(`mood.${wall.mood}`)}
						</>
					)}
					{wall.phase === "live" && wall.peer_name !== undefined && !wall.peer_here
						? t("card.peer.away", { name: wall.peer_name })
						: null}
				</span>
				<span class="grow" />
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
			</footer>
		</li>
	);
}
