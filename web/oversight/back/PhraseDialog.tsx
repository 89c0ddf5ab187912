/* Adds a watch phrase, or changes one. */

import { useState } from "preact/hooks";
import { Dialog } from "../../lib/Dialog";
import { iconFlag } from "../../lib/icons";
import {
	PHRASE_PUT_CATEGORY_MAX_CODE_POINTS, PHRASE_PUT_LANGUAGE_MAX_CODE_POINTS, PHRASE_PUT_TEXT_MAX_CODE_POINTS,
} from "../../lib/protocol";
import type { Match, Phrase, Severity } from "../../lib/protocol";
import { Line, Pick } from "../../staff/Field";
import { Options } from "../../staff/Options";
import { DialogActs, Said } from "../DialogActs";
import { useAsk } from "../useAsk";
import type { View } from "../views";
import { t } from "./say";

export interface PhraseProps extends View {
	phrase: Phrase | null; /* null: a new one */
	onClose: (changed: boolean) => void;
}

const severities: readonly Severity[] = ["high", "medium", "low"];
const matches: readonly Match[] = ["word", "stem", "anywhere"];

export function PhraseDialog({ phrase, onClose, ...view }: PhraseProps) {
	const [text, setText] = useState(phrase?.text ?? "");
	const [category, setCategory] = useState(phrase?.category ?? "");
	const [language, setLanguage] = useState(phrase?.language ?? "en");
	const [severity, setSeverity] = useState<Severity>(phrase?.severity ?? "medium");
	const [match, setMatch] = useState<Match>(phrase?.match ?? "word");
	const { busy, said, run } = useAsk(view);
	const save = async (): Promise<void> => {
		const asked = {
			type: "phrase.put", language: language.trim(), severity, category: category.trim(), text: text.trim(), match,
			...(phrase ? { phrase: phrase.phrase } : {}),
		} as const;
		if (await run(asked)) {
			onClose(true);
		}
	};
	return (
		<Dialog
			title={t(phrase ? "phrases.change" : "phrases.add")}
			icon={iconFlag}
			tone="dusk"
			onClose={() => onClose(false)}
			onSubmit={() => void save()}
			actions={<DialogActs text={t("save")} busy={busy} onClose={() => onClose(false)} />}
		>
			<Line label={t("phrases.words")} value={text} set={setText} max={PHRASE_PUT_TEXT_MAX_CODE_POINTS} required />
			<Line label={t("phrases.category")} value={category} set={setCategory} max={PHRASE_PUT_CATEGORY_MAX_CODE_POINTS} required />
			<Options
				label={t("phrases.severity")}
				value={severity}
				set={setSeverity}
				options={severities.map((one) => ({ value: one, text: t(`flag.${one}`) }))}
			/>
			<div class="ask-two">
				<Pick
					label={t("phrases.match")}
					value={match}
					set={(value) => setMatch(value as Match)}
					options={matches.map((one) => [one, t(`phrases.match.${one}`)])}
				/>
				<Line label={t("phrases.language")} value={language} set={setLanguage} max={PHRASE_PUT_LANGUAGE_MAX_CODE_POINTS} required />
			</div>
			<Said text={said} />
		</Dialog>
	);
}
