/* All rooms that are not over, a card each. */

import { useRef } from "preact/hooks";
import { t } from "../lib/say";
import { Mid } from "../staff/Mid";
import { Card } from "./Card";
import { cards, counts, isCurrent } from "./select";
import type { Filter } from "./state";
import { onDuty } from "./Top";
import type { View } from "./views";

const filters: readonly Filter[] = ["all", "waiting", "alarm"];

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
	const duty = onDuty(view);
	return (
		<section class="wall" aria-label={t("wall")}>
			<header class="bar">
				<h1>{t("wall.title")}</h1>
				<Filters {...view} />
				<span class="grow" />
				<span class="meta hide-m">{t("wall.order")}</span>
				{duty === null ? null : (
					<span class="meta only-m bar-duty">
						<span>
							{duty.with}
							<Mid />
							{duty.peers}
						</span>
					</span>
				)}
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
