/* One room on the wall: who is there, the last lines, how long it waits, what can be done. */

import { Icon } from "../lib/Icon";
import {
	iconAlert, iconCheck, iconClock, iconHand, iconMessage, iconSky1, iconSky2, iconSky3, iconSky4, iconSky5,
} from "../lib/icons";
import { Token } from "../lib/Token";
import { elapsed, minutes } from "../lib/when";
import { Mid } from "../staff/Mid";
import { Ring } from "../staff/Ring";
import { callOf, isMine, isTaken } from "./calls";
import { CardActs } from "./CardActs";
import { Category, Flagged } from "./Flagged";
import { Mini } from "./Mini";
import { t } from "./say";
import type { Wall } from "./state";
import { serverNow } from "./views";
import type { View } from "./views";

const QUIET_MS = 5 * 60 * 1000; /* then it is said how long nobody has written */
const RING_MS = 5 * 60 * 1000; /* a whole ring of waiting */

const moods = { awful: iconSky1, low: iconSky2, okay: iconSky3, good: iconSky4, great: iconSky5 };

export type CardView = View & { wall: Wall };

/* Does somebody have to look at this room? */
function tone({ state, wall }: CardView): string {
	const call = callOf(state, wall.room);
	if (wall.alarm !== undefined || (call && !isTaken(call)) || wall.flag === "high") {
		return "room--ember";
	}
	return wall.flag === undefined ? (call ? "room--dusk" : "") : "room--honey";
}

function has(by: string, me: boolean) {
	return (
		<span class="tag tag--dusk">
			<Icon of={iconCheck} />
			{me ? t("card.call.yours") : t("card.call.theirs", { name: by })}
		</span>
	);
}

function Mark({ state, wall, ...view }: CardView) {
	const taken = state.taken.get(wall.room);
	const call = callOf(state, wall.room);
	if (call && !isTaken(call) && call.source !== "system") {
		return (
			<span class="tag tag--ember-solid">
				<Icon of={iconHand} />
				{t("card.asked")}
			</span>
		);
	}
	if (wall.alarm !== undefined || (call && !isTaken(call))) {
		return (
			<span class="tag tag--ember-solid">
				<Icon of={iconAlert} />
				{t("card.alarm")}
			</span>
		);
	}
	if (wall.flag !== undefined) {
		return <Flagged severity={wall.flag} />;
	}
	if (call) {
		return has(call.taken_by ?? "", isMine(state, call));
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
	const { state, wall } = view;
	const adult = wall.adult_name;
	const facts = [
		wall.peer_name === undefined ? "" : t("card.with", { name: wall.peer_name }),
		adult === undefined ? "" : adult === state.me?.name ? t("card.adult.you") : t("card.adult", { name: adult }),
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

/* What was marked, or how they came in. */
function Felt({ wall }: CardView) {
	if (wall.flag !== undefined && wall.category !== undefined) {
		return <Category severity={wall.flag} text={wall.category} />;
	}
	const away = wall.phase === "live" && wall.peer_name !== undefined && !wall.peer_here;
	return (
		<span class="meta felt">
			{away || wall.mood === undefined ? null : (
				<>
					<Icon of={moods[wall.mood]} class="i-18" />
					<span>{t(`mood.${wall.mood}`)}</span>
				</>
			)}
			{away ? <span>{t("card.peer.away", { name: wall.peer_name ?? "" })}</span> : null}
		</span>
	);
}

export function Card(view: CardView) {
	const { state, wall } = view;
	const lines = state.lines.get(wall.room) ?? [];
	const last = lines[lines.length - 1];
	const quiet_ms = last ? serverNow(view) - last.at_ms : 0;
	const away = wall.visitor_here ? "" : "away";
	const alone = wall.phase === "waiting" || wall.phase === "mailbox";
	return (
		<li class={`room ${tone(view)}`}>
			<header>
				<Token picture={wall.picture} class={`here ${away}`} />
				<div class="room-id">
					<h2>{wall.name}</h2>
					<Facts {...view} />
				</div>
				<Mark {...view} />
			</header>
			<div class="room-log">
				<Mini lines={lines} flags={state.flags.get(wall.room)} />
				{lines.length === 0 && !alone ? <p class="mini-sys">{t("card.none")}</p> : null}
				{alone ? <Waiting {...view} /> : null}
				{wall.phase === "live" && quiet_ms > QUIET_MS ? (
					<p class="mini-sys">{t("card.quiet", { n: minutes(quiet_ms) })}</p>
				) : null}
			</div>
			<footer>
				<Felt {...view} />
				<span class="grow" />
				<CardActs {...view} />
			</footer>
		</li>
	);
}
