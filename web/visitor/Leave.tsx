/* A message for later: what to say, and who should read it first. */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconAlert, iconKey } from "../lib/icons";
import { BODY_MAX, codePoints, tidy } from "../lib/text";
import type { Audience } from "../lib/wire";
import type { Key } from "../i18n/en";
import { whyNot } from "./Compose";
import { Frame, StorageNote } from "./Frame";
import { Radios } from "./Radios";
import { Refused, SchoolCode } from "./SchoolCode";
import { type Visitor, place } from "./state";
import { useUi } from "./ui";

const readers: readonly (readonly [Audience, Key, Key])[] = [
	["peer", "aPeer", "aPeerHint"],
	["counselor", "onlyCounselor", "onlyCounselorHint"],
];

export function Leave({ state }: { state: Visitor }) {
	const { t, format, actions } = useUi();
	const [text, setText] = useState(() => actions.draft("letter"));
	const [to, setTo] = useState<Audience>("peer");
	const [wrong, setWrong] = useState<Key>();
	const [code, setCode] = useState(state.why?.wanted?.code ?? "");
	const coded = to === "peer" && state.room === undefined && (state.school?.code_needed ?? false);
	const body = tidy(text);
	const waiting = place(state) === "waiting"; /* what was written before goes along */
	const count = codePoints(text);

	const send = (): void => {
		const why = whyNot(body, state.words);
		setWrong(why);
		if (!why && (body || waiting)) {
			actions.leaveMessage(to, body, coded ? code.trim() : "");
		}
	};

	return (
		<Frame state={state} title={t("leaveMessage")} hint={t(state.school?.open ? "leaveHint" : "leaveHintAway")} onBack={() => actions.go(undefined)} reads="canRead">
			<div class="w-body w-pad w-form">
				<Refused state={state} plain="notLeft" />
				<div>
					<label class="label" for="letter">
						{t("sayWhat")}
					</label>
					<textarea
						id="letter"
						class="field ta"
						dir="auto"
						value={text}
						aria-describedby="letter-under"
						onInput={(event) => {
							setText(event.currentTarget.value);
							setWrong(undefined);
							actions.keepDraft("letter", event.currentTarget.value);
						}}
					/>
					<div class="ta-under" id="letter-under">
						<span class="hint">{t("savedHere")}</span>
						<span class="hint num">
							{count > BODY_MAX - 500 ? t("countOf", { n: format.number(count), max: format.number(BODY_MAX) }) : format.number(count)}
						</span>
					</div>
					{wrong && (
						<p class="note note--honey w-mt-s" role="alert">
							<Icon of={iconAlert} />
							<span>{t(wrong)}</span>
						</p>
					)}
				</div>
				<fieldset>
					<legend id="readers">{t("readFirst")}</legend>
					<Radios class="opts" labelledBy="readers" values={readers.map(([reader]) => reader)} value={to} onChange={setTo}>
						{(value, radio) => {
							const [, title, hint] = readers.find(([reader]) => reader === value) as (typeof readers)[number];
							return (
								<button {...radio} class={value === to ? "opt is-on" : "opt"}>
									<span class="tick tick--round" />
									<span>
										<b>{t(title)}</b>
										<span>{t(hint)}</span>
									</span>
								</button>
							);
						}}
					</Radios>
				</fieldset>
				{coded && <SchoolCode state={state} code={code} set={setCode} />}
				<p class="note note--pine">
					<Icon of={iconKey} />
					<span>{t("afterSend")}</span>
				</p>
				<StorageNote state={state} />
			</div>
			<div class="w-act">
				<button type="button" class="btn btn--pine btn--wide btn--lg" disabled={!body && !waiting} onClick={send}>
					{t("sendMessage")}
				</button>
			</div>
		</Frame>
	);
}
