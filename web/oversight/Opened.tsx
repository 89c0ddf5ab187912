/* Sealed details, opened: on a clock that closes them by itself. They are nowhere but here. */

import { Icon } from "../lib/Icon";
import { iconGlobe, iconHome, iconId, iconImage, iconPerson, iconPulse } from "../lib/icons";
import type { SealedKind, Unsealed } from "../lib/protocol";
import type { Of } from "../lib/wire";
import { dayAndClock, elapsed } from "../lib/when";
import { Ring } from "../staff/Ring";
import { Original } from "./Original";
import { count, t } from "./say";
import { serverNow } from "./views";
import type { View } from "./views";

const icons: Record<SealedKind, string> = {
	address: iconGlobe, agent: iconPulse, device: iconId, location: iconHome, name: iconPerson, picture: iconImage,
};

function Detail({ item, now, opening }: { item: Unsealed; now: number; opening: number }) {
	const long = item.kind === "picture" || item.kind === "agent";
	return (
		<div class={long ? "op-long" : undefined}>
			<dt>
				<Icon of={icons[item.kind]} class="i-18" />
				<span>
					{t(`kind.${item.kind}`)}
					<span class="meta num">{t("kind.at", { time: dayAndClock(item.at_ms, now) })}</span>
				</span>
			</dt>
			<dd dir="auto">
				{item.kind === "picture" ? (
					<Original opening={opening} picture={item.value} />
				) : (
					item.value
				)}
			</dd>
		</div>
	);
}

export function Opened(view: View & { shown: Of<"identity.shown"> }) {
	const { state, actions, shown } = view;
	const now = serverNow(view);
	const left = Math.max(0, shown.until_ms - now);
	const whole = (state.escrow?.open_s ?? 1800) * 1000;
	const by = state.escrow?.openings.find((one) => one.opening === shown.opening)?.approved_by ?? "";
	return (
		<section class="opened" aria-label={t("opened")}>
			<div class="op-h">
				<Ring part={left / whole} size={44} />
				<div>
					<b role="timer" aria-live="off">
						{t("opened.for", { time: elapsed(left) })}
					</b>
					<span>{by === "" ? t("opened.by.none") : t("opened.by", { name: by })}</span>
				</div>
				<button
					type="button"
					class="btn btn--sm"
					onClick={() => actions.closeSealed(shown.opening)}
				>
					{t("opened.close")}
				</button>
			</div>
			{shown.items.length === 0 ? (
				<p class="op-none">{t("opened.none")}</p>
			) : (
				<dl class="facts op-facts">
					{shown.items.map((item, i) => (
						<Detail key={i} item={item} now={now} opening={shown.opening} />
					))}
				</dl>
			)}
			<p class="meta op-f">
				{shown.unread > 0 ? `${count("opened.unread", shown.unread)}. ` : ""}
				{t("opened.record")} {t("find.told")}
			</p>
		</section>
	);
}
