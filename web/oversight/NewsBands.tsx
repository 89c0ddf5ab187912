/* What every counselor is told at once: opened details, exports; what waits for this one's answer;
   and that nobody could be called. */

import { Icon } from "../lib/Icon";
import { iconAlert, iconClose, iconDownload, iconPeople, iconUnlock } from "../lib/icons";
import { unreachable } from "./calls";
import type { News } from "./news";
import { t } from "./say";
import type { Key } from "./say";
import { mayOpen, toAnswer } from "./sealed";
import { roomName } from "./select";
import { isBusy } from "./views";
import type { View } from "./views";
import { orSomeChat } from "./words";

function words(view: View, { event }: News): string {
	if (event.type === "exported") {
		return t("news.exported", { name: event.name, why: event.reason });
	}
	const room = orSomeChat(roomName(view.state, event.room).name);
	return t(`news.${event.step}` as Key, { name: event.name, room, why: t(`danger.${event.why}`) });
}

function OneNews({ one, ...view }: View & { one: News }) {
	const { actions } = view;
	const { event } = one;
	return (
		<div class="band band--dusk" role="alert">
			<Icon of={event.type === "exported" ? iconDownload : iconUnlock} class="i-18" />
			<p>{words(view, one)}</p>
			{event.type === "exported" ? null : (
				<button type="button" class="btn btn--sm" onClick={() => actions.read(event.room)}>
					{t("news.read")}
				</button>
			)}
			<button type="button" class="icb icb--sm" aria-label={t("dismiss")} onClick={() => actions.putAway(one.seq)}>
				<Icon of={iconClose} class="i-16" />
			</button>
		</div>
	);
}

/* Another counselor asks, or has agreed: it stands until it is answered. */
function Asked(view: View) {
	const { state, actions } = view;
	return (
		<>
			{toAnswer(state).map((one) => (
				<div key={one.opening} class="band band--dusk">
					<Icon of={iconPeople} class="i-18" />
					<p role="alert">
						<b>{t("ask.band", { name: one.by_name })}</b>{" "}
						{t("ask.band.text", { room: one.name, why: `${t(`danger.${one.why}`)}.` })}
					</p>
					<button
						type="button"
						class="btn btn--sm"
						onClick={() => actions.dialog({ kind: "approve", opening: one.opening })}
					>
						{t("ask.look")}
					</button>
				</div>
			))}
			{mayOpen(state).map((one) => (
				<div key={one.opening} class="band band--dusk">
					<Icon of={iconUnlock} class="i-18" />
					<p role="alert">{t("opennow.band", { name: one.approved_by, room: one.name })}</p>
					<button
						type="button"
						class="btn btn--sm"
						onClick={() => actions.dialog({ kind: "open", opening: one.opening })}
					>
						{t("sealed.open.now")}
					</button>
				</div>
			))}
		</>
	);
}

export function NewsBands(view: View) {
	const { state, actions } = view;
	return (
		<>
			{state.status === "online" && unreachable(state) ? (
				<div class="band band--honey">
					<Icon of={iconAlert} class="i-18" />
					<p role="status">
						<b>{t("unreachable")}</b> {t("unreachable.text")}
					</p>
					<button
						type="button"
						class="btn btn--sm"
						disabled={isBusy(view, { type: "duty.set", on: true })}
						onClick={() => actions.act({ type: "duty.set", on: true })}
					>
						{t("unreachable.duty")}
					</button>
				</div>
			) : null}
			<Asked {...view} />
			{state.news.map((one) => (
				<OneNews key={one.seq} {...view} one={one} />
			))}
		</>
	);
}
