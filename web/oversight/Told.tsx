/* Who was told of a call, how and when; folded away until somebody wants to know. */

import { Icon } from "../lib/Icon";
import { iconAlert, iconCheck } from "../lib/icons";
import { clock } from "../lib/when";
import { count, t } from "./say";
import type { Call } from "./state";

export function Told({ call }: { call: Call }) {
	const { told } = call;
	if (told.length === 0) {
		return <span class="meta">{t("call.told.none")}</span>;
	}
	return (
		<details class="told">
			<summary>{count("call.told", told.length)}</summary>
			<ul aria-label={t("call.told.region")}>
				{told.map((one, i) => (
					<li key={i}>
						<Icon of={one.failed ? iconAlert : iconCheck} class="i-14" />
						<span>
							<b>{one.who}</b> {t(`channel.${one.channel}`)}, <span class="num">{clock(one.at_ms)}</span>
							{one.failed ? <span class="told-no">. {t("told.failed")}</span> : null}
						</span>
					</li>
				))}
			</ul>
		</details>
	);
}
