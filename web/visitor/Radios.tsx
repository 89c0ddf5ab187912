/* One of several, as a radio group: one stop for Tab, arrows move and choose. */

import type { ComponentChild } from "preact";

export interface RadioAttributes {
	type: "button";
	role: "radio";
	"aria-checked": boolean;
	tabIndex: number;
	onClick: () => void;
}

export interface RadiosProps<V> {
	class: string;
	labelledBy: string;
	values: readonly V[];
	value: V | undefined;
	onChange: (value: V) => void;
	children: (value: V, radio: RadioAttributes) => ComponentChild;
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

export function Radios<V>({ class: name, labelledBy, values, value, onChange, children }: RadiosProps<V>) {
	const chosen = value === undefined ? -1 : values.indexOf(value);
	const move = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
		const step = steps[event.key];
		if (step === undefined) {
			return;
		}
		event.preventDefault();
		const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=radio]")];
		const at = buttons.indexOf(event.target as HTMLElement);
		const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
		const mirrored = sideways && document.documentElement.dir === "rtl" ? -step : step;
		const next = (at + mirrored + values.length) % values.length;
		buttons[next]?.focus();
		onChange(values[next] as V);
	};
	return (
		<div class={name} role="radiogroup" aria-labelledby={labelledBy} onKeyDown={move}>
			{values.map((one, at) =>
				children(one, {
					type: "button",
					role: "radio",
					"aria-checked": at === chosen,
					tabIndex: at === Math.max(chosen, 0) ? 0 : -1,
					onClick: () => onChange(one),
				}),
			)}
		</div>
	);
}
