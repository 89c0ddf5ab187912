/* Whether anybody knows who the visitor is, and the way to find out. */

import { Icon } from "../lib/Icon";
import { iconNoName, iconUnlock } from "../lib/icons";
import type { Opening } from "../lib/protocol";
import { dayAndClock } from "../lib/when";
import type { RoomView } from "./Room";
import { t } from "./say";
import { lastOpened, underWay } from "./sealed";
import { serverNow } from "./views";

/* What stands under "Name not known". */
function line(view: RoomView, going: Opening | undefined): string {
	const { state, open } = view;
	const mine = going?.by === state.me?.account;
	if (going?.step === "asked") {
		return mine ? t("sealed.asked") : t("sealed.asked.other", { name: going.by_name });
	}
	if (going?.step === "approved") {
		return t("sealed.approved", { name: going.approved_by });
	}
	if (state.shown?.room === open.room) {
		return t("sealed.open.you");
	}
	if (going?.step === "opened" && !mine) {
		return t("sealed.open.other", { name: going.by_name });
	}
	const last = lastOpened(open.sealed);
	if (last) {
		return t("sealed.looked", { name: last.by_name, time: dayAndClock(last.at_ms, serverNow(view)) });
	}
	return open.sealed?.items.length === 0 ? t("sealed.nothing") : t("sealed.nobody");
}

function Act({ going, ...view }: RoomView & { going: Opening | undefined }) {
	const { state, open, actions } = view;
	const { room } = open;
	const mine = going?.by === state.me?.account;
	if (going?.step === "asked") {
		return mine ? null : (
			<button type="button" class="btn btn--sm" onClick={() => actions.dialog({ kind: "approve", opening: going.opening })}>
				{t("ask.look")}
			</button>
		);
	}
	if (going?.step === "approved" && mine) {
		return (
			<button
				type="button"
				class="btn btn--sm btn--ember"
				onClick={() => actions.dialog({ kind: "open", opening: going.opening })}
			>
				{t("sealed.open.now")}
			</button>
		);
	}
	if (state.shown?.room === room || open.sealed?.items.length === 0) {
		return null;
	}
	return (
		<button type="button" class="btn btn--sm btn--line" onClick={() => actions.dialog({ kind: "find", room })}>
			<Icon of={iconUnlock} class="i-16" />
			{t("sealed.find")}
		</button>
	);
}

export function SealedBox(view: RoomView) {
	const { state, open } = view;
	const going = underWay(state, open.room);
	return (
		<section aria-label={t("sealed")}>
			<div class="idbox">
				<span class="tok tok--stone">
					<Icon of={iconNoName} class="i-18" />
				</span>
				<div role="status">
					<b>{t("sealed.unknown")}</b>
					<span class="meta">{line(view, going)}</span>
				</div>
				<Act {...view} going={going} />
			</div>
			{open.sealed && !open.sealed.granted && open.sealed.items.length > 0 ? (
				<p class="hint">{t("sealed.not.granted")}</p>
			) : null}
		</section>
	);
}
