/* A chat that is about to end with one tap: a few seconds to undo it, or to say why and be done. */

import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconFlag } from "../lib/icons";
import { t } from "../lib/say";
import { Ring } from "../staff/Ring";
import { UNDO_MS } from "./acts";
import type { Reporting } from "./state";
import type { View } from "./views";

const whats = ["testing", "rude", "threat"] as const;

interface ReportBarProps extends View {
	one: Reporting;
	elsewhere?: boolean; /* another chat is on screen, or none: it says which, and takes no focus */
}

/* Whoever was rude may have ended it meanwhile. */
function head({ state, one, elsewhere }: ReportBarProps): string {
	if (state.chats.get(one.room)?.ended) {
		return t("report.ending.left", { name: one.name });
	}
	return elsewhere ? t("report.ending.else", { name: one.name }) : t("report.ending");
}

function then({ state, one }: ReportBarProps): string {
	if (state.status !== "online") {
		return t("report.offline");
	}
	return one.sent ? t("report.now") : t("report.soon", { why: t(`report.${one.what}`) });
}

export function ReportBar(props: ReportBarProps) {
	const { one, now, actions, elsewhere = false } = props;
	const bar = useRef<HTMLElement>(null);
	/* Not a button: whoever presses a key twice must neither undo it nor give a reason. */
	useEffect(() => {
		if (!elsewhere) {
			bar.current?.focus();
		}
	}, []);
	const left_ms = Math.min(UNDO_MS, Math.max(0, one.due_ms - now));
	return (
		<section
			ref={bar}
			class={`report ${elsewhere ? "report--else" : ""}`}
			aria-label={t("report.full")}
			tabIndex={-1}
			onKeyDown={(event) => {
				if (event.key === "Escape") {
					actions.undoReport(one.room);
				}
			}}
		>
			<div class="report-t">
				{one.sent ? (
					<Icon of={iconFlag} />
				) : (
					<div class="report-s num" aria-hidden="true">
						<Ring part={left_ms / UNDO_MS} size={40} />
						<b>{Math.ceil(left_ms / 1000)}</b>
					</div>
				)}
				<div role="alert">
					<p class="report-h">{head(props)}</p>
					<p>{then(props)}</p>
				</div>
				{one.sent ? null : (
					<button
						type="button"
						class="btn btn--sm btn--pine"
						aria-keyshortcuts="Escape"
						onClick={() => actions.undoReport(one.room)}
					>
						{t("report.undo")}
					</button>
				)}
			</div>
			{one.sent ? null : (
				<div class="report-acts" role="group" aria-label={t("report.why")}>
					{whats.map((what) => (
						<button
							key={what}
							type="button"
							class="btn btn--sm btn--line"
							onClick={() => actions.reportNow(one.room, what)}
						>
							{t(`report.${what}`)}
						</button>
					))}
				</div>
			)}
		</section>
	);
}
