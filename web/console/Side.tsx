/* The third column: how to listen, and what is known about this chat. */

import { useId, useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconEar, iconInfo } from "../lib/icons";
import { t } from "../lib/say";
import { clock } from "../lib/when";
import { Fact } from "../staff/Fact";
import { Listen } from "./Listen";
import type { Chat } from "./state";
import type { View } from "./views";

const tabs = [
	{ name: "listen", icon: iconEar },
	{ name: "listen.about", icon: iconInfo },
] as const;
type Tab = (typeof tabs)[number]["name"];

function About({ chat }: { chat: Chat }) {
	const { desk } = chat;
	const here = chat.state?.visitor_here ?? desk.present;
	return (
		<dl class="facts">
			<Fact name={t("about.topics")}>
				{desk.topics.length > 0 ? desk.topics.join(", ") : t("about.topics.none")}
			</Fact>
			{desk.wish === "" ? null : <Fact name={t("about.wish")}>{desk.wish}</Fact>}
			<Fact name={t("about.visitor")}>
				{t(here ? "about.visitor.here" : "about.visitor.away")}
			</Fact>
			<Fact name={t("about.began")}>
				<span class="num">{clock(desk.since_ms)}</span>
			</Fact>
			{desk.returned ? <Fact name={t("about.before")}>{t("about.before.yes")}</Fact> : null}
		</dl>
	);
}

export function Side({ actions, chat }: View & { chat: Chat | null }) {
	const [chosen, setChosen] = useState<Tab>("listen");
	const id = useId();
	const tab: Tab = chat ? chosen : "listen";
	const use = chat && !chat.ended ? (text: string): void => actions.use(chat.room, text) : undefined;
	const move = (event: KeyboardEvent): void => {
		if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
			event.preventDefault();
			const other = tab === "listen" ? "listen.about" : "listen";
			setChosen(other);
			document.getElementById(`${id}-${other}`)?.focus();
		}
	};
	return (
		<aside class="side" aria-label={t("listen.tips")}>
			<div class="tabs" role="tablist" onKeyDown={move}>
				{tabs.map(({ name, icon }) =>
					name === "listen" || chat ? (
						<button
							key={name}
							id={`${id}-${name}`}
							type="button"
							class="tab"
							role="tab"
							aria-selected={tab === name}
							aria-controls={`${id}-panel`}
							tabIndex={tab === name ? 0 : -1}
							onClick={() => setChosen(name)}
						>
							<Icon of={icon} class="i-18" />
							{t(name)}
						</button>
					) : null,
				)}
			</div>
			<div class="side-panel" id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${tab}`}>
				{tab === "listen" || !chat ? <Listen use={use} /> : <About chat={chat} />}
			</div>
		</aside>
	);
}
