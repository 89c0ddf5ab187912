/*
 * "I need an adult": asks for one in any state, also before there is a chat and while the connection
 * is gone; then says how far it has come, and what helps until somebody is there.
 */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconAlert, iconCheck, iconClock, iconEye, iconHand, iconPerson } from "../lib/icons";
import { Checking } from "./Checking";
import { Contacts } from "./Contacts";
import { Frame } from "./Frame";
import { Offer } from "./Offer";
import type { Visitor } from "./state";
import { useUi } from "./ui";

const NOTE_MAX = 500;

/* Nobody can be told just now, as far as the school's box knows. */
export function nobodyReachable({ school }: Visitor): boolean {
	return school !== null && !school.watched && !school.reachable;
}

export function hasAsked({ call, state }: Visitor): boolean {
	return call !== undefined || state?.help !== undefined;
}

/* A supporter may have asked as well. */
const asked = ({ called }: Visitor) => (called ? "needAsked" : "needWasAsked");

export function Need({ state }: { state: Visitor }) {
	const { t, actions } = useUi();
	return (
		<Frame state={state} title={t("need")} hint={t("needHint")} onBack={() => actions.go(undefined)} reads="canRead">
			<div class="w-body w-pad w-form">
				{state.trouble && (
					<p class="note note--honey" role="alert">
						<Icon of={iconAlert} />
						<span>{t("needFailed")}</span>
					</p>
				)}
				<Checking state={state} />
				{hasAsked(state) ? <Asked state={state} /> : <Ask />}
				<section aria-labelledby="now">
					<h2 class="label" id="now">
						{t("needNow")}
					</h2>
					<Contacts school={state.school} />
				</section>
				{state.room !== undefined && <Offer />}
			</div>
		</Frame>
	);
}

function Ask() {
	const { t, actions } = useUi();
	const [note, setNote] = useState("");
	return (
		<div class="w-ask">
			<p class="w-lede">{t("needLede")}</p>
			<label class="label" for="need-note">
				{t("needNote")} <span class="hint">{t("ifYouWant")}</span>
			</label>
			<textarea
				id="need-note"
				class="field ta ta--short"
				dir="auto"
				maxLength={NOTE_MAX}
				value={note}
				onInput={(event) => setNote(event.currentTarget.value)}
			/>
			<button type="button" class="btn btn--dusk btn--wide btn--lg" onClick={() => actions.needAdult(note)}>
				<Icon of={iconHand} />
				{t("needAsk")}
			</button>
		</div>
	);
}

/* Each step as it comes; the words alone say all of it. */
function Asked({ state }: { state: Visitor }) {
	const { t, format } = useUi();
	const { help, help_name: name = "", help_ms: at } = state.state ?? {};
	const seen = help === "seen" || help === "taken";
	const steps = [
		{ done: help !== undefined, text: t(help === undefined ? "needSending" : asked(state)) },
		{ done: seen, text: t("needSeen") },
		{ done: help === "taken", text: name ? t("needTaken", { name }) : t("needTakes") },
	];
	return (
		<section class="w-heard">
			<div role="status">
				<h2>{[...steps].reverse().find((step) => step.done)?.text ?? t("needSending")}</h2>
				{at !== undefined && <p class="hint num">{format.time(at)}</p>}
			</div>
			<ol>
				{steps.map(({ done, text }) => (
					<li class={done ? "is-done" : ""}>
						<Icon of={done ? iconCheck : iconClock} class="i-16" />
						{text}
						<span class="sr">{t(done ? "stepDone" : "stepNotYet")}</span>
					</li>
				))}
			</ol>
			{!seen && <p>{t(nobodyReachable(state) ? "needNobody" : "needWait")}</p>}
		</section>
	);
}

/* One line in the chat: the way there, or how far it has come. */
export function NeedLine({ state }: { state: Visitor }) {
	const { t, actions } = useUi();
	if (!hasAsked(state)) {
		return (
			<button type="button" class="btn btn--sm btn--quiet w-44 w-need" onClick={() => actions.go("need")}>
				<Icon of={iconHand} class="i-18" />
				{t("need")}
			</button>
		);
	}
	const { help, help_name: name } = state.state ?? {};
	const said =
		help === "taken" ? (name ? t("needTaken", { name }) : t("needTakes"))
		: help === "seen" ? t("needSeen")
		: help === undefined && state.status === "offline" ? t("needOffline")
		: nobodyReachable(state) ? t("needNobodyShort")
		: t(asked(state));
	return (
		<p class="note note--dusk">
			<Icon of={help === "seen" ? iconEye : iconPerson} />
			<span role="status">{said}</span>
			<button type="button" class="w-inline" onClick={() => actions.go("need")}>
				{t("needMore")}
			</button>
		</p>
	);
}

/* Said wherever one might count on somebody reading. */
export function Unwatched({ state: { school } }: { state: Visitor }) {
	const { t } = useUi();
	return school && !school.watched ? (
		<p class="hint w-unwatched">{t(school.reachable ? "unwatchedCall" : "unwatched")}</p>
	) : null;
}
