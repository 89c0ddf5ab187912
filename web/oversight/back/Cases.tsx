/* All cases: those due first, with their tier, steps and follow-up. */

import { useEffect, useState } from "preact/hooks";
import type { CaseLine, CaseState } from "../../lib/protocol";
import { dayFormat } from "./day";
import { inOrder, isDue } from "../files";
import { usePages } from "../usePages";
import type { Source } from "../usePages";
import { serverNow } from "../views";
import type { View } from "../views";
import { List } from "./List";
import { count, t } from "./say";
import { Sheet } from "./Sheet";

type Which = CaseState | "all";
const which: readonly Which[] = ["open", "held", "closed", "all"];

const source = (state: Which): Source<CaseLine> => ({
	ask: (last) => ({
		type: "case.list",
		...(state === "all" ? {} : { state }),
		...(last ? { before: last.case_id } : {}),
	}),
	take: (answer) => (answer.type === "case.listed" ? { items: answer.cases, more: answer.more } : null),
});

function Row({ line, ...view }: View & { line: CaseLine }) {
	const due = isDue(line, serverNow(view));
	return (
		<tr>
			<th scope="row">
				<button
					type="button"
					class="link row-go"
					onClick={() => view.actions.go("cases", line.case_id)}
				>
					<span class="num">{line.number}</span> {line.title}
				</button>
			</th>
			<td data-th={t("cases.room")}>{line.name}</td>
			<td data-th={t("cases.tier")}>{line.tier === 0 ? t("cases.tier.none") : line.tier}</td>
			<td data-th={t("cases.steps")} class="num">
				{t("case.steps.of", { n: line.done, all: line.steps })}
			</td>
			<td data-th={t("cases.owner")}>{line.owner}</td>
			<td data-th={t("cases.follow")} class="num">
				{line.follow_ms === undefined || line.follow_ms === 0 ? t("case.follow.none") : dayFormat(line.follow_ms)}{" "}
				{due ? <span class="tag tag--honey">{t("cases.due.tag")}</span> : null}
			</td>
			<td data-th={t("cases.state")}>
				<span class={`tag ${line.state === "held" ? "tag--honey" : line.state === "open" ? "tag--dusk" : ""}`}>
					{t(`case.state.${line.state}`)}
				</span>
			</td>
		</tr>
	);
}

export function Cases(view: View) {
	const { state } = view;
	const [show, setShow] = useState<Which>("open");
	const { list, fetch } = usePages<CaseLine>(view);
	useEffect(() => void fetch(source(show), true), [show, state.status === "online", state.cases]);
	const due = state.cases?.due ?? 0;
	return (
		<Sheet
			title={t("cases.title")}
			beside={due > 0 ? <span class="tag tag--honey">{count("cases.due", due)}</span> : null}
		>
			<div class="segs" role="group" aria-label={t("filter")}>
				{which.map((one) => (
					<button key={one} type="button" aria-pressed={show === one} onClick={() => setShow(one)}>
						{one === "all" ? t("cases.all") : t(`case.state.${one}`)}
					</button>
				))}
			</div>
			<List list={list} none={t("cases.none")} text={t("cases.none.text")} next={() => void fetch(source(show), false)}>
				<table class="sheet">
					<thead>
						<tr>
							{(["number", "room", "tier", "steps", "owner", "follow", "state"] as const).map((column) => (
								<th key={column} scope="col">
									{t(`cases.${column}`)}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{inOrder(list.items, serverNow(view)).map((line) => (
							<Row key={line.case_id} {...view} line={line} />
						))}
					</tbody>
				</table>
			</List>
		</Sheet>
	);
}
