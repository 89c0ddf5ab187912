/* The bar: the school, who is on duty, whether the alarm can sound, the own menu. */

import { Icon } from "../lib/Icon";
import { iconBell, iconPulse } from "../lib/icons";
import { count, names, t } from "../lib/say";
import { Mark } from "../lib/Mark";
import { AdultToken } from "../lib/Token";
import { Menu } from "../staff/Menu";
import type { View } from "./views";

/* The other counselors who are connected, and how many peers are. */
export function onDuty({ state }: View): { names: string[]; with: string; peers: string } | null {
	if (!state.staff) {
		return null;
	}
	const others = state.staff.counselors.filter((one) => one.here && one.account !== state.me?.account);
	const list = others.map((one) => one.name);
	const peers = state.staff.supporters.filter((one) => one.here).length;
	return {
		names: list,
		with: list.length > 0 ? t("duty.with", { names: names(list) }) : t("duty.alone"),
		peers: peers === 0 ? t("peers.none") : count("peers.here", peers),
	};
}

function OnDuty(view: View) {
	const duty = onDuty(view);
	return duty === null ? null : (
		<div class="duty hide-m">
			<span class="duty-peers">{duty.peers}</span>
			{duty.names.length > 0 ? (
				<span class="stack">
					{duty.names.slice(0, 4).map((name) => (
						<AdultToken key={name} name={name} />
					))}
				</span>
			) : null}
			<span>{duty.with}</span>
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
			<nav class="tabs" aria-label={t("main")}>
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
