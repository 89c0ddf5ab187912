/* One room: every event with its time, and what counselors know beside it. Nothing here can be
   written or marked before one has stepped in. */

import { useState } from "preact/hooks";
import { Compose } from "../lib/Compose";
import { Icon } from "../lib/Icon";
import { iconEye } from "../lib/icons";
import { fits, tidy } from "../lib/text";
import { Blocked } from "./Blocked";
import { later } from "./later";
import { FlagBand, RoomHead, Taken } from "./RoomHead";
import { RoomList } from "./RoomList";
import { names, t } from "./say";
import { roomName } from "./select";
import { isIn, voiceOf } from "./state";
import type { Timeline as Open } from "./state";
import { Timeline } from "./Timeline";
import type { View } from "./views";
import { orSomeChat } from "./words";

export type RoomView = View & { open: Open };

const Side = later<RoomView>(async () => (await import("./tools")).Side);

function typing({ state, open }: RoomView): string[] {
	const wall = state.walls.get(open.room);
	return wall
		? [wall.visitor_typing ? wall.name : "", wall.peer_typing ? (wall.peer_name ?? "") : ""].filter((name) => name !== "")
		: [];
}

function Typing(view: RoomView) {
	const who = typing(view);
	return (
		<span class="meta" role="status">
			{who.length > 0 ? t("read.typing", { names: names(who) }) : ""}
		</span>
	);
}

function Foot(view: RoomView) {
	const { state, open, actions } = view;
	const { room } = open;
	if (isIn(state, room)) {
		const { draft } = voiceOf(state, room);
		return (
			<footer class="read-w">
				<Compose
					value={draft}
					label={t("write.label", { name: state.me?.name ?? "" })}
					sendLabel={t("conv.send")}
					maySend={tidy(draft) !== "" && fits(draft)}
					onInput={(text) => actions.write(room, text)}
					onSend={() => actions.send(room)}
				/>
				<p class="read-wf">
					<span class="meta">{t("write.hint")}</span>
					<Typing {...view} />
				</p>
			</footer>
		);
	}
	return (
		<footer class="read-f">
			<Icon of={iconEye} class="i-18" />
			<span>{t(state.walls.has(room) ? "read.foot.step" : "read.foot.ended")}</span>
			<Typing {...view} />
		</footer>
	);
}

/* On a phone the chat and what stands beside it take turns. */
function Turns({ side, set }: { side: boolean; set: (side: boolean) => void }) {
	return (
		<div class="segs read-turns" role="group" aria-label={t("read.side")}>
			<button type="button" aria-pressed={!side} onClick={() => set(false)}>
				{t("read.side.chat")}
			</button>
			<button type="button" aria-pressed={side} onClick={() => set(true)}>
				{t("read.side.case")}
			</button>
		</div>
	);
}

export function Room(view: RoomView) {
	const { name } = roomName(view.state, view.open.room);
	const [side, setSide] = useState(false);
	return (
		<main class={`grid-room ${side ? "is-side" : ""}`}>
			<RoomList {...view} />
			<section class="read" aria-label={t("read.region", { name: orSomeChat(name) })}>
				<RoomHead {...view} />
				<Turns side={side} set={setSide} />
				<div class="read-body">
					<FlagBand {...view} />
					<Blocked {...view} />
					<Taken {...view} />
					<Timeline key={`${view.open.room} ${view.open.at}`} {...view} />
					<Foot {...view} />
				</div>
			</section>
			<Side {...view} />
		</main>
	);
}
