/* One case on a page of its own; from here it is printed. */

import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../lib/Icon";
import { iconBack, iconDownload, iconEye } from "../../lib/icons";
import { CasePanel } from "../CasePanel";
import { roomName } from "../select";
import type { Case } from "../state";
import type { View } from "../views";
import { PrintDialog } from "./PrintDialog";
import { Record } from "./Record";
import { t } from "./say";
import { Sheet } from "./Sheet";

interface Printed { file: Case; reason: string }

export function CasePage(view: View) {
	const { state, ui, actions } = view;
	const { caseId } = state;
	const [why, setWhy] = useState("");
	const [printed, setPrinted] = useState<Printed | null>(null);
	const file = state.files.get(caseId);
	const asking = ui.dialog?.kind === "print" && ui.dialog.caseId === caseId;
	useEffect(() => {
		void actions.ask({ type: "case.get", case_id: caseId }).then((got) => setWhy(got.why));
	}, [caseId, state.status === "online"]);
	if (printed) {
		return <Record {...view} {...printed} onClose={() => setPrinted(null)} />;
	}
	return (
		<Sheet
			title={file ? t("case.number", { number: file.number }) : t("case")}
			beside={
				<>
					<button type="button" class="btn btn--sm btn--quiet" onClick={() => actions.go("cases")}>
						<Icon of={iconBack} class="i-16 i-flip" />
						{t("cases.back")}
					</button>
					{file ? (
						<>
							<button
								type="button"
								class="btn btn--sm btn--line"
								data-room={file.room}
								onClick={() =>
									actions.read(file.room, { name: file.name, picture: roomName(state, file.room).picture })
								}
							>
								<Icon of={iconEye} class="i-16" />
								{t("case.read")}
							</button>
							<button type="button" class="btn btn--sm btn--dusk" onClick={() => actions.dialog({ kind: "print", caseId })}>
								<Icon of={iconDownload} class="i-16" />
								{t("case.print")}
							</button>
						</>
					) : null}
				</>
			}
		>
			{file ? (
				<div class="case-page card">
					<CasePanel {...view} file={file} />
				</div>
			) : (
				<p role="status" class="meta">
					{why === "" ? t("one.moment") : t("list.refused", { why })}
				</p>
			)}
			{asking && file ? (
				<PrintDialog
					{...view}
					file={file}
					onClose={() => actions.dialog(null)}
					onPrinted={(record, reason) => {
						actions.dialog(null);
						setPrinted({ file: record, reason });
					}}
				/>
			) : null}
		</Sheet>
	);
}
