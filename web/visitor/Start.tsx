/* Before the chat: what it is about, with whom, how it feels. One screen; every part may be skipped. */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconCheck } from "../lib/icons";
import { iconSky1, iconSky2, iconSky3, iconSky4, iconSky5 } from "../lib/icons/feeling";
import { ROOM_START_TOPICS_MAX_ITEMS } from "../lib/protocol";
import type { Mood } from "../lib/wire";
import { Frame, StorageNote } from "./Frame";
import { NeedLine } from "./Need";
import { Radios } from "./Radios";
import { Refused, SchoolCode } from "./SchoolCode";
import type { Visitor } from "./state";
import { useUi } from "./ui";

const moods: readonly (readonly [Mood, string])[] = [
	["awful", iconSky1],
	["low", iconSky2],
	["okay", iconSky3],
	["good", iconSky4],
	["great", iconSky5],
];

export function Start({ state }: { state: Visitor }) {
	const { t, actions } = useUi();
	const { school, why } = state;
	const had = why?.wanted; /* refused: what was chosen stands there again */
	const [topics, setTopics] = useState<string[]>(had?.topics ?? []);
	const [wish, setWish] = useState(had?.wish ?? "");
	const [mood, setMood] = useState<Mood | undefined>(had?.mood);
	const [code, setCode] = useState(had?.code ?? "");
	const coded = school?.code_needed ?? false;

	const toggle = (topic: string): void =>
		setTopics(topics.includes(topic) ? topics.filter((one) => one !== topic) : [...topics, topic].slice(-ROOM_START_TOPICS_MAX_ITEMS));
	const start = (): void => actions.open({ topics, to: "now", ...(mood && { mood }), ...(wish && { wish }), ...(coded && code.trim() && { code: code.trim() }) });

	return (
		<Frame state={state} title={t("start")} hint={t("startHint")} onBack={() => actions.go(undefined)} reads="canRead">
			<div class="w-body w-pad w-form">
				<Refused state={state} plain="notNow" />
				{coded && <SchoolCode state={state} code={code} set={setCode} />}
				{school && school.topics.length > 0 && (
					<fieldset>
						<legend>{t("about")}</legend>
						<div class="chips">
							{school.topics.map((topic) => (
								<button type="button" class="chip" dir="auto" aria-pressed={topics.includes(topic)} onClick={() => toggle(topic)}>
									{topics.includes(topic) && <Icon of={iconCheck} class="i-16" />}
									{topic}
								</button>
							))}
						</div>
					</fieldset>
				)}
				{school && school.wishes.length > 0 && (
					<fieldset>
						<legend id="rather">{t("rather")}</legend>
						<Radios class="chips" labelledBy="rather" values={["", ...school.wishes]} value={wish} onChange={setWish}>
							{(value, radio) => (
								<button {...radio} class="chip" dir="auto">
									{value === wish && <Icon of={iconCheck} class="i-16" />}
									{value || t("anyone")}
								</button>
							)}
						</Radios>
						<p class="hint">{t("ratherHint")}</p>
					</fieldset>
				)}
				<fieldset>
					<legend id="feel">{t("feel")}</legend>
					<Radios class="skies" labelledBy="feel" values={moods.map(([name]) => name)} value={mood} onChange={setMood}>
						{(value, radio) => (
							<button {...radio} class="sky">
								<Icon of={(moods.find(([name]) => name === value) as readonly [Mood, string])[1]} />
								{t(value)}
							</button>
						)}
					</Radios>
				</fieldset>
				<StorageNote state={state} />
			</div>
			<div class="w-under">
				<NeedLine state={state} />
			</div>
			<div class="w-act">
				<button type="button" class="btn btn--pine btn--wide btn--lg" onClick={start}>
					{t("startChat")}
				</button>
			</div>
		</Frame>
	);
}
