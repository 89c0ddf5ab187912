/* What else one can do in a chat. A short list of buttons that unfolds over the composer. */

import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconCheck, iconClose, iconKey, iconMessage } from "../lib/icons";
import { type Visitor, place } from "./state";
import { useUi } from "./ui";

export function MoreMenu({ state, onClose }: { state: Visitor; onClose: () => void }) {
	const { t, actions } = useUi();
	const list = useRef<HTMLUListElement>(null);
	useEffect(() => list.current?.querySelector("button")?.focus(), []);
	const act = (run: () => unknown) => () => {
		onClose();
		run();
	};
	const ends = place(state) === "live" || place(state) === "mailbox";
	return (
		<ul
			id="more"
			class="more"
			ref={list}
			onKeyDown={(event) => {
				if (event.key === "Escape") {
					event.stopPropagation();
					onClose();
					document.querySelector<HTMLElement>("[aria-controls=more]")?.focus();
				}
			}}
		>
			<li>
				<button type="button" class="btn btn--quiet btn--wide" onClick={act(() => actions.go("words"))}>
					<Icon of={iconKey} class="i-18" />
					{t("comeBackLater")}
				</button>
			</li>
			{place(state) === "waiting" && (
				<li>
					<button type="button" class="btn btn--quiet btn--wide" onClick={act(() => actions.go("leave"))}>
						<Icon of={iconMessage} class="i-18" />
						{t("leaveMessage")}
					</button>
				</li>
			)}
			{ends && (
				<li>
					<button type="button" class="btn btn--quiet btn--wide" onClick={act(actions.end)}>
						<Icon of={iconCheck} class="i-18" />
						{t("endChat")}
					</button>
				</li>
			)}
			<li>
				<button type="button" class="btn btn--quiet btn--wide" onClick={act(actions.forget)}>
					<Icon of={iconClose} class="i-18" />
					{t("forget")}
				</button>
			</li>
		</ul>
	);
}
