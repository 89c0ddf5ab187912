/* Calls other adults to a room. */

import { useRef, useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { randomHex } from "../lib/hex";
import { iconPhone } from "../lib/icons";
import { ESCALATION_RAISE_NOTE_MAX_CODE_POINTS } from "../lib/protocol";
import { tidy } from "../lib/text";
import { Area } from "../staff/Field";
import { Options } from "../staff/Options";
import { Switch } from "../staff/Switch";
import { DialogActs, Said } from "./DialogActs";
import { t } from "./say";
import { roomName } from "./select";
import { useAsk } from "./useAsk";
import type { View } from "./views";

const reasons = ["hurt", "hurting", "asked", "worried", "other"] as const;

export function RaiseDialog(view: View & { room: number }) {
	const { state, actions, room } = view;
	const id = useRef(randomHex(16));	/* the same for every try at one call */
	const [reason, setReason] = useState<(typeof reasons)[number] | "">("");
	const [note, setNote] = useState("");
	const [tell, setTell] = useState(false);
	const { busy, said, run } = useAsk(view);
	const close = (): void => actions.dialog(null);
	const call = async (): Promise<void> => {
		const words = tidy(note);
		if (reason === "") {
			return;
		}
		const more = words === "" ? {} : { note: words };
		if (await run({ type: "escalation.raise", room, id: id.current, reason, tell, ...more })) {
			close();
		}
	};
	return (
		<Dialog
			title={t("raise.title", { room: roomName(state, room).name })}
			text={t("raise.text")}
			icon={iconPhone}
			tone="ember"
			onClose={close}
			onSubmit={() => void call()}
			actions={<DialogActs text={t("raise.do")} tone="ember" busy={busy || reason === ""} onClose={close} />}
		>
			<Options
				label={t("raise.why")}
				value={reason}
				set={setReason}
				options={reasons.map((one) => ({ value: one, text: t(`reason.${one}`) }))}
			/>
			<Area
				label={t("raise.note")}
				hint={t("raise.note.hint")}
				value={note}
				set={setNote}
				rows={2}
				max={ESCALATION_RAISE_NOTE_MAX_CODE_POINTS}
			/>
			<Switch class="sw sw--wide" on={tell} set={setTell}>
				{t("raise.tell")}
			</Switch>
			<Said text={said} />
		</Dialog>
	);
}
