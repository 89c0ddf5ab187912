/* One of the own chats: its last words, what is new, whether the visitor is there. */

import { t } from "../lib/say";
import { Token } from "../lib/Token";
import { brief, minutes } from "../lib/when";
import { lastSaid, unread } from "./select";
import type { Chat } from "./state";
import type { View } from "./views";

function isHere(chat: Chat): boolean {
	return chat.state ? chat.state.visitor_here : chat.desk.present;
}

function Preview({ chat, now, fresh }: { chat: Chat; now: number; fresh: boolean }) {
	const last = lastSaid(chat);
	if (chat.ended) {
		return <span class="prev">{t("rail.ended")}</span>;
	}
	if (chat.state?.visitor_typing) {
		return (
			<span class="prev">
				<span class="typing">{t("typing")}</span>
			</span>
		);
	}
	if (!fresh && !isHere(chat)) {
		const n = minutes(now - chat.away_ms);
		const text = chat.away_ms > 0 && n > 0 ? t("rail.away.for", { n }) : t("rail.away");
		return <span class="prev">{text}</span>;
	}
	if (!last) {
		return <span class="prev">{t("rail.new")}</span>;
	}
	return (
		<span class={`prev ${fresh ? "prev--new" : ""}`} dir="auto">
			{last.mine ? t("rail.you", { body: last.body }) : last.body}
		</span>
	);
}

export function RailChat({ state, now, actions, chat }: View & { chat: Chat }) {
	const on = state.selected === chat.room;
	const news = unread(chat);
	const last = lastSaid(chat);
	const presence = chat.ended ? "" : isHere(chat) ? "here" : "here away";
	return (
		<li>
			<button
				type="button"
				data-room={chat.room}
				class={`row ${on ? "row--on" : ""}`}
				aria-current={on ? "true" : undefined}
				onClick={() => actions.show(chat.room)}
			>
				<Token picture={chat.desk.picture} class={presence} />
				<span class="row-t">
					<span class="row-1">
						<b>{chat.desk.name}</b>
						<span class="meta num">{brief(last?.at_ms ?? chat.desk.since_ms, now + state.skew_ms)}</span>
					</span>
					<span class="row-2">
						<Preview chat={chat} now={now} fresh={news > 0} />
						{news > 0 ? (
							<span class="count count--new">
								<span aria-hidden="true">{news}</span>
								<span class="sr">{t("rail.unread", { n: news })}</span>
							</span>
						) : null}
					</span>
				</span>
			</button>
		</li>
	);
}
