/* All rooms that are not over, a card each. */

import { useRef } from "preact/hooks";
import { Mid } from "../staff/Mid";
import { Card } from "./Card";
import { Duty } from "./Duty";
import { t } from "./say";
import { cards, counts, isCurrent } from "./select";
import type { Filter } from "./state";
import { peersHere } from "./Top";
import type { View } from "./views";

const filters: readonly Filter[] = ["all", "flagged", "waiting"];

function Filters({ state, actions }: View) {
	const group = useRef<HTMLDivElement>(null);
	const number = counts(state);
	const move = (event: KeyboardEvent): void => {
		const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
		const step = steps[event.key];
		if (step === undefined) {
			return;
		}
		event.preventDefault();
		const back = event.key.startsWith("ArrowL") || event.key.startsWith("ArrowR")
			? getComputedStyle(event.currentTarget as Element).direction === "rtl" : false;
		const at = filters.indexOf(state.filter) + (back ? -step : step);
		const next = (at + filters.length) % filters.length;
		actions.show(filters[next] ?? "all");
		(group.current?.children[next] as HTMLElement | undefined)?.focus();
	};
	return (
		<div class="segs" role="radiogroup" aria-label={t("wall.show")} ref={group} onKeyDown={move}>
			{filters.map((filter) => (
				<button
					key={filter}
					type="button"
					role="radio"
					aria-checked={state.filter === filter}
					tabIndex={state.filter === filter ? 0 : -1}
					onClick={() => actions.show(filter)}
				>
					{t(`wall.${filter}`)} <span class="num">{number[filter]}</span>
				</button>
			))}
		</div>
	);
}

function Nothing({ state }: View) {
	if (!isCurrent(state)) {
		return (
			<div class="wall-none" role="status">
				<p>{state.status === "online" || state.heard_ms === 0 ? t("connecting") : ""}</p>
			</div>
		);
	}
	const which = state.filter === "all" ? "" : (`.${state.filter}` as const);
	return (
		<div class="wall-none">
			<div class="rings" aria-hidden="true">
				<i />
				<i />
				<i />
			</div>
			<h2>{t(`wall.none${which}`)}</h2>
			<p>{t(`wall.none${which}.text`)}</p>
		</div>
	);
}

export function Wall(view: View) {
	const list = cards(view.state);
	return (
		<section class="wall" aria-label={t("wall")}>
			<header class="bar">
				<h1>{t("wall.title")}</h1>
				<Filters {...view} />
				<span class="grow" />
				<span class="meta">
					{peersHere(view)}
					<span class="hide-m">
						<Mid />
						{t("wall.flagged.first")}
					</span>
				</span>
				<Duty {...view} class="sw only-m bar-duty" />
			</header>
			{list.length === 0 ? (
				<Nothing {...view} />
			) : (
				<ul class="rooms">
					{list.map((wall) => (
						<Card key={wall.room} {...view} wall={wall} />
					))}
				</ul>
			)}
		</section>
	);
}
