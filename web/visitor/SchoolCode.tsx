/* The code a school may ask for before a chat with a peer, and why a wish was refused. */

import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconAlert } from "../lib/icons";
import { ROOM_START_CODE_MAX_CODE_POINTS } from "../lib/protocol";
import type { Key } from "../i18n/en";
import { pausedText } from "./Paused";
import type { Visitor } from "./state";
import { useUi } from "./ui";

export interface SchoolCodeProps {
	state: Visitor;
	code: string;
	set: (code: string) => void;
}

const wrong = ({ trouble, why }: Visitor): boolean => trouble && (why?.code === "code_wrong" || why?.code === "code_needed");

export function SchoolCode({ state, code, set }: SchoolCodeProps) {
	const { t } = useUi();
	const field = useRef<HTMLInputElement>(null);
	const bad = wrong(state);
	useEffect(() => {
		if (bad) {
			field.current?.focus();
		}
	}, [state.why]);
	return (
		<div>
			<label class="label" for="school-code">
				{t("code")}
			</label>
			<input
				ref={field}
				id="school-code"
				class="field w-code"
				dir="ltr"
				value={code}
				maxLength={ROOM_START_CODE_MAX_CODE_POINTS}
				aria-invalid={bad}
				aria-describedby="school-code-under"
				autocomplete="off"
				autocapitalize="characters"
				autocorrect="off"
				spellcheck={false}
				onInput={(event) => set(event.currentTarget.value)}
			/>
			<p class="hint w-mt-s" id="school-code-under">
				{t("codeHint")}
			</p>
		</div>
	);
}

/* Why the last wish was refused, in plain words. */
export function Refused({ state, plain }: { state: Visitor; plain: Key }) {
	const ui = useUi();
	const { trouble, why } = state;
	if (!trouble) {
		return null;
	}
	const keys: Partial<Record<string, Key>> = { code_wrong: "codeWrong", code_needed: "codeNeeded", too_fast: "tooFast" };
	const text = why?.code === "blocked" ? pausedText(why.until_ms, ui) : ui.t(keys[why?.code ?? ""] ?? plain);
	return (
		<p class="note note--honey" role="alert">
			<Icon of={iconAlert} />
			<span>{text}</span>
		</p>
	);
}

/* A room that only counselors read needs the code as well before a peer is asked. */
export function WaitCode({ state, code, set }: SchoolCodeProps) {
	const { t, actions } = useUi();
	return wrong(state) ? (
		<form
			class="w-form"
			onSubmit={(event) => {
				event.preventDefault();
				void actions.wait(code.trim());
			}}
		>
			<SchoolCode state={state} code={code} set={set} />
			<button type="submit" class="btn btn--line btn--wide" disabled={code.trim() === ""}>
				{t("waitNow")}
			</button>
		</form>
	) : null;
}
