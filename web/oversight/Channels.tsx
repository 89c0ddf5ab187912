/* The ways to adults who are not at this page: the last success, what fails, and a test. */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconAlert, iconCheck, iconClock } from "../lib/icons";
import type { ChannelState } from "../lib/protocol";
import { dayAndClock } from "../lib/when";
import { works } from "./calls";
import { count, names, t } from "./say";
import { useAsk } from "./useAsk";
import { serverNow } from "./views";
import type { View } from "./views";

function Row({ one, now }: { one: ChannelState; now: number }) {
	const fine = works(one);
	const fresh = one.sent_ms === undefined && fine;
	const facts = [
		fresh ? t("channels.new") : "",
		one.sent_ms === undefined ? "" : t("channels.ok", { time: dayAndClock(one.sent_ms, now) }),
		fine || one.failed_ms === undefined ? "" : t("channels.failing", { time: dayAndClock(one.failed_ms, now) }),
		one.waiting === 0 ? "" : count("channels.waiting", one.waiting),
		one.dead === 0 ? "" : count("channels.dead", one.dead),
	];
	return (
		<li class={fine ? "" : "is-wrong"}>
			<Icon of={fresh ? iconClock : fine ? iconCheck : iconAlert} class="i-18" />
			<div>
				<b>{t(`channel.${one.channel}`)}</b>
				<span class="meta num">{facts.filter((fact) => fact !== "").join(". ")}</span>
				{one.problem === "" ? null : <p class="channel-why">{one.problem}</p>}
			</div>
		</li>
	);
}

/* What the test said: which went out, which did not. */
function tested(channels: readonly ChannelState[]): string {
	const said = (which: boolean): string => names(channels.filter((one) => works(one) === which).map((one) => t(`channel.${one.channel}`)));
	const good = said(true);
	const bad = said(false);
	return [
		channels.length === 0 ? t("channels.nothing") : "",
		good === "" ? "" : t("channels.tested", { names: good }),
		bad === "" ? "" : t("channels.tested.not", { names: bad }),
	].filter((part) => part !== "").join(" ");
}

export function Channels(view: View) {
	const { state } = view;
	const { busy, said, run } = useAsk(view);
	const [result, setResult] = useState("");
	const channels = state.channels?.channels ?? [];
	const test = async (): Promise<void> => {
		setResult("");
		const answer = await run({ type: "notify.test" });
		if (answer?.type === "notify.told") {
			setResult(tested(answer.channels));
		}
	};
	return (
		<section class="channels" aria-label={t("channels")}>
			<h2 class="h-sec">{t("channels")}</h2>
			{channels.length === 0 ? (
				<p class="meta">{t("channels.none")}</p>
			) : (
				<ul>
					{channels.map((one) => (
						<Row key={one.channel} one={one} now={serverNow(view)} />
					))}
				</ul>
			)}
			{channels.length === 0 ? null : (
				<button
					type="button"
					class="btn btn--sm"
					disabled={state.status !== "online"}
					aria-disabled={busy} /* not disabled: the focus stays on it */
					onClick={() => void (busy || test())}
				>
					{t(busy ? "channels.testing" : "channels.test")}
				</button>
			)}
			<p class="channel-said" role="status">
				{said === "" ? result : said}
			</p>
		</section>
	);
}
