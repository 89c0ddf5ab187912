/* The four words: shown once, copied, hidden; or typed in to open a chat again. */

import { useEffect, useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconAlert, iconClose, iconCopy, iconEye, iconEyeOff, iconInfo, iconKey, iconLock, iconRing } from "../lib/icons";
import type { Key } from "../i18n/en";
import { Checking } from "./Checking";
import { EnterWords, problem } from "./EnterWords";
import { Frame } from "./Frame";
import { type Visitor, hasSpoken } from "./state";
import { useUi } from "./ui";

export function Words({ state }: { state: Visitor }) {
	const { t, actions } = useUi();
	const inRoom = state.room !== undefined || state.wanted !== undefined;
	return (
		<Frame
			state={state}
			title={t("wordsTitle")}
			hint={t("wordsHint")}
			onBack={() => actions.go(undefined)}
			foot={<WordsFoot inRoom={inRoom} />}
		>
			<div class="w-body w-pad">
				{state.forgot && (
					<p class="note note--honey">
						<Icon of={iconInfo} />
						<span>{t("tabForgot")}</span>
					</p>
				)}
				<Checking state={state} />
				{inRoom && <Ticket state={state} />}
				<EnterWords />
			</div>
		</Frame>
	);
}

function WordsFoot({ inRoom }: { inRoom: boolean }) {
	const { t, actions } = useUi();
	return (
		<>
			<button type="button" class="w-help" onClick={() => actions.go("help")}>
				<Icon of={iconRing} class="i-18" />
				{t("helpNow")}
			</button>
			{inRoom && (
				<button type="button" class="w-link" onClick={actions.forget}>
					<Icon of={iconClose} class="i-18" />
					{t("forget")}
				</button>
			)}
		</>
	);
}

/* Words are made when they are first looked at; new ones only when asked for, for they end the old. */
function Ticket({ state }: { state: Visitor }) {
	const { t, actions } = useUi();
	const [hidden, setHidden] = useState(false);
	const [failed, setFailed] = useState<Key>();
	const [busy, setBusy] = useState(false);
	const spoken = hasSpoken(state);
	const known = state.words !== "";
	const hadBefore = state.state?.has_codename === true;

	const make = async (): Promise<void> => {
		setBusy(true);
		const result = await actions.makeWords();
		setBusy(false);
		setFailed(problem[result]);
	};
	const online = state.status === "online";
	const first = spoken && !known && !hadBefore && online && state.state !== null;
	useEffect(() => {
		if (first) {
			void make();
		}
	}, [first]);

	return (
		<>
			<div class="ticket">
				<div class="ticket-top">
					<Icon of={iconKey} />
					<b>{t("fourWords")}</b>
					<span>{t(known || !hadBefore ? "wordsOpen" : "oldWordsStop")}</span>
				</div>
				{known ? (
					<>
						<ol class="words" dir="ltr" translate={false}>
							{state.words.split(" ").map((word) => (
								<li>{hidden ? "\u2022\u2022\u2022\u2022" : word}</li>
							))}
						</ol>
						<div class="ticket-act">
							<CopyWords words={state.words} />
							<button type="button" class="btn btn--quiet" aria-pressed={hidden} onClick={() => setHidden(!hidden)}>
								<Icon of={hidden ? iconEye : iconEyeOff} class="i-18" />
								{t(hidden ? "show" : "hide")}
							</button>
						</div>
					</>
				) : (
					<div class="ticket-none">
						<p>{t(spoken ? "noWordsYet" : "wordsAfter")}</p>
						{spoken && (
							<button type="button" class="btn btn--pine btn--wide" disabled={busy || !online} onClick={() => void make()}>
								{t(hadBefore ? "getNewWords" : "getWords")}
							</button>
						)}
					</div>
				)}
			</div>
			{failed && (
				<p class="note note--honey w-mt" role="alert">
					<Icon of={iconAlert} />
					<span>{t(failed)}</span>
				</p>
			)}
			<p class="note w-mt">
				<Icon of={iconLock} />
				<span>
					<b>{t("keepWords")}</b> {t("keepWordsWhy")}
				</span>
			</p>
		</>
	);
}

function CopyWords({ words }: { words: string }) {
	const { t } = useUi();
	const [copied, setCopied] = useState(false);
	const copy = async (): Promise<void> => {
		try {
			await navigator.clipboard.writeText(words);
			setCopied(true);
		} catch {
			/* A frame or plain http may forbid it. The words stand there to be written down. */
			setCopied(false);
		}
	};
	return (
		<button type="button" class="btn btn--pine" onClick={() => void copy()}>
			<Icon of={iconCopy} class="i-18" />
			<span aria-live="polite">{t(copied ? "copied" : "copy")}</span>
		</button>
	);
}
