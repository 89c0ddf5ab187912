/* One room, to be read: every event with its time. Nothing here can be written or marked. */

import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconBack, iconCheck, iconEye } from "../lib/icons";
import { names, t } from "../lib/say";
import { Token } from "../lib/Token";
import { exact, minutes } from "../lib/when";
import { Mid } from "../staff/Mid";
import { About } from "./About";
import { RoomList } from "./RoomList";
import { roomName } from "./select";
import type { Timeline as Open } from "./state";
import { Timeline } from "./Timeline";
import { serverNow } from "./views";
import type { View } from "./views";
import { orSomeChat } from "./words";

type RoomView = View & { open: Open };

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

function Head(view: RoomView) {
	const { state, open } = view;
	const { name, picture } = roomName(state, open.room);
	const wall = state.walls.get(open.room);
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => heading.current?.focus(), [open.room]);
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
			<span class="tag tag--dusk">
				<Icon of={iconEye} />
				{t("read.only")}
			</span>
		</header>
	);
}

function Taken({ state, open }: RoomView) {
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

function Foot({ state, open }: RoomView) {
	const wall = state.walls.get(open.room);
	const typing = wall
		? [wall.visitor_typing ? wall.name : "", wall.peer_typing ? (wall.peer_name ?? "") : ""]
		: [];
	const who = typing.filter((name) => name !== "");
	return (
		<footer class="read-f">
			<Icon of={iconEye} class="i-18" />
			<span>{t("read.foot")}</span>
			<span class="meta" role="status">
				{who.length > 0 ? t("read.typing", { names: names(who) }) : ""}
			</span>
		</footer>
	);
}

export function Room(view: RoomView) {
	const { name } = roomName(view.state, view.open.room);
	return (
		<main class="grid-room">
			<RoomList {...view} />
			<section class="read" aria-label={t("read.region", { name: orSomeChat(name) })}>
				<Head {...view} />
				<Taken {...view} />
				<Timeline key={view.open.room} {...view} />
				<Foot {...view} />
			</section>
			<About {...view} />
		</main>
	);
}
