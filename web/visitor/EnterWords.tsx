/* Four boxes for four words. Pasting all of them into one fills all; a space goes on to the next. */

import { useRef, useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconAlert } from "../lib/icons";
import { normalWords } from "../lib/text";
import type { Key } from "../i18n/en";
import type { OpenResult } from "./codename";
import { useUi } from "./ui";

export const problem: Readonly<Record<OpenResult, Key | undefined>> = {
	ok: undefined,
	stopped: undefined,
	wrong: "wrongWords",
	tooFast: "tooFast",
	needNet: "needNet",
	notNow: "notNow",
};

const labels: readonly (readonly [Key, Key])[] = [
	["word1", "first"],
	["word2", "second"],
	["word3", "third"],
	["word4", "fourth"],
];

export function EnterWords() {
	const { t, actions } = useUi();
	const [words, setWords] = useState(["", "", "", ""]);
	const [failed, setFailed] = useState<Key>();
	const [busy, setBusy] = useState(false);
	const row = useRef<HTMLDivElement>(null);
	const complete = words.every((word) => normalWords(word) !== "");

	const type = (at: number, text: string): void => {
		const parts = normalWords(text).split(" ");
		const next = words.map((word, i) => (i < at ? word : i === at ? (parts[0] ?? "") : (parts[i - at] ?? word)));
		setWords(next);
		setFailed(undefined);
		const goTo = parts.length > 1 ? at + parts.length - 1 : /\s$/.test(text) ? at + 1 : at;
		row.current?.querySelectorAll("input")[Math.min(goTo, 3)]?.focus();
	};
	const open = async (): Promise<void> => {
		setBusy(true);
		const result = await actions.openWords(words.join(" "));
		setBusy(false);
		setFailed(problem[result]);
	};

	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				if (complete && !busy) {
					void open();
				}
			}}
		>
			<h2 class="w-h3" id="have">
				{t("haveWords")}
			</h2>
			<div class="enter4" dir="ltr" role="group" aria-labelledby="have" ref={row}>
				{labels.map(([label, hint], at) => (
					<input
						class="field"
						value={words[at]}
						placeholder={t(hint)}
						aria-label={t(label)}
						aria-invalid={failed === "wrongWords"}
						autocomplete="off"
						autocapitalize="none"
						autocorrect="off"
						spellcheck={false}
						enterkeyhint={at < 3 ? "next" : "go"}
						onInput={(event) => type(at, event.currentTarget.value)}
					/>
				))}
			</div>
			{failed && (
				<p class="note note--honey w-mt-s" role="alert">
					<Icon of={iconAlert} />
					<span>{t(failed)}</span>
				</p>
			)}
			<button type="submit" class="btn btn--wide btn--line w-mt-s" disabled={!complete || busy}>
				{t("openChat")}
			</button>
		</form>
	);
}
