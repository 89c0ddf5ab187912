/* The first screen: what this is and who can read it, before anything else. Also after hours. */

import { Icon } from "../lib/Icon";
import { dayName, minutesOf } from "../lib/i18n";
import {
	iconChat,
	iconEye,
	iconGlobe,
	iconKey,
	iconMessage,
	iconNext,
	iconNoName,
	iconRing,
	iconShield,
} from "../lib/icons";
import type { School } from "../lib/wire";
import { Art } from "./Art";
import { Frame, StorageNote } from "./Frame";
import { languageNames } from "./language";
import type { Visitor } from "./state";
import { useUi } from "./ui";

export function Home({ state }: { state: Visitor }) {
	const { t, language, actions } = useUi();
	const night = state.school !== null && !state.school.open;
	return (
		<Frame
			state={state}
			title={t("name")}
			hint={state.school?.school ?? ""}
			titleIsHeading={false}
			over={night ? "night" : "day"}
			art={<Art night={night} />}
			foot={<HomeFoot />}
		>
			<div class="w-body w-pad">
				{night ? <Away school={state.school as School} /> : <Welcome state={state} />}
				<StorageNote state={state} />
				<p class="hint w-truth">{t("exitTruth")}</p>
			</div>
		</Frame>
	);

	function HomeFoot() {
		return (
			<>
				<button type="button" class="w-help only-short" onClick={() => actions.go("help")}>
					<Icon of={iconRing} class="i-18" />
					{t("helpNow")}
				</button>
				<button type="button" class={`w-link ${night ? "hide-short" : ""}`} onClick={() => actions.go("words")}>
					<Icon of={iconKey} class="i-18" />
					{t("beenHere")}
				</button>
				<button type="button" class="w-link hide-short" onClick={() => actions.go("languages")}>
					<Icon of={iconGlobe} class="i-18" />
					{languageNames[language]}
				</button>
			</>
		);
	}
}

function Welcome({ state }: { state: Visitor }) {
	const { t, format, actions } = useUi();
	return (
		<>
			<h1 class="w-h1" tabIndex={-1}>
				{t("welcome")}
			</h1>
			<p class="w-lede">{t("welcomeLede")}</p>
			<Trust />
			<div class="choices">
				<Choice kind="go" of={iconChat} title={t("chatNow")} hint={hereHint(state.school)} onClick={() => actions.go("start")} />
				<Choice of={iconMessage} title={t("leaveMessage")} hint={t("leaveHint")} onClick={() => actions.go("leave")} />
				<NeedChoice />
				<HelpChoice />
			</div>
		</>
	);

	function hereHint(school: School | null): string {
		const peers = school?.peers ?? 0;
		const here = peers === 0 ? "" : t(peers === 1 ? "peerHere" : "peersHere", { n: format.number(peers) });
		const wait = school?.wait_s ? t("aboutMinutes", { minutes: minutesOf(school.wait_s, format) }) : "";
		return [here, wait].filter(Boolean).join(" ");
	}
}

function Trust() {
	const { t } = useUi();
	return (
		<ul class="trust">
			<li>
				<Icon of={iconChat} />
				<b>{t("trustPeers")}</b>
			</li>
			<li>
				<Icon of={iconEye} />
				<b>{t("trustRead")}</b>
			</li>
			<li>
				<Icon of={iconNoName} class="i-dashed" />
				<b>{t("trustName")}</b>
			</li>
			<li>
				<Icon of={iconShield} />
				<span>{t("trustDanger")}</span>
			</li>
		</ul>
	);
}

function Away({ school }: { school: School }) {
	const { t, format, actions } = useUi();
	const now = Date.now();
	const next = school.next_open_ms;
	const when = next && next > now && t("whenAt", { day: dayName(next, now, format), time: format.time(next) });
	return (
		<>
			<h1 class="w-h1" tabIndex={-1}>
				{t("away")}
			</h1>
			{(when || !school.away_text) && <p class="w-lede">{when ? t("awayBack", { when }) : t("awayPlain")}</p>}
			{school.away_text && (
				<p class="w-lede" dir="auto">
					{school.away_text}
				</p>
			)}
			{school.hours.length > 0 && (
				<dl class="hours" aria-label={t("hours")}>
					{school.hours.map(({ day, times }) => (
						<div>
							<dt>{day}</dt>
							<dd class="num">{times}</dd>
						</div>
					))}
				</dl>
			)}
			<div class="choices">
				<Choice kind="go" of={iconMessage} title={t("leaveMessage")} hint={t("leaveHintAway")} onClick={() => actions.go("leave")} />
				<NeedChoice />
				<HelpChoice />
				<Choice of={iconKey} title={t("readAnswer")} hint={t("readAnswerHint")} onClick={() => actions.go("words")} />
			</div>
			<Trust />
		</>
	);
}

function HelpChoice() {
	const { t, actions } = useUi();
	return <Choice kind="help" of={iconRing} title={t("getHelp")} hint={t("getHelpHint")} onClick={() => actions.go("help")} />;
}

function NeedChoice() {
	const { t, actions } = useUi();
	return <Choice kind="adult" of={iconNoName} title={t("need")} hint={t("needWho")} onClick={() => actions.go("need")} />;
}

interface ChoiceProps {
	kind?: "go" | "help" | "adult";
	of: string;
	title: string;
	hint: string;
	onClick: () => void;
}

function Choice({ kind, of, title, hint, onClick }: ChoiceProps) {
	return (
		<button type="button" class={kind ? `choice choice--${kind}` : "choice"} onClick={onClick}>
			<span class="choice-i">
				<Icon of={of} />
			</span>
			<span class="choice-t">
				<b>{title}</b>
				{hint && <span>{hint}</span>}
			</span>
			<Icon of={iconNext} class="i-18 i-flip" />
		</button>
	);
}
