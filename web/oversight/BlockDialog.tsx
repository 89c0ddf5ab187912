/* Blocks a room's key for a time: how long, and why, for the audit. */

import { useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { iconPause } from "../lib/icons";
import { ROOM_BLOCK_REASON_MAX_CODE_POINTS } from "../lib/protocol";
import { tidy } from "../lib/text";
import { Line } from "../staff/Field";
import { Options } from "../staff/Options";
import { DialogActs, Said } from "./DialogActs";
import { t } from "./say";
import { roomName } from "./select";
import { useAsk } from "./useAsk";
import type { View } from "./views";
import { orSomeChat } from "./words";

const hour_s = 3600;
const times = { hour: hour_s, half: 4 * hour_s, day: 24 * hour_s, week: 7 * 24 * hour_s } as const;
type Time = keyof typeof times;

export function BlockDialog(view: View & { room: number }) {
	const { state, actions, room } = view;
	const [time, setTime] = useState<Time>("hour");
	const [reason, setReason] = useState("");
	const { busy, said, run } = useAsk(view);
	const why = tidy(reason);
	const close = (): void => actions.dialog(null);
	const block = async (): Promise<void> => {
		if (why !== "" && (await run({ type: "room.block", room, for_s: times[time], reason: why }))) {
			close();
		}
	};
	return (
		<Dialog
			title={t("block.title", { room: orSomeChat(roomName(state, room).name) })}
			text={t("block.text")}
			icon={iconPause}
			tone="dusk"
			onClose={close}
			onSubmit={() => void block()}
			actions={<DialogActs text={t("block.do")} busy={busy || why === ""} onClose={close} />}
		>
			<Options
				label={t("block.time")}
				two
				value={time}
				set={setTime}
				options={(Object.keys(times) as Time[]).map((one) => ({ value: one, text: t(`block.${one}`) }))}
			/>
			<Line label={t("block.why")} hint={t("block.why.hint")} value={reason} set={setReason} max={ROOM_BLOCK_REASON_MAX_CODE_POINTS} />
			<Said text={said} />
		</Dialog>
	);
}
