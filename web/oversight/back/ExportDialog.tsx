/* Transcripts as a file, with a reason: every other counselor is told. */

import { useState } from "preact/hooks";
import { Dialog } from "../../lib/Dialog";
import { iconDownload } from "../../lib/icons";
import { EXPORT_REASON_MAX_CODE_POINTS, EXPORT_REASON_MIN_CODE_POINTS } from "../../lib/protocol";
import type { ExportFormat, RoomLine } from "../../lib/protocol";
import { codePoints } from "../../lib/text";
import { Area, Line } from "../../staff/Field";
import { Options } from "../../staff/Options";
import { DialogActs, Said } from "../DialogActs";
import type { View } from "../views";
import { startOf } from "./day";
import { t } from "./say";

export interface ExportProps extends View {
	room: RoomLine | null; /* only this one */
	from: string; /* days, as a date field has them */
	until: string;
	onClose: () => void;
}

export function ExportDialog({ room, onClose, actions, ...props }: ExportProps) {
	const [reason, setReason] = useState("");
	const [format, setFormat] = useState<ExportFormat>("csv");
	const [from, setFrom] = useState(props.from);
	const [until, setUntil] = useState(props.until);
	const [said, setSaid] = useState("");
	const [stage, setStage] = useState<"asking" | "busy" | "done">("asking");
	const words = reason.replace(/\s+/g, " ").trim();
	const take = async (): Promise<void> => {
		if (codePoints(words) < EXPORT_REASON_MIN_CODE_POINTS) {
			setSaid(t("export.reason.short"));
			return;
		}
		setStage("busy");
		const from_ms = startOf(from);
		const until_ms = startOf(until, 1);
		const why = await actions.download({
			type: "export", reason: words, format,
			...(room === null ? {} : { room: room.room }),
			...(room === null && from_ms !== undefined ? { from_ms } : {}),
			...(room === null && until_ms !== undefined ? { until_ms } : {}),
		});
		setSaid(why === "" ? t("export.done") : why);
		setStage(why === "" ? "done" : "asking");
	};
	return (
		<Dialog
			title={room === null ? t("export.title") : t("export.title.one", { name: room.name })}
			text={t("export.text")}
			icon={iconDownload}
			tone="dusk"
			onClose={onClose}
			onSubmit={() => void (stage === "done" ? onClose() : take())}
			actions={
				stage === "done" ? (
					<button type="submit" class="btn btn--dusk">
						{t("close")}
					</button>
				) : (
					<DialogActs text={t("export.do")} busy={stage === "busy"} onClose={onClose} />
				)
			}
		>
			{stage === "done" ? null : (
				<>
					<Area label={t("export.reason")} value={reason} set={setReason} rows={2} max={EXPORT_REASON_MAX_CODE_POINTS} required />
					{room === null ? (
						<div class="ask-two">
							<Line label={t("from")} type="date" value={from} set={setFrom} />
							<Line label={t("until")} type="date" value={until} set={setUntil} />
						</div>
					) : null}
					<Options
						label={t("export.format")}
						two
						value={format}
						set={setFormat}
						options={[
							{ value: "csv", text: t("export.csv") },
							{ value: "json", text: t("export.json") },
						]}
					/>
				</>
			)}
			<Said text={said} />
		</Dialog>
	);
}
