/* One line under the head: the most pressing thing to know about this chat, or nothing. */

import { Icon } from "../lib/Icon";
import { iconClock, iconMessage, iconSwap, iconTimer } from "../lib/icons";
import { t } from "../lib/say";
import type { ChatView } from "./Conv";

function line({ state, chat }: ChatView): { icon: string; text: string; tone: string } | null {
	const { desk } = chat;
	const name = desk.name;
	const asked = chat.state?.handing_to;
	if (chat.ended) {
		return null;
	}
	if (asked !== undefined) {
		return { icon: iconSwap, text: t("conv.asking", { name: asked }), tone: "strip--pine" };
	}
	if (state.desk?.on_shift === false) {
		return { icon: iconTimer, text: t("conv.read.on"), tone: "strip--honey" };
	}
	if (chat.state?.phase === "mailbox") {
		return { icon: iconMessage, text: t("conv.mailbox", { name }), tone: "" };
	}
	if (!(chat.state?.visitor_here ?? desk.present)) {
		return { icon: iconClock, text: t("conv.stepped", { name }), tone: "" };
	}
	return null;
}

export function Strip(view: ChatView) {
	const said = line(view);
	return (
		<div role="status">
			{said ? (
				<div class={`strip ${said.tone}`}>
					<Icon of={said.icon} class="i-16" />
					<span>{said.text}</span>
				</div>
			) : null}
		</div>
	);
}
