/* The whole oversight page. Watching changes nothing: no view sends a seen mark, typing or a join
   before a counselor steps in. */

import { exact } from "../lib/when";
import { Notice } from "../staff/Notice";
import { OfflineBand } from "../staff/Offline";
import { SessionBand } from "../staff/SessionBand";
import { Bands } from "./Bands";
import { later } from "./later";
import { NewsBands } from "./NewsBands";
import { Room } from "./Room";
import { t } from "./say";
import { isCurrent } from "./select";
import { Stream } from "./Stream";
import { Top } from "./Top";
import { serverNow } from "./views";
import type { View } from "./views";
import { Wall } from "./Wall";

const Dialogs = later<View>(async () => (await import("./tools")).Dialogs);
const Back = later<View>(async () => (await import("./back/Back")).Back);

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

function Body(view: View) {
	const { state } = view;
	if (state.open) {
		return <Room {...view} open={state.open} />;
	}
	if (state.page !== "live") {
		return <Back {...view} />;
	}
	return (
		<main class={`grid-live ${isCurrent(state) ? "" : "is-old"}`}>
			<Wall {...view} />
			<Stream {...view} />
		</main>
	);
}

export function App(view: View) {
	const { state, ui, actions } = view;
	return (
		<div class={`app ${state.open ? "app--room" : ""}`}>
			<Top {...view} />
			<Connection {...view} />
			<SessionBand until_ms={state.me?.until_ms} now={serverNow(view)} />
			{ui.said === "" ? null : <Notice text={t("refused", { why: ui.said })} onClose={actions.unsay} />}
			{ui.told === "" ? null : <Notice text={ui.told} onClose={actions.unsay} />}
			<Bands {...view} />
			<NewsBands {...view} />
			<Body {...view} />
			{ui.dialog ? <Dialogs {...view} /> : null}
		</div>
	);
}
