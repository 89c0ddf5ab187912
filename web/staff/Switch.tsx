/* A switch with its words; all of it can be pressed. */

import type { ComponentChildren } from "preact";

export interface SwitchProps {
	on: boolean;
	set: (on: boolean) => void;
	disabled?: boolean;
	class?: string;
	children: ComponentChildren;
}

export function Switch({ on, set, disabled = false, class: more = "sw", children }: SwitchProps) {
	return (
		<button
			type="button"
			class={more}
			role="switch"
			aria-checked={on}
			disabled={disabled}
			onClick={() => set(!on)}
		>
			<span>{children}</span>
			<span class={`switch ${on ? "on" : ""}`} />
		</button>
	);
}
