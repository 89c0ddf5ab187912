/*
 * The frame of every screen: who this is, the way out, what the connection does, the way to help.
 * Quick exit is the same button in the same place on all of them.
 */

import type { ComponentChildren } from "preact";
import { Icon } from "../lib/Icon";
import { Mark } from "../lib/Mark";
import { iconBack, iconDown, iconExit, iconEye, iconInfo, iconOffline, iconRing } from "../lib/icons";
import type { Key } from "../i18n/en";
import type { Visitor } from "./state";
import { useUi } from "./ui";

export interface FrameProps {
	state: Visitor;
	title: string;
	hint: string;
	titleIsHeading?: boolean; /* false where the body has its own first heading */
	picture?: ComponentChildren; /* before the title; the mark when absent */
	onBack?: () => void;
	over?: "day" | "night"; /* the head lies over a picture of the sky */
	art?: ComponentChildren;
	foot?: ComponentChildren;
	reads?: Key; /* what the foot says about who reads; with the way to help beside it */
	children: ComponentChildren;
}

export function Frame(props: FrameProps) {
	const { state, art, foot, reads, children } = props;
	const { t, actions } = useUi();
	return (
		<div class="w">
			{art ? (
				<div class="w-hero">
					{art}
					<Head {...props} />
				</div>
			) : (
				<Head {...props} />
			)}
			<main class="w-main">
				<Banner state={state} />
				{children}
			</main>
			<footer class="w-foot">
				{foot}
				{reads && (
					<>
						<button type="button" class="w-help" onClick={() => actions.go("help")}>
							<Icon of={iconRing} class="i-18" />
							{t("helpNow")}
						</button>
						<span class="w-read">
							<Icon of={iconEye} class="i-16" />
							{t(reads)}
						</span>
					</>
				)}
			</footer>
		</div>
	);
}

function Head({ title, hint, titleIsHeading = true, picture, onBack, over }: FrameProps) {
	const { t, embedded, actions } = useUi();
	const className = over ? `w-head w-head--over w-head--${over}` : "w-head";
	return (
		<header class={className}>
			{onBack ? (
				<button type="button" class="icb w-back" aria-label={t("back")} onClick={onBack}>
					<Icon of={iconBack} class="i-flip" />
				</button>
			) : (
				(picture ?? <Mark class="mark--28" />)
			)}
			<div class="w-id">
				{titleIsHeading ? (
					<h1 tabIndex={-1}>{title}</h1>
				) : (
					<b>{title}</b>
				)}
				<span>{hint}</span>
			</div>
			{embedded && (
				<button type="button" class="icb" aria-label={t("fold")} onClick={actions.fold}>
					<Icon of={iconDown} />
				</button>
			)}
			<button type="button" class="exit" onClick={actions.quickExit}>
				<Icon of={iconExit} class="i-18 i-flip" />
				{t("quickExit")}
			</button>
		</header>
	);
}

/* Said once by the status region; the seconds that count down are for the eye alone. */
function Banner({ state }: { state: Visitor }) {
	const { t, now, format, actions } = useUi();
	if (state.status !== "offline") {
		return null;
	}
	const seconds = state.retryAt === undefined ? 0 : Math.max(0, Math.ceil((state.retryAt - now) / 1000));
	return (
		<div class="banner banner--honey">
			<Icon of={iconOffline} />
			<span>
				<b>{t("offline")}</b> {state.log.outbox.length > 0 && `${t("offlineSafe")} `}
				<span class="num" aria-hidden="true">
					{seconds > 0 ? t("offlineRetry", { s: format.number(seconds) }) : t("offlineTrying")}
				</span>
			</span>
			<button type="button" class="btn btn--sm w-44" onClick={actions.tryNow}>
				{t("tryNow")}
			</button>
		</div>
	);
}

/* Where the browser gives a frame no storage, say so before the first word. */
export function StorageNote({ state }: { state: Visitor }) {
	const { t } = useUi();
	return state.lasting ? null : (
		<p class="note note--honey w-mt">
			<Icon of={iconInfo} />
			<span>{t("noStorage")}</span>
		</p>
	);
}
