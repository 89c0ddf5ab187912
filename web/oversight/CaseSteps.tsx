/* The steps of a case: done, still to do, or held back with a reason. */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconCheck, iconPause, iconPlus } from "../lib/icons";
import type { CaseStep } from "../lib/protocol";
import { CASE_STEP_TEXT_MAX_CODE_POINTS } from "../lib/protocol";
import { dayAndClock } from "../lib/when";
import { Line } from "../staff/Field";
import type { CaseView } from "./CasePanel";
import { t } from "./say";
import { isBusy, serverNow } from "./views";

function Facts({ step, now }: { step: CaseStep; now: number }) {
	if (step.at_ms === undefined || step.by === "") {
		return null;
	}
	return <span class="meta num">{t("case.step.by", { name: step.by, time: dayAndClock(step.at_ms, now) })}</span>;
}

function Step({ step, ...view }: CaseView & { step: CaseStep }) {
	const { file, actions } = view;
	const done = step.state === "done";
	const held = step.state === "held";
	const busy = isBusy(view, { type: "case.step", case_id: file.case_id, step: step.step, state: "done" });
	const set = (state: "todo" | "done"): void =>
		actions.act({ type: "case.step", case_id: file.case_id, step: step.step, state });
	const off = busy || file.state === "closed";
	return (
		<li class={step.state}>
			<label class={done ? "is-on" : ""}>
				<input
					class="cover"
					type="checkbox"
					checked={done}
					disabled={off}
					aria-label={t("case.step.done", { text: step.text })}
					onChange={() => set(done ? "todo" : "done")}
				/>
				<span class="tick">
					<Icon of={iconCheck} class="i-14" />
				</span>
				<span>
					<b>{step.text}</b>
					<Facts step={step} now={serverNow(view)} />
					{held ? <span class="step-why" dir="auto">{step.reason}</span> : null}
				</span>
			</label>
			{held ? (
				<>
					<span class="tag tag--honey">
						<Icon of={iconPause} />
						{t("case.step.held")}
					</span>
					<button
						type="button"
						class="btn btn--sm btn--quiet"
						aria-label={t("case.step.todo.this", { text: step.text })}
						disabled={off}
						onClick={() => set("todo")}
					>
						{t("case.step.todo")}
					</button>
				</>
			) : null}
			{step.state === "todo" && file.state !== "closed" ? (
				<button
					type="button"
					class="icb icb--sm step-hold"
					title={t("case.step.hold")}
					aria-label={t("case.step.hold.this", { text: step.text })}
					disabled={busy}
					onClick={() => actions.dialog({ kind: "held", caseId: file.case_id, step: step.step })}
				>
					<Icon of={iconPause} class="i-16" />
				</button>
			) : null}
		</li>
	);
}

function AddStep({ file, actions }: CaseView) {
	const [text, setText] = useState<string | null>(null);
	if (text === null) {
		return (
			<button type="button" class="btn btn--sm btn--quiet addstep" onClick={() => setText("")}>
				<Icon of={iconPlus} class="i-16" />
				{t("case.step.add")}
			</button>
		);
	}
	return (
		<form
			class="case-add"
			onSubmit={(event) => {
				event.preventDefault();
				if (text.trim() !== "") {
					actions.act({ type: "case.step", case_id: file.case_id, text: text.trim(), state: "todo" });
				}
				setText(null);
			}}
		>
			<Line
				label={t("case.step.new")}
				value={text}
				set={setText}
				max={CASE_STEP_TEXT_MAX_CODE_POINTS}
				field={(input) => input?.focus()}
			/>
			<button type="submit" class="btn btn--sm">
				{t("add")}
			</button>
		</form>
	);
}

export function CaseSteps(view: CaseView) {
	const { file } = view;
	const done = file.steps.filter((step) => step.state === "done").length;
	return (
		<section>
			<h3 class="h-sec">
				{t("case.steps")}
				<span class="grow" />
				<span class="meta num">{t("case.steps.of", { n: done, all: file.steps.length })}</span>
			</h3>
			<ol class="cs">
				{file.steps.map((step) => (
					<Step key={step.step} {...view} step={step} />
				))}
			</ol>
			{file.state === "closed" ? null : <AddStep {...view} />}
		</section>
	);
}
