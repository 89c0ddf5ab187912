/* For screen readers alone: who came, who wrote in a chat that is not on screen, who types. */

import { count, t } from "../lib/say";
import { current } from "./select";
import type { Console } from "./state";

export function Spoken({ state }: { state: Console }) {
	const chat = current(state);
	const waiting = state.desk?.on_shift ? state.desk.waiting.length : 0;
	const elsewhere = state.news && state.news.room !== chat?.desk.name ? state.news : null;
	const typing = chat?.state?.visitor_typing ? t("typing.who", { name: chat.desk.name }) : "";
	const fresh = (chat?.notes ?? []).filter((one) => one.replay !== true);
	const note = fresh[fresh.length - 1];
	return (
		<div class="sr">
			<p role="status">{waiting > 0 ? count("news.waiting", waiting) : ""}</p>
			<p role="status">
				{elsewhere ? <span key={elsewhere.key}>{t("news", { room: elsewhere.room })}</span> : null}
			</p>
			<p role="status">{typing}</p>
			<p role="status">{note ? <span key={note.id}>{t("private.new", { name: note.from })}</span> : null}</p>
		</div>
	);
}
