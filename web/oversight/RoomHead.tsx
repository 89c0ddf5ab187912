/* Above the room that is read: what it is, whether one is in it, a note, stepping in and out. */

import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconBack, iconCheck, iconEnter, iconExit, iconEye, iconFlag, iconNote, iconPause } from "../lib/icons";
import { Token } from "../lib/Token";
import { exact, minutes } from "../lib/when";
import { Mid } from "../staff/Mid";
import { blockedUntil } from "./Blocked";
import { Flagged } from "./Flagged";
import type { RoomView } from "./Room";
import { t } from "./say";
import { roomName } from "./select";
import { isIn } from "./state";
import { isBusy, serverNow } from "./views";
import { orSomeChat } from "./words";

function facts(view: RoomView): string[] {
	const wall = view.state.walls.get(view.open.room);
	if (!wall) {
		return [t("read.ended")];
	}
	return [
		wall.peer_name === undefined ? "" : t("card.with", { name: wall.peer_name }),
		wall.topics.join(", "),
		t("card.min", { n: minutes(serverNow(view) - wall.opened_ms) }),
	].filter((fact) => fact !== "");
}

/* How the reader stands to the room. */
function Standing({ state, open }: RoomView) {
	const adult = state.walls.get(open.room)?.adult_name;
	const inside = isIn(state, open.room);
	const text = inside ? t("read.in") : adult === undefined ? t("read.only") : t("read.in.other", { name: adult });
	return (
		<span class="tag tag--dusk">
			<Icon of={inside ? iconEnter : iconEye} class={inside ? "i-flip" : ""} />
			{text}
		</span>
	);
}

function Acts(view: RoomView) {
	const { state, open, actions } = view;
	const { room } = open;
	const wall = state.walls.get(room);
	const block = blockedUntil(view) > 0 ? null : (
		<button type="button" class="btn btn--sm btn--quiet" onClick={() => actions.dialog({ kind: "block", room })}>
			<Icon of={iconPause} class="i-18" />
			{t("block")}
		</button>
	);
	if (!wall) {
		return <span class="read-acts">{block}</span>;
	}
	const inside = isIn(state, room);
	return (
		<span class="read-acts">
			{block}
			{wall.peer_name === undefined ? null : (
				<button type="button" class="btn btn--sm btn--dusk-soft" onClick={() => actions.dialog({ kind: "note", room })}>
					<Icon of={iconNote} class="i-18 i-flip" />
					{t("read.note", { name: wall.peer_name })}
				</button>
			)}
			{inside ? (
				<button type="button" class="btn btn--sm btn--line" onClick={() => actions.dialog({ kind: "out", room })}>
					<Icon of={iconExit} class="i-18 i-flip" />
					{t("read.out")}
				</button>
			) : (
				<button type="button" class="btn btn--sm btn--dusk" onClick={() => actions.dialog({ kind: "step", room })}>
					<Icon of={iconEnter} class="i-18 i-flip" />
					{t("read.step")}
				</button>
			)}
		</span>
	);
}

export function RoomHead(view: RoomView) {
	const { state, open } = view;
	const { name, picture } = roomName(state, open.room);
	const wall = state.walls.get(open.room);
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		if (open.at === 0) {
			heading.current?.focus();
		}
	}, [open.room]);
	return (
		<header class="read-h">
			<button
				type="button"
				class="icb icb--sm only-m"
				aria-label={t("read.back")}
				onClick={view.actions.leave}
			>
				<Icon of={iconBack} class="i-flip" />
			</button>
			<Token picture={picture} class={`tok-md ${wall ? `here ${wall.visitor_here ? "" : "away"}` : ""}`} />
			<div class="conv-id">
				<h1 ref={heading} tabIndex={-1}>
					{orSomeChat(name)}
				</h1>
				<span class="meta num">
					{facts(view).map((fact, i) => (
						<span key={i}>
							{i > 0 ? <Mid /> : null}
							{fact}
						</span>
					))}
				</span>
			</div>
			{wall ? <Standing {...view} /> : null}
			<Acts {...view} />
		</header>
	);
}

/* Who has seen the room's alarm, while no call stands for it. */
export function Taken({ state, open }: RoomView) {
	const taken = state.taken.get(open.room);
	if (!taken) {
		return null;
	}
	const time = exact(taken.at_ms);
	return (
		<div class="taken" role="status">
			<Icon of={iconCheck} class="i-16" />
			<span class="num">
				{taken.by === state.me?.name
					? t("read.taken.you", { time })
					: t("read.taken", { name: taken.by, time })}
			</span>
		</div>
	);
}

/* Words to look at that nobody has looked at yet. */
export function FlagBand(view: RoomView) {
	const { state, open, actions } = view;
	const wall = state.walls.get(open.room);
	if (wall?.flag === undefined) {
		return null;
	}
	const clears = { type: "flag.clear", room: open.room } as const;
	const text = wall.category === undefined ? t("flag.band.bare") : t("flag.band", { category: wall.category });
	return (
		<div class={`flagged flagged--${wall.flag}`}>
			<Flagged severity={wall.flag} />
			<p>{text}</p>
			<button
				type="button"
				class="btn btn--sm btn--line"
				disabled={isBusy(view, clears)}
				onClick={() => actions.act(clears)}
			>
				<Icon of={iconFlag} class="i-16" />
				{t("flag.clear")}
			</button>
		</div>
	);
}
