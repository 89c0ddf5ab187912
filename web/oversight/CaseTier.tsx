/* The MTSS tier of the support given: of the support, never of the student. */

import type { CaseView } from "./CasePanel";
import { t } from "./say";
import { isBusy } from "./views";

const tiers = [1, 2, 3] as const;

export function CaseTier(view: CaseView) {
	const { file, actions } = view;
	return (
		<fieldset class="opts-f">
			<legend class="h-sec">{t("case.tier")}</legend>
			<div class="tier">
				{tiers.map((tier) => (
					<label key={tier} class={file.tier === tier ? "is-on" : ""}>
						<input
							class="cover"
							type="radio"
							name={`tier-${file.case_id}`}
							checked={file.tier === tier}
							disabled={file.state === "closed" || isBusy(view, { type: "case.change", case_id: file.case_id })}
							onChange={() => actions.act({ type: "case.change", case_id: file.case_id, tier })}
						/>
						<b>{tier}</b>
						{t(`case.tier.${tier}`)}
					</label>
				))}
			</div>
			<p class="hint">{t("case.tier.hint")}</p>
		</fieldset>
	);
}
