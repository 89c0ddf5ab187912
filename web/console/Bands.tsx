/* What must be said across the page: no connection, a hand-over to answer, the shift's end. */

import { Icon } from "../lib/Icon";
import { iconAlert, iconTimer } from "../lib/icons";
import { count, t } from "../lib/say";
import { Token } from "../lib/Token";
import { minutes } from "../lib/when";
import { Notice } from "../staff/Notice";
import { OfflineBand } from "../staff/Offline";
import { SessionBand } from "../staff/SessionBand";
import { ReportBar } from "./ReportBar";
import { nobodyReachable, shift } from "./select";
import type { Ask } from "./state";
import type { View } from "./views";

function HandAsk({ state, ui, actions, ask }: View & { ask: Ask }) {
	const off = ui.busy.has(ask.room) || state.status !== "online";
	return (
		<section class="band band--pine" aria-label={t("asked", { from: ask.from, name: ask.name })}>
			<Token picture={ask.picture} class="tok-sm" />
			<p role="alert">
				<b>{t("asked", { from: ask.from, name: ask.name })}</b>{" "}
				<span class="hide-s">{t("asked.text")}</span>
			</p>
			<button
				type="button"
				class="btn btn--sm"
				disabled={off}
				onClick={() => actions.answer(ask.room, false)}
			>
				{t("asked.no")}
			</button>
			<button
				type="button"
				class="btn btn--sm btn--pine"
				disabled={off}
				onClick={() => actions.answer(ask.room, true)}
			>
				{t("asked.yes")}
			</button>
		</section>
	);
}

function Ending({ state, now }: View) {
	const on = shift(state, now);
	if (on.kind !== "on" || !on.ending) {
		return null;
	}
	const mine = state.desk?.mine.length ?? 0;
	return (
		<div class="band band--honey">
			<Icon of={iconTimer} />
			<p role="status">
				<b class="num">{t("ending", { n: minutes(on.left_ms + 59999) })}</b>{" "}
				{mine > 0 ? count("ending.chats", mine) : t("ending.free")}
			</p>
		</div>
	);
}

/* Whoever is alone with this must know it. */
function Unreachable({ state }: View) {
	const first = state.school?.contacts.find((contact) => contact.urgent) ?? state.school?.contacts[0];
	return state.status === "online" && nobodyReachable(state) ? (
		<div class="band band--honey">
			<Icon of={iconAlert} />
			<p role="status">
				<b>{t("adults.nobody")}</b> {first ? t("adults.nobody.text", { what: first.what }) : ""}
			</p>
		</div>
	) : null;
}

export function Bands(view: View) {
	const { state, ui, now, actions } = view;
	const lost = state.status !== "online" && (state.lost_ms > 0 || state.status === "offline");
	return (
		<div class="bands">
			{lost ? (
				<OfflineBand
					text={t("offline.words")}
					retry_ms={state.retry_ms}
					now={now}
					tryNow={actions.tryNow}
				/>
			) : null}
			{state.desk?.asks.map((ask) => <HandAsk key={ask.room} {...view} ask={ask} />)}
			{state.reporting.filter((one) => one.room !== state.selected).map((one) => (
				<ReportBar key={one.id} {...view} one={one} elsewhere />
			))}
			<Unreachable {...view} />
			<Ending {...view} />
			<SessionBand until_ms={state.me?.until_ms} now={now + state.skew_ms} />
			{state.notices.map((notice) => (
				<Notice
					key={notice.key}
					text={t(`notice.${notice.kind}`, { room: notice.room, who: notice.who })}
					onClose={() => actions.dismiss(notice.key)}
				/>
			))}
			{ui.said === "" ? null : <Notice text={t("refused", { why: ui.said })} onClose={actions.unsay} />}
		</div>
	);
}
