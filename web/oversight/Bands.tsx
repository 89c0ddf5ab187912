/* The bands: every open call for an adult, and alarms no call stands for. They stay until a person
   has taken them. */

import { AlarmBand } from "./AlarmBand";
import { alarms, isTaken, openCalls } from "./calls";
import { CallBand } from "./CallBand";
import { t } from "./say";
import { TakenBand } from "./TakenBand";
import type { View } from "./views";

export function Bands(view: View) {
	const calls = openCalls(view.state);
	const rest = alarms(view.state);
	if (calls.length + rest.length === 0) {
		return null;
	}
	return (
		<section class="alarms" aria-label={t("call.region")}>
			{calls.filter((call) => !isTaken(call)).map((call) => (
				<CallBand key={call.escalation} {...view} call={call} />
			))}
			{rest[0] ? <AlarmBand {...view} wall={rest[0]} others={rest.length - 1} /> : null}
			{calls.filter(isTaken).map((call) => (
				<TakenBand key={call.escalation} {...view} call={call} />
			))}
		</section>
	);
}
