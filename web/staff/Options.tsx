/* A question with a few answers, one of which is chosen: native radio buttons, drawn as cards. */

import { useUnique } from "../lib/unique";

export interface Option<T extends string> {
	value: T;
	text: string;
	hint?: string;
	disabled?: boolean;
}

export interface OptionsProps<T extends string> {
	label: string;
	options: readonly Option<T>[];
	value: T | "";
	set: (value: T) => void;
	two?: boolean; /* side by side, where there is room */
}

export function Options<T extends string>({ label, options, value, set, two = false }: OptionsProps<T>) {
	const name = useUnique();
	return (
		<fieldset class="opts-f">
			<legend>{label}</legend>
			<div class={`opts ${two ? "opts--2" : ""}`}>
				{options.map((option) => (
					<label key={option.value} class={`opt ${option.value === value ? "is-on" : ""}`}>
						<input
							class="cover"
							type="radio"
							name={name}
							checked={option.value === value}
							disabled={option.disabled ?? false}
							onChange={() => set(option.value)}
						/>
						<span class="tick tick--round" />
						<span>
							<b>{option.text}</b>
							{option.hint === undefined ? null : <span class="meta">{option.hint}</span>}
						</span>
					</label>
				))}
			</div>
		</fieldset>
	);
}
