/* A room without a case: the way to open one. */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconCase } from "../lib/icons";
import { CASE_OPEN_TITLE_MAX_CODE_POINTS } from "../lib/protocol";
import { Line } from "../staff/Field";
import { callOf } from "./calls";
import type { RoomView } from "./Room";
import { t } from "./say";
import { useAsk } from "./useAsk";

export function CaseStart(view: RoomView) {
	const { state, open } = view;
	const wall = state.walls.get(open.room);
	const call = callOf(state, open.room);
	const about = call && call.source !== "system" && call.reason !== "other" ? t(`reason.${call.reason}`) : "";
	const [title, setTitle] = useState(wall?.category ?? (about === "" ? (wall?.topics[0] ?? "") : about));
	const { busy, said, run } = useAsk(view);
	if (!open.filed) {
		return <p class="meta" role="status">{t("one.moment")}</p>;
	}
	const start = (): void => {
		const named = title.trim();
		void run({ type: "case.open", room: open.room, ...(named === "" ? {} : { title: named }) });
	};
	return (
		<form
			class="casestart"
			aria-label={t("case")}
			onSubmit={(event) => {
				event.preventDefault();
				start();
			}}
		>
			<h2>{t("case.none")}</h2>
			<p class="meta">{t("case.none.text")}</p>
			<Line label={t("case.open.title")} value={title} set={setTitle} max={CASE_OPEN_TITLE_MAX_CODE_POINTS} />
			<button type="submit" class="btn btn--sm btn--dusk-soft" disabled={busy || state.status !== "online"}>
				<Icon of={iconCase} class="i-16" />
				{t("case.open.do")}
			</button>
			<p class="dlg-said" role="alert">
				{said}
			</p>
		</form>
	);
}
