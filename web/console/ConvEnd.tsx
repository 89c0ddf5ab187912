/* Where the supporter writes, with ways to begin; or, when the chat is over, the way to put it away. */

import type { ComponentChildren, Ref } from "preact";
import { Compose } from "../lib/Compose";
import { Icon } from "../lib/Icon";
import { iconPrompts } from "../lib/icons";
import { BODY_MAX, codePoints, fits, tidy } from "../lib/text";
import { t } from "../lib/say";
import type { ChatView } from "./Conv";

const begins = ["begin.1", "begin.2", "begin.3"] as const;

export interface ConvEndProps extends ChatView {
	field: Ref<HTMLTextAreaElement>;
	openTips: () => void;
	picture: ComponentChildren; /* the button that adds one */
}

export function ConvEnd({ state, actions, chat, field, openTips, picture }: ConvEndProps) {
	const name = chat.desk.name;
	if (chat.ended) {
		return (
			<footer class="conv-end conv-over">
				<p id="conv-over">{t(chat.told ? "report.told" : "conv.ended")}</p>
				<button type="button" class="btn btn--pine" aria-describedby="conv-over" onClick={() => actions.putAway(chat.room)}>
					{t("conv.put.away")}
				</button>
			</footer>
		);
	}
	const body = tidy(chat.draft);
	const long = fits(body) ? 0 : Math.max(1, codePoints(body) - BODY_MAX);
	return (
		<footer class="conv-end">
			{chat.draft === "" ? (
				<div class="starts hide-s" role="group" aria-label={t("conv.begin")}>
					<span class="meta">{t("conv.begin")}</span>
					{begins.map((key) => (
						<button key={key} type="button" class="chip chip--sm" onClick={() => actions.use(chat.room, `${t(key)} `)}>
							{t(key)}
						</button>
					))}
				</div>
			) : null}
			<Compose
				value={chat.draft}
				label={t("conv.write", { name })}
				sendLabel={t("conv.send")}
				maySend={body !== "" && long === 0}
				field={field}
				onInput={(text) => actions.write(chat.room, text)}
				onSend={() => actions.send(chat.room)}
			>
				<button type="button" class="icb only-m" aria-label={t("listen.tips.open")} onClick={openTips}>
					<Icon of={iconPrompts} />
				</button>
				{picture}
			</Compose>
			<p class={`under ${long > 0 ? "" : "hide-s"}`}>
				<span role="status">{long > 0 ? t("conv.long", { n: long }) : ""}</span>
				{long > 0 ? null : (
					<>
						<span>{t("conv.as", { name: state.me?.name ?? "" })}</span>
						<span>
							<kbd>Enter</kbd> {t("conv.enter")}
						</span>
					</>
				)}
			</p>
		</footer>
	);
}
