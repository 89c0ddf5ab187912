/* Holds a step of a case back, with the reason; and closes a case. */

import { useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { iconCase, iconPause } from "../lib/icons";
import { CASE_CHANGE_OUTCOME_MAX_CODE_POINTS, CASE_STEP_REASON_MAX_CODE_POINTS } from "../lib/protocol";
import type { CaseStep } from "../lib/protocol";
import type { Asked } from "../lib/connection";
import { tidy } from "../lib/text";
import { Area } from "../staff/Field";
import type { CaseView } from "./CasePanel";
import { DialogActs, Said } from "./DialogActs";
import { t } from "./say";
import { useAsk } from "./useAsk";

/* Asks, reads the case again where the answer does not bring it, and goes. */
function useCase(view: CaseView) {
	const asking = useAsk(view);
	const close = (): void => view.actions.dialog(null);
	const change = async (asked: Asked): Promise<void> => {
		const answer = await asking.run(asked);
		if (answer) {
			close();
			if (answer.type !== "case.told") {
				view.actions.act({ type: "case.get", case_id: view.file.case_id });
			}
		}
	};
	return { ...asking, close, change };
}

export function HoldDialog(view: CaseView & { step: CaseStep }) {
	const { file, step } = view;
	const [reason, setReason] = useState("");
	const { busy, said, close, change } = useCase(view);
	const words = tidy(reason);
	const hold = (): void => {
		if (words !== "") {
			void change({ type: "case.step", case_id: file.case_id, step: step.step, state: "held", reason: words });
		}
	};
	return (
		<Dialog
			title={t("hold.title", { text: step.text })}
			text={t("hold.text")}
			icon={iconPause}
			onClose={close}
			onSubmit={hold}
			actions={<DialogActs text={t("hold.do")} busy={busy || words === ""} onClose={close} />}
		>
			<Area label={t("hold.reason")} value={reason} set={setReason} max={CASE_STEP_REASON_MAX_CODE_POINTS} required />
			<Said text={said} />
		</Dialog>
	);
}

export function FinishDialog(view: CaseView) {
	const { file } = view;
	const [outcome, setOutcome] = useState(file.outcome);
	const { busy, said, close, change } = useCase(view);
	const words = outcome.replace(/\s+/g, " ").trim();
	const finish = (): void => {
		if (words !== "") {
			void change({ type: "case.change", case_id: file.case_id, state: "closed", outcome: words });
		}
	};
	return (
		<Dialog
			title={t("case.close.title", { number: file.number })}
			text={t("case.close.text")}
			icon={iconCase}
			tone="dusk"
			onClose={close}
			onSubmit={finish}
			actions={<DialogActs text={t("case.close.do")} busy={busy || words === ""} onClose={close} />}
		>
			<Area label={t("case.close.how")} value={outcome} set={setOutcome} rows={2} max={CASE_CHANGE_OUTCOME_MAX_CODE_POINTS} required />
			<Said text={said} />
		</Dialog>
	);
}
