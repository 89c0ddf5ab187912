/* When to look at a case again, and what becomes of it. */

import { iconCase, iconDownload } from "../lib/icons";
import { Icon } from "../lib/Icon";
import { Line } from "../staff/Field";
import type { CaseView } from "./CasePanel";
import { isDue } from "./files";
import { t } from "./say";
import { serverNow } from "./views";

/* A day as a date field has it: "2026-03-09", in the reader's own time. */
export function dayOf(ms: number | undefined): string {
	if (ms === undefined || ms === 0) {
		return "";
	}
	const two = (n: number): string => String(n).padStart(2, "0");
	const date = new Date(ms);
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/* The morning of that day, or 0. */
export function morningOf(day: string): number {
	const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
	return day === "" ? 0 : new Date(year, month - 1, date, 8).getTime();
}

function Follow(view: CaseView) {
	const { file, actions } = view;
	const set = (day: string): void =>
		actions.act({ type: "case.change", case_id: file.case_id, follow_ms: morningOf(day) });
	return (
		<div class="follow">
			<Line label={t("case.follow")} type="date" value={dayOf(file.follow_ms)} set={set} disabled={file.state === "closed"} />
			{isDue(file, serverNow(view)) ? <span class="tag tag--honey">{t("case.follow.due")}</span> : null}
		</div>
	);
}

export function CaseFoot(view: CaseView) {
	const { file, actions, state } = view;
	const change = (to: "open" | "held"): void =>
		actions.act({ type: "case.change", case_id: file.case_id, state: to });
	const print = (): void => {
		actions.go("cases", file.case_id);
		actions.dialog({ kind: "print", caseId: file.case_id });
	};
	const button = (text: string, press: () => void) => (
		<button type="button" class="btn btn--sm btn--quiet" disabled={state.status !== "online"} onClick={press}>
			{text}
		</button>
	);
	return (
		<>
			{file.outcome === "" ? null : (
				<p class="case-outcome" dir="auto">
					<b>{t("case.outcome")}</b> {file.outcome}
				</p>
			)}
			<Follow {...view} />
			<div class="case-acts">
				{file.state === "open" ? button(t("case.hold"), () => change("held")) : null}
				{file.state === "held" ? button(t("case.unhold"), () => change("open")) : null}
				{file.state === "closed"
					? button(t("case.reopen"), () => change("open"))
					: button(t("case.close"), () => actions.dialog({ kind: "finish", caseId: file.case_id }))}
				{state.open ? (
					<>
						<button type="button" class="btn btn--sm btn--quiet" onClick={print}>
							<Icon of={iconDownload} class="i-16" />
							{t("case.print")}
						</button>
						<button type="button" class="btn btn--sm btn--quiet" onClick={() => actions.go("cases", file.case_id)}>
							<Icon of={iconCase} class="i-16" />
							{t("case.page")}
						</button>
					</>
				) : null}
			</div>
		</>
	);
}
