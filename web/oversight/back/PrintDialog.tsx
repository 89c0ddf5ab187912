/* Asks what a record is printed for, before there is one: the disclosure is on disk first. */

import { useState } from "preact/hooks";
import { Dialog } from "../../lib/Dialog";
import { iconDownload } from "../../lib/icons";
import { CASE_GET_PRINT_MAX_CODE_POINTS } from "../../lib/protocol";
import { Area } from "../../staff/Field";
import { DialogActs, Said } from "../DialogActs";
import { withNotes } from "../files";
import type { Case } from "../state";
import { useAsk } from "../useAsk";
import type { View } from "../views";
import { t } from "./say";

export interface PrintProps extends View {
	file: Case;
	onClose: () => void;
	onPrinted: (file: Case, reason: string) => void;
}

export function PrintDialog({ file, onClose, onPrinted, ...view }: PrintProps) {
	const [reason, setReason] = useState("");
	const { busy, said, run } = useAsk(view);
	const words = reason.replace(/\s+/g, " ").trim();
	const make = async (): Promise<void> => {
		const { case_id } = file;
		const answer = await run({ type: "case.get", case_id, print: words });
		if (answer?.type !== "case.told") {
			return;
		}
		let record: Case = answer;
		while (record.more) {
			const older = await run({ type: "case.get", case_id, before: record.notes[0]?.note ?? 1 });
			if (older?.type !== "case.told" || older.notes.length === 0) {
				return;
			}
			record = { ...record, notes: withNotes(older, record).notes, more: older.more };
		}
		onPrinted(record, words);
	};
	return (
		<Dialog
			title={t("print.title", { number: file.number })}
			text={t("print.text")}
			icon={iconDownload}
			tone="dusk"
			onClose={onClose}
			onSubmit={() => void make()}
			actions={<DialogActs text={t("print.do")} busy={busy || words === ""} onClose={onClose} />}
		>
			<Area label={t("print.reason")} value={reason} set={setReason} rows={2} max={CASE_GET_PRINT_MAX_CODE_POINTS} required />
			<Said text={said} />
		</Dialog>
	);
}
