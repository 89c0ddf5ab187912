/* One case: its tier, its steps, its notes, when to look at it again, how it ended. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconFlag, iconPause } from "../lib/icons";
import { dayAndClock } from "../lib/when";
import { CaseFoot } from "./CaseFoot";
import { CaseNotes } from "./CaseNotes";
import { CaseSteps } from "./CaseSteps";
import { CaseTier } from "./CaseTier";
import { callOf } from "./calls";
import { t } from "./say";
import type { Case } from "./state";
import { serverNow } from "./views";
import type { View } from "./views";

export type CaseView = View & { file: Case };

function Standing({ state, file }: CaseView) {
	if (file.state !== "open") {
		return (
			<span class={`tag ${file.state === "held" ? "tag--honey" : ""}`}>
				{file.state === "held" ? <Icon of={iconPause} /> : null}
				{t(`case.state.${file.state}`)}
			</span>
		);
	}
	const urgent = callOf(state, file.room) !== undefined || state.walls.get(file.room)?.flag === "high";
	return urgent ? (
		<span class="tag tag--ember">
			<Icon of={iconFlag} />
			{t("case.urgent")}
		</span>
	) : (
		<span class="tag tag--dusk">{t("case.state.open")}</span>
	);
}

/* The title, which can be written anew. */
function Title({ file, actions }: CaseView) {
	const [title, setTitle] = useState<string | null>(null);
	if (title === null) {
		return (
			<h2>
				<button type="button" class="case-title" title={t("case.rename")} onClick={() => setTitle(file.title)}>
					{file.title}
				</button>
			</h2>
		);
	}
	const keep = (): void => {
		const next = title.trim();
		setTitle(null);
		if (next !== "" && next !== file.title) {
			actions.act({ type: "case.change", case_id: file.case_id, title: next });
		}
	};
	return (
		<form
			class="case-rename"
			onSubmit={(event) => {
				event.preventDefault();
				keep();
			}}
		>
			<input
				class="field field--sm"
				aria-label={t("case.rename")}
				maxLength={80}
				value={title}
				autofocus
				onInput={(event) => setTitle(event.currentTarget.value)}
			/>
			<button type="submit" class="btn btn--sm">
				{t("save")}
			</button>
		</form>
	);
}

/* `between`: what stands under the head, where a room is read. */
export function CasePanel({ between, ...view }: CaseView & { between?: ComponentChildren }) {
	const { file } = view;
	const since = dayAndClock(file.opened_ms, serverNow(view));
	return (
		<section class="casefile" aria-label={t("case.number", { number: file.number })}>
			<div class="case-h">
				<div>
					<span class="meta num">{t("case.number", { number: file.number })}</span>
					<Title {...view} />
					<span class="meta num">{t("case.owner", { name: file.owner, time: since })}</span>
				</div>
				<Standing {...view} />
			</div>
			{between}
			<CaseTier {...view} />
			<CaseSteps {...view} />
			<CaseNotes {...view} />
			<CaseFoot {...view} />
		</section>
	);
}
