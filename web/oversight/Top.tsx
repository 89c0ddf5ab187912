/* The bar: the school, who is on duty, whether the alarm can sound, the own menu. */

import { Icon } from "../lib/Icon";
import { iconBell, iconPulse } from "../lib/icons";
import { count, names, t } from "../lib/say";
import { AdultToken, Mark } from "../lib/Token";
import { Menu } from "../staff/Menu";
import type { View } from "./views";

function OnDuty({ state }: View) {
	if (!state.staff) {
		return null;
	}
	const others = state.staff.counselors.filter((one) => one.here && one.account !== state.me?.account);
	const peers = state.staff.supporters.filter((one) => one.here).length;
	return (
		<div class="duty hide-m">
			<span class="duty-peers">{peers === 0 ? t("peers.none") : count("peers.here", peers)}</span>
			{others.length > 0 ? (
				<span class="stack">
					{others.slice(0, 4).map((one) => (
						<AdultToken key={one.account} name={one.name} />
					))}
				</span>
			) : null}
			<span>
				{others.length > 0
					? t("duty.with", { names: names(others.map((one) => one.name)) })
					: t("duty.alone")}
			</span>
		</div>
	);
}

export function Top(view: View) {
	const { state, ui, actions } = view;
	return (
		<header class="top">
			<div class="top-id">
				<Mark />
				<span class="hide-s">{state.school?.school ?? ""}</span>
			</div>
			<nav class="tabs" aria-label={t("wall")}>
				<button
					type="button"
					class="tab"
					aria-current={state.open ? undefined : "page"}
					onClick={actions.leave}
				>
					<Icon of={iconPulse} class="i-18" />
					{t("live")}
				</button>
			</nav>
			<span class="grow" />
			{ui.blocked ? (
				<button
					type="button"
					class="btn btn--sm btn--dusk"
					title={t("sound.blocked.text")}
					onClick={() => actions.sound(true)}
				>
					<Icon of={iconBell} class="i-16" />
					{t("sound.blocked")}
				</button>
			) : null}
			<OnDuty {...view} />
			<Menu
				view={{
					name: state.me?.name ?? "",
					picture: "",
					until_ms: state.me?.until_ms ?? 0,
					online: state.status === "online",
					sound: ui.sound,
					soundText: "menu.sound.oversight",
				}}
				actions={actions}
			/>
		</header>
	);
}
