/* The bar: the school, the pages, alerts, duty, the own menu. */

import type { ComponentChildren } from "preact";
import { Icon } from "../lib/Icon";
import { iconBell, iconCase, iconChatLines, iconMore, iconPulse, iconSearch } from "../lib/icons";
import { Mark } from "../lib/Mark";
import { useFold } from "../staff/fold";
import { Menu } from "../staff/Menu";
import { Alerts } from "./Alerts";
import { Duty } from "./Duty";
import { count, t } from "./say";
import type { Page } from "./state";
import type { View } from "./views";

const rare: readonly Page[] = ["phrases", "audit", "settings"];

interface TabProps extends View {
	page: Page;
	icon: string;
	children: ComponentChildren;
}

function Tab({ state, actions, page, icon, children }: TabProps) {
	const here = state.page === page && !state.open;
	return (
		<button type="button" class="tab" aria-current={here ? "page" : undefined} onClick={() => actions.go(page)}>
			<Icon of={icon} class="i-18" />
			{children}
		</button>
	);
}

function More({ state, actions }: View) {
	const fold = useFold();
	const here = rare.includes(state.page) && !state.open;
	const go = (page: Page): void => {
		fold.setOpen(false);
		fold.button.current?.focus();
		actions.go(page);
	};
	return (
		<div class="menu" ref={fold.box} onKeyDown={fold.onKeyDown}>
			<button
				ref={fold.button}
				type="button"
				class={`tab ${here ? "is-here" : ""}`}
				aria-expanded={fold.open}
				onClick={() => fold.setOpen(!fold.open)}
			>
				<Icon of={iconMore} class="i-18" />
				<span class="tab-w">{t("nav.more")}</span>
			</button>
			{fold.open ? (
				<div class="menu-box menu-box--start">
					{rare.map((page) => (
						<button
							key={page}
							type="button"
							class="menu-row"
							aria-current={state.page === page ? "page" : undefined}
							onClick={() => go(page)}
						>
							{t(`nav.${page as "audit"}`)}
						</button>
					))}
				</div>
			) : null}
		</div>
	);
}

/* How many peers are here. */
export function peersHere({ state }: View): string {
	const peers = (state.staff?.supporters ?? []).filter((one) => one.here).length;
	return peers === 0 ? t("peers.none") : count("peers.here", peers);
}

export function Top(view: View) {
	const { state, ui, actions } = view;
	const due = state.cases?.due ?? 0;
	return (
		<header class="top">
			<div class="top-id">
				<Mark />
				<span class="hide-m">{state.school?.school ?? ""}</span>
			</div>
			<nav class="tabs" aria-label={t("main")}>
				<Tab {...view} page="live" icon={iconPulse}>
					<span class="tab-w">{t("live")}</span>
				</Tab>
				<Tab {...view} page="cases" icon={iconCase}>
					<span class="tab-w">{t("nav.cases")}</span>
					{state.cases && state.cases.open > 0 ? (
						<span class={`count ${due > 0 ? "count--due" : ""}`}>
							{state.cases.open}
							{due > 0 ? <span class="sr">, {count("cases.due", due)}</span> : null}
						</span>
					) : null}
				</Tab>
				<Tab {...view} page="past" icon={iconChatLines}>
					<span class="tab-w">{t("nav.past")}</span>
				</Tab>
				<Tab {...view} page="search" icon={iconSearch}>
					<span class="tab-w">{t("nav.search")}</span>
				</Tab>
				<More {...view} />
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
			<Alerts {...view} />
			<Duty {...view} class="sw hide-m" />
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
