/* Notes of a case, for counselors only; and a new one. */

import { useRef, useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconLock } from "../lib/icons";
import { randomHex } from "../lib/hex";
import { CASE_NOTE_BODY_MAX_CODE_POINTS } from "../lib/protocol";
import { tidy } from "../lib/text";
import { dayAndClock } from "../lib/when";
import { Area } from "../staff/Field";
import type { CaseView } from "./CasePanel";
import { t } from "./say";
import { useAsk } from "./useAsk";
import { serverNow } from "./views";

export function CaseNotes(view: CaseView) {
	const { file, state } = view;
	const [body, setBody] = useState("");
	const id = useRef(randomHex(16));	/* the same for every try at one note */
	const { busy, said, run } = useAsk(view);
	const add = async (): Promise<void> => {
		const words = tidy(body);
		if (words === "") {
			return;
		}
		const answer = await run({ type: "case.note", case_id: file.case_id, id: id.current, body: words });
		if (answer) {
			id.current = randomHex(16);
			setBody("");
			if (answer.type !== "case.told") {
				view.actions.act({ type: "case.get", case_id: file.case_id });
			}
		}
	};
	return (
		<section class="casenote">
			<h3 class="h-sec">
				<Icon of={iconLock} class="i-16" />
				{t("case.notes")}
			</h3>
			{file.more ? (
				<button
					type="button"
					class="btn btn--sm btn--quiet"
					disabled={busy}
					onClick={() => void run({ type: "case.get", case_id: file.case_id, before: file.notes[0]?.note ?? 1 })}
				>
					{t("case.notes.older")}
				</button>
			) : null}
			<ol class="case-notes">
				{file.notes.map((note, i) => (
					<li key={i}>
						<span class="meta num">{t("case.step.by", { name: note.by, time: dayAndClock(note.at_ms, serverNow(view)) })}</span>
						<p dir="auto">{note.body}</p>
					</li>
				))}
			</ol>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void add();
				}}
			>
				<Area label={t("case.note.new")} value={body} set={setBody} rows={2} max={CASE_NOTE_BODY_MAX_CODE_POINTS} />
				{body === "" ? null : (
					<button type="submit" class="btn btn--sm" disabled={busy || state.status !== "online"}>
						{t("case.note.add")}
					</button>
				)}
				<p class="dlg-said" role="alert">
					{said}
				</p>
			</form>
		</section>
	);
}
