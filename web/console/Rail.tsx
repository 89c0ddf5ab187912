/* The list at the side: who waits, the own chats, messages left. */

import { count, t } from "../lib/say";
import { RailChat } from "./RailChat";
import { RailWait } from "./RailWait";
import { chats } from "./select";
import { Taking } from "./Top";
import type { View } from "./views";

function Waiting(view: View) {
	const { desk, status } = view.state;
	if (!desk?.on_shift) {
		return null;
	}
	const known = desk.taking ? t("rail.waiting.none") : t("rail.paused");
	const none = status === "online" ? known : t("rail.waiting.lost");
	return (
		<section aria-labelledby="rail-waiting">
			<h2 class="h-sec" id="rail-waiting">
				{t("rail.waiting")} {desk.waiting.length > 0 ? <span class="count">{desk.waiting.length}</span> : null}
			</h2>
			{desk.waiting.length === 0 ? (
				<p class="rail-none meta">{none}</p>
			) : (
				<ul>
					{desk.waiting.map((room) => (
						<RailWait key={room.room} {...view} room={room} />
					))}
				</ul>
			)}
		</section>
	);
}

function Yours(view: View) {
	const { state } = view;
	const desk = state.desk;
	const list = chats(state);
	if (!desk || (list.length === 0 && !desk.on_shift)) {
		return null;
	}
	const free = desk.cap - desk.mine.length;
	return (
		<section aria-labelledby="rail-yours">
			<h2 class="h-sec" id="rail-yours">
				{t("rail.yours")} {list.length > 0 ? <span class="count">{list.length}</span> : null}
				<span class="grow" />
				{desk.on_shift ? (
					<span class="meta">{free > 0 ? count("rail.room", free) : t("rail.full")}</span>
				) : null}
			</h2>
			<ul>
				{list.map((chat) => (
					<RailChat key={chat.room} {...view} chat={chat} />
				))}
			</ul>
		</section>
	);
}

function Left(view: View) {
	const left = view.state.desk?.left ?? [];
	return left.length === 0 ? null : (
		<section aria-labelledby="rail-left">
			<h2 class="h-sec" id="rail-left">
				{t("rail.left")} <span class="count">{left.length}</span>
			</h2>
			<ul>
				{left.map((room) => (
					<RailWait key={room.room} {...view} room={room} left />
				))}
			</ul>
		</section>
	);
}

export function Rail(view: View) {
	return (
		<nav class="rail" aria-label={t("rail")}>
			<div class="rail-sw">
				<Taking {...view} />
			</div>
			<Waiting {...view} />
			<Yours {...view} />
			<Left {...view} />
		</nav>
	);
}
