/* The own identity: who one is, sound, password, the ways out. */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconDown, iconExit, iconLock, iconPeople } from "../lib/icons";
import { t } from "../lib/say";
import { AdultToken, Token } from "../lib/Token";
import { clock } from "../lib/when";
import { useFold } from "./fold";
import { Password } from "./Password";
import { SignOutAll } from "./SignOutAll";
import { Switch } from "./Switch";
import type { StaffActions, StaffView } from "./staff";

export function Menu({ view, actions }: { view: StaffView; actions: StaffActions }) {
	const { open, setOpen, box, button, onKeyDown } = useFold();
	const [dialog, setDialog] = useState<"" | "password" | "all">("");

	const ask = (which: "password" | "all"): void => {
		button.current?.focus();
		setOpen(false);
		setDialog(which);
	};
	const here = view.online ? "here" : "here away";
	return (
		<div class="menu" ref={box} onKeyDown={onKeyDown}>
			<button
				ref={button}
				type="button"
				class="me"
				aria-expanded={open}
				onClick={() => setOpen(!open)}
			>
				{view.picture === "" ? (
					<AdultToken name={view.name} class={`tok-sm ${here}`} />
				) : (
					<Token picture={view.picture} class={`tok-sm ${here}`} />
				)}
				<span class="hide-s">{view.name}</span>
				<span class="sr">, {t("menu")}</span>
				<Icon of={iconDown} class="i-16" />
			</button>
			{open ? (
				<div class="menu-box">
					<div class="menu-who">
						<b>{view.name}</b>
						{view.until_ms === 0 ? null : (
							<span class="meta num">{t("menu.session", { time: clock(view.until_ms) })}</span>
						)}
					</div>
					<Switch class="menu-row menu-sw" on={view.sound} set={actions.sound}>
						<b>{t("menu.sound")}</b>
						<span class="meta">{t(view.soundText)}</span>
					</Switch>
					<button type="button" class="menu-row" onClick={() => ask("password")}>
						<Icon of={iconLock} class="i-18" />
						{t("menu.password")}
					</button>
					<button type="button" class="menu-row" onClick={actions.signOut}>
						<Icon of={iconExit} class="i-18 i-flip" />
						{t("menu.out")}
					</button>
					<button type="button" class="menu-row" onClick={() => ask("all")}>
						<Icon of={iconPeople} class="i-18" />
						{t("menu.out.all")}
					</button>
				</div>
			) : null}
			{dialog === "password" ? (
				<Password change={actions.password} onClose={() => setDialog("")} />
			) : null}
			{dialog === "all" ? (
				<SignOutAll signOut={actions.signOutAll} onClose={() => setDialog("")} />
			) : null}
		</div>
	);
}
