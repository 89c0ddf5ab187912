/* The watch phrases: read by counselors, kept by coordinators, in force at once. */

import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../../lib/Dialog";
import { Icon } from "../../lib/Icon";
import { iconClose, iconFlag, iconNote, iconPlus } from "../../lib/icons";
import type { Phrase } from "../../lib/protocol";
import { Line } from "../../staff/Field";
import { DialogActs, Said } from "../DialogActs";
import { Flagged } from "../Flagged";
import { useAsk } from "../useAsk";
import type { View } from "../views";
import { PhraseDialog } from "./PhraseDialog";
import { count, t } from "./say";
import { Sheet } from "./Sheet";

/* All of them: the list is bounded, and is looked through by eye. */
async function readAll({ actions }: View): Promise<{ phrases: Phrase[]; why: string }> {
	const phrases: Phrase[] = [];
	for (;;) {
		const last = phrases[phrases.length - 1];
		const { answer, why } = await actions.ask({ type: "phrase.list", ...(last ? { after: last.phrase } : {}) });
		if (answer?.type !== "phrase.listed") {
			return { phrases, why };
		}
		phrases.push(...answer.phrases);
		if (!answer.more || answer.phrases.length === 0) {
			return { phrases, why: "" };
		}
	}
}

function RemoveDialog({ phrase, onClose, ...view }: View & { phrase: Phrase; onClose: (changed: boolean) => void }) {
	const { busy, said, run } = useAsk(view);
	const remove = async (): Promise<void> => {
		if (await run({ type: "phrase.remove", phrase: phrase.phrase })) {
			onClose(true);
		}
	};
	return (
		<Dialog
			title={t("phrases.remove.title", { text: phrase.text })}
			text={t("phrases.remove.text")}
			icon={iconClose}
			onClose={() => onClose(false)}
			onSubmit={() => void remove()}
			actions={<DialogActs text={t("remove")} busy={busy} onClose={() => onClose(false)} />}
		>
			<Said text={said} />
		</Dialog>
	);
}

interface RowProps {
	phrase: Phrase;
	keeps: boolean; /* this reader may change it */
	change: () => void;
	remove: () => void;
}

function Row({ phrase, keeps, change, remove }: RowProps) {
	const { text } = phrase;
	return (
		<tr>
			<th scope="row" dir="auto" lang={phrase.language}>
				{text}
			</th>
			<td data-th={t("phrases.severity")}>
				<Flagged severity={phrase.severity} />
			</td>
			<td data-th={t("phrases.category")}>{phrase.category}</td>
			<td data-th={t("phrases.match")}>{t(`phrases.match.${phrase.match}`)}</td>
			<td data-th={t("phrases.language")}>{phrase.language}</td>
			{keeps ? (
				<td class="row-acts">
					<button type="button" class="icb icb--sm" aria-label={t("phrases.change.this", { text })} onClick={change}>
						<Icon of={iconNote} class="i-16" />
					</button>
					<button type="button" class="icb icb--sm" aria-label={t("phrases.remove.this", { text })} onClick={remove}>
						<Icon of={iconClose} class="i-16" />
					</button>
				</td>
			) : null}
		</tr>
	);
}

type Doing = { kind: "add" } | { kind: "change" | "remove"; phrase: Phrase } | null;

export function Phrases(view: View) {
	const keeps = view.state.me?.role === "manager";
	const [all, setAll] = useState<Phrase[] | null>(null);
	const [why, setWhy] = useState("");
	const [find, setFind] = useState("");
	const [doing, setDoing] = useState<Doing>(null);
	const read = (): void =>
		void readAll(view).then((got) => {
			setAll(got.phrases);
			setWhy(got.why);
		});
	useEffect(read, [view.state.status === "online"]);
	const wanted = find.trim().toLowerCase();
	const shown = (all ?? []).filter((one) => `${one.text} ${one.category} ${one.language}`.toLowerCase().includes(wanted));
	const close = (changed: boolean): void => {
		setDoing(null);
		if (changed) {
			read();
		}
	};
	return (
		<Sheet
			title={t("phrases.title")}
			beside={
				keeps ? (
					<button type="button" class="btn btn--sm btn--dusk" onClick={() => setDoing({ kind: "add" })}>
						<Icon of={iconPlus} class="i-16" />
						{t("phrases.add")}
					</button>
				) : null
			}
		>
			<p class="note">
				<Icon of={iconFlag} />
				<span>
					{t("phrases.text")} {keeps ? "" : t("phrases.only")}
				</span>
			</p>
			<div class="ask ask-more">
				<Line label={t("phrases.find")} type="search" value={find} set={setFind} />
			</div>
			<p class="meta" role="status">
				{all === null ? t("one.moment") : why === "" ? count("phrases.count", shown.length) : t("list.refused", { why })}
			</p>
			{shown.length === 0 ? null : (
				<table class="sheet">
					<thead>
						<tr>
							{(["words", "severity", "category", "match", "language"] as const).map((column) => (
								<th key={column} scope="col">
									{t(`phrases.${column}`)}
								</th>
							))}
							{keeps ? <td /> : null}
						</tr>
					</thead>
					<tbody>
						{shown.map((phrase) => (
							<Row
								key={phrase.phrase}
								phrase={phrase}
								keeps={keeps}
								change={() => setDoing({ kind: "change", phrase })}
								remove={() => setDoing({ kind: "remove", phrase })}
							/>
						))}
					</tbody>
				</table>
			)}
			{doing === null ? null : doing.kind === "remove" ? (
				<RemoveDialog {...view} phrase={doing.phrase} onClose={close} />
			) : (
				<PhraseDialog {...view} phrase={doing.kind === "change" ? doing.phrase : null} onClose={close} />
			)}
		</Sheet>
	);
}
