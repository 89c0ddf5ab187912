/* The bell: how this page tells of a call, and how the ways to adults do. */

import { Icon } from "../lib/Icon";
import { iconBell } from "../lib/icons";
import { useFold } from "../staff/fold";
import { Switch } from "../staff/Switch";
import { unreachable } from "./calls";
import { Channels } from "./Channels";
import { t } from "./say";
import type { View } from "./views";

function Notifications({ ui, actions }: View) {
	if (ui.notify === "on" || ui.notify === "off") {
		return (
			<Switch class="menu-row menu-sw" on={ui.notify === "on"} set={actions.notify}>
				<b>{t("bell.notify")}</b>
				<span class="meta">{t("bell.notify.text")}</span>
			</Switch>
		);
	}
	return (
		<div class="menu-row menu-sw">
			<span>
				<b>{t("bell.notify")}</b>
				<span class="meta">
					{ui.notify === "ask" ? t("bell.notify.text") : t(`bell.notify.${ui.notify}`)}
				</span>
			</span>
			{ui.notify === "ask" ? (
				<button type="button" class="btn btn--sm" onClick={() => actions.notify(true)}>
					{t("bell.notify.ask")}
				</button>
			) : null}
		</div>
	);
}

export function Alerts(view: View) {
	const { ui, actions, state } = view;
	const fold = useFold();
	const wrong = unreachable(state) || (state.channels?.channels ?? []).some((one) => one.problem !== "");
	return (
		<div class="menu" ref={fold.box} onKeyDown={fold.onKeyDown}>
			<button
				ref={fold.button}
				type="button"
				class={`icb ${wrong ? "icb--wrong" : ""}`}
				aria-label={wrong ? `${t("bell")}: ${t("channels.problem")}` : t("bell")}
				aria-expanded={fold.open}
				onClick={() => fold.setOpen(!fold.open)}
			>
				<Icon of={iconBell} />
			</button>
			{fold.open ? (
				<div class="menu-box menu-box--wide">
					<Switch class="menu-row menu-sw" on={ui.sound} set={actions.sound}>
						<b>{t("bell.sound")}</b>
						<span class="meta">{t("bell.sound.text")}</span>
					</Switch>
					<button type="button" class="btn btn--sm menu-try" onClick={actions.trySound}>
						{t("bell.try")}
					</button>
					<Notifications {...view} />
					<Channels {...view} />
				</div>
			) : null}
		</div>
	);
}
