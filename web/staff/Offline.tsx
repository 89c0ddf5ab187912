/* Says that there is no connection, what becomes of things meanwhile, and when it is tried again. */

import { Icon } from "../lib/Icon";
import { iconOffline } from "../lib/icons";
import { t } from "../lib/say";

export interface OfflineProps {
	text: string;
	retry_ms: number; /* next attempt (our clock); 0: under way */
	now: number;
	tryNow: () => void;
	role?: "status" | "alert";
}

export function OfflineBand({ text, retry_ms, now, tryNow, role = "status" }: OfflineProps) {
	const seconds = Math.ceil((retry_ms - now) / 1000);
	return (
		<div class="band band--honey">
			<Icon of={iconOffline} />
			<p>
				<span role={role}>
					<b>{t("offline")}</b> {text}
				</span>{" "}
				<span class="num" aria-hidden="true">
					{retry_ms === 0 || seconds <= 0 ? t("offline.now") : t("offline.in", { n: seconds })}
				</span>
			</p>
			<button type="button" class="btn btn--sm" onClick={tryNow}>
				{t("offline.try")}
			</button>
		</div>
	);
}
