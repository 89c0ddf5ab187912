/* Everything that happens, newest first, with a button that holds it still. */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconPause, iconPulse } from "../lib/icons";
import { flagOf } from "./flags";
import { t } from "./say";
import { isCurrent, speaker, streamView } from "./select";
import { StreamLine } from "./StreamLine";
import type { View } from "./views";

const PAGE = 100; /* lines drawn at first, and more with each press */

function Standing({ state }: View) {
	if (!isCurrent(state)) {
		return <span class="meta">{t("stream.old")}</span>;
	}
	return state.held === null ? (
		<span class="live-dot">
			<i />
			{t("stream.live")}
		</span>
	) : (
		<span class="meta">{t("stream.held")}</span>
	);
}

export function Stream(view: View) {
	const { state, actions } = view;
	const [limit, setLimit] = useState(PAGE);
	const { entries, more, news } = streamView(state, limit);
	const held = state.held !== null;
	const run = news > 0 ? t("stream.run.new", { n: news }) : t("stream.run");
	return (
		<aside class="stream" aria-label={t("stream.region")}>
			<header>
				<h2>{t("stream")}</h2>
				<Standing {...view} />
				<span class="grow" />
				<button type="button" class="btn btn--sm btn--quiet" onClick={() => actions.hold(!held)}>
					<Icon of={held ? iconPulse : iconPause} class="i-16" />
					{held ? run : t("stream.hold")}
				</button>
			</header>
			<div class="stream-log" tabIndex={0} role="region" aria-label={t("stream")}>
				{entries.length === 0 ? <p class="meta stream-none">{t("stream.none")}</p> : null}
				<ol>
					{entries.map((entry) => {
						const { name, picture } = speaker(state, entry.event);
						const { event } = entry;
						const flag = event.type === "chat.posted" ? flagOf(state, event.room, event.n) : undefined;
						return (
							<StreamLine
								key={entry.seq}
								entry={entry}
								name={name}
								picture={picture}
								flag={flag}
								read={actions.read}
							/>
						);
					})}
				</ol>
				{more ? (
					<button type="button" class="btn btn--sm btn--quiet btn--wide" onClick={() => setLimit(limit + PAGE)}>
						{t("stream.older")}
					</button>
				) : null}
			</div>
		</aside>
	);
}
