/* Says in time that the sign-in runs out. */

import { t } from "../lib/say";
import { goToSignIn, sessionEnds } from "./staff";

export function SessionBand({ until_ms, now }: { until_ms: number | undefined; now: number }) {
	const ends = sessionEnds(until_ms, now);
	return ends === null ? null : (
		<div class="band">
			<p role="status">{t("session.ends", { n: ends })}</p>
			<button type="button" class="btn btn--sm" onClick={goToSignIn}>
				{t("session.again")}
			</button>
		</div>
	);
}
