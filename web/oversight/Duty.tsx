/* On duty, or not: who is called first, and who else is. */

import { names, t } from "./say";
import { amOnDuty, colleagues } from "./select";
import { Switch } from "../staff/Switch";
import { isBusy } from "./views";
import type { View } from "./views";

function words({ state }: View): string {
	const { duty } = colleagues(state);
	if (amOnDuty(state)) {
		return duty.length > 0 ? t("onduty.with", { names: names(duty) }) : t("onduty.you");
	}
	return duty.length > 0 ? t("onduty.only", { names: names(duty) }) : t("onduty.nobody");
}

export function Duty({ class: more = "sw", ...view }: View & { class?: string }) {
	const { state, actions } = view;
	if (!state.staff) {
		return null;
	}
	return (
		<Switch
			class={more}
			on={amOnDuty(state)}
			disabled={isBusy(view, { type: "duty.set", on: true })}
			set={(on) => actions.act({ type: "duty.set", on })}
		>
			{words(view)}
		</Switch>
	);
}
