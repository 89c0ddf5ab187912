/* The whole oversight page. Watching changes nothing: no view sends a seen mark, typing or a join. */

import { t } from "../lib/say";
import { exact } from "../lib/when";
import { OfflineBand } from "../staff/Offline";
import { Notice } from "../staff/Notice";
import { SessionBand } from "../staff/SessionBand";
import { AlarmBand } from "./AlarmBand";
import { Room } from "./Room";
import { alarms, isCurrent } from "./select";
import { Stream } from "./Stream";
import { Top } from "./Top";
import { Wall } from "./Wall";
import { serverNow } from "./views";
import type { View } from "./views";

function Connection({ state, now, actions }: View) {
	if (state.status === "online") {
		return isCurrent(state) || state.heard_ms === 0 ? null : (
			<div class="band" role="status">
				<p>{t("catching", { time: exact(state.heard_ms) })}</p>
			</div>
		);
	}
	if (state.heard_ms === 0 && state.status === "connecting") {
		return null;
	}
	const text = state.heard_ms === 0 ? "" : t("lost.picture", { time: exact(state.heard_ms) });
	return (
		<OfflineBand text={text} role="alert" retry_ms={state.retry_ms} now={now} tryNow={actions.tryNow} />
	);
}

export function App(view: View) {
	const { state, ui, actions } = view;
	const calls = alarms(state);
	return (
		<div class={`app ${state.open ? "app--room" : ""}`}>
			<Top {...view} />
			<Connection {...view} />
			<SessionBand until_ms={state.me?.until_ms} now={serverNow(view)} />
			{ui.said === "" ? null : <Notice text={t("refused", { why: ui.said })} onClose={actions.unsay} />}
			{calls[0] ? <AlarmBand {...view} wall={calls[0]} others={calls.length - 1} /> : null}
			{state.open ? (
				<Room {...view} open={state.open} />
			) : (
				<main class={`grid-live ${isCurrent(state) ? "" : "is-old"}`}>
					<Wall {...view} />
					<Stream {...view} />
				</main>
			)}
		</div>
	);
}
