/* Hands a call for an adult on to a colleague, or closes it. */

import { useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { iconCheck, iconSwap } from "../lib/icons";
import type { Outcome } from "../lib/protocol";
import { Options } from "../staff/Options";
import { DialogActs, Said } from "./DialogActs";
import { t } from "./say";
import type { Call } from "./state";
import { useAsk } from "./useAsk";
import type { View } from "./views";

type CallView = View & { call: Call };

export function HandDialog(view: CallView) {
	const { state, actions, call } = view;
	const [to, setTo] = useState("");
	const { busy, said, run } = useAsk(view);
	const close = (): void => actions.dialog(null);
	const others = (state.staff?.counselors ?? []).filter((one) => one.account !== state.me?.account);
	const hand = async (): Promise<void> => {
		if (to !== "" && (await run({ type: "escalation.hand", escalation: call.escalation, account: Number(to) }))) {
			close();
		}
	};
	return (
		<Dialog
			title={t("hand.call.title", { room: call.name })}
			text={t("hand.call.text")}
			icon={iconSwap}
			tone="dusk"
			onClose={close}
			onSubmit={() => void hand()}
			actions={<DialogActs text={t("hand.call.do")} busy={busy || to === ""} onClose={close} />}
		>
			{others.length === 0 ? (
				<p>{t("hand.call.none")}</p>
			) : (
				<Options
					label={t("hand.call.who")}
					value={to}
					set={setTo}
					options={others.map((one) => ({
						value: String(one.account),
						text: one.name,
						hint: t(one.free ? "hand.call.duty" : one.here ? "hand.call.here" : "hand.call.away"),
					}))}
				/>
			)}
			<Said text={said} />
		</Dialog>
	);
}

const outcomes: readonly Outcome[] = ["safe", "plan", "emergency", "not_needed", "unreachable"];

export function CloseCallDialog(view: CallView) {
	const { actions, call } = view;
	const [outcome, setOutcome] = useState<Outcome | "">("");
	const { busy, said, run } = useAsk(view);
	const close = (): void => actions.dialog(null);
	const end = async (): Promise<void> => {
		if (outcome !== "" && (await run({ type: "escalation.close", escalation: call.escalation, outcome }))) {
			close();
		}
	};
	return (
		<Dialog
			title={t("close.call.title", { room: call.name })}
			text={t("close.call.text")}
			icon={iconCheck}
			tone="dusk"
			onClose={close}
			onSubmit={() => void end()}
			actions={<DialogActs text={t("close.call.do")} busy={busy || outcome === ""} onClose={close} />}
		>
			<Options
				label={t("close.call.how")}
				value={outcome}
				set={setOutcome}
				options={outcomes.map((one) => ({ value: one, text: t(`outcome.${one}`), hint: t(`outcome.${one}.text`) }))}
			/>
			<Said text={said} />
		</Dialog>
	);
}
