/* One labelled field of a form: a line, many lines, or a choice. */

import type { ComponentChildren, Ref } from "preact";
import { useUnique } from "../lib/unique";

interface Common {
	label: string;
	value: string;
	set: (value: string) => void;
	hint?: string;
	required?: boolean;
	disabled?: boolean;
}

export interface LineProps extends Common {
	type?: "text" | "password" | "date" | "search" | "email";
	autocomplete?: string;
	max?: number;
	placeholder?: string;
	field?: Ref<HTMLInputElement>;
}

function Labelled({ id, label, hint, children }: { id: string; label: string; hint?: string | undefined; children: ComponentChildren }) {
	return (
		<div class="dlg-field">
			<label class="label" for={id}>
				{label}
			</label>
			{children}
			{hint === undefined ? null : (
				<p class="hint" id={`${id}-hint`}>
					{hint}
				</p>
			)}
		</div>
	);
}

export function Line(props: LineProps) {
	const { label, value, set, hint, type = "text", max = 200, autocomplete = "off", field, ...rest } = props;
	const id = useUnique();
	return (
		<Labelled id={id} label={label} hint={hint}>
			<input
				id={id}
				ref={field ?? null}
				class="field field--sm"
				type={type}
				maxLength={max}
				autocomplete={autocomplete}
				value={value}
				aria-describedby={hint === undefined ? undefined : `${id}-hint`}
				onInput={(event) => set(event.currentTarget.value)}
				{...rest}
			/>
		</Labelled>
	);
}

export interface AreaProps extends Common {
	rows?: number;
	max: number;
}

export function Area({ label, value, set, hint, rows = 3, max, required, disabled }: AreaProps) {
	const id = useUnique();
	return (
		<Labelled id={id} label={label} hint={hint}>
			<textarea
				id={id}
				class="field field--sm"
				rows={rows}
				maxLength={max}
				value={value}
				required={required}
				disabled={disabled}
				dir={value === "" ? undefined : "auto"}
				aria-describedby={hint === undefined ? undefined : `${id}-hint`}
				onInput={(event) => set(event.currentTarget.value)}
			/>
		</Labelled>
	);
}

export interface PickProps extends Common {
	options: readonly (readonly [value: string, text: string])[];
}

export function Pick({ label, value, set, hint, options, required, disabled }: PickProps) {
	const id = useUnique();
	return (
		<Labelled id={id} label={label} hint={hint}>
			<select
				id={id}
				class="field field--sm"
				value={value}
				required={required}
				disabled={disabled}
				onChange={(event) => set(event.currentTarget.value)}
			>
				{options.map(([one, text]) => (
					<option key={one} value={one}>
						{text}
					</option>
				))}
			</select>
		</Labelled>
	);
}
