/* Where one writes: grows with the text, Enter sends, Shift+Enter breaks the line. */

import type { ComponentChildren, Ref } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./Icon";
import { iconSend } from "./icons";

export interface ComposeProps {
	value: string;
	label: string; /* spoken, and shown while empty */
	sendLabel: string;
	describedBy?: string;
	maySend: boolean; /* as drawn; onSend checks what is written now */
	field?: Ref<HTMLTextAreaElement>;
	onInput: (text: string) => void;
	onSend: () => void;
	children?: ComponentChildren; /* buttons before the field */
}

const TALLEST_PX = 168;

export function Compose(props: ComposeProps) {
	const { value, label, sendLabel, describedBy, maySend, field, onInput, onSend, children } = props;
	const area = useRef<HTMLTextAreaElement | null>(null);
	useLayoutEffect(() => {
		const element = area.current;
		if (element) {
			element.style.height = "auto";
			element.style.height = `${Math.min(element.scrollHeight, TALLEST_PX)}px`;
		}
	}, [value]);
	const keep = (element: HTMLTextAreaElement | null): void => {
		area.current = element;
		if (typeof field === "function") {
			field(element);
		} else if (field) {
			field.current = element;
		}
	};
	const key = (event: KeyboardEvent): void => {
		/* Enter that ends the input of a Chinese or Korean word is not a wish to send. */
		if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
			event.preventDefault();
			onSend();
		}
	};
	return (
		<form
			class="compose"
			onSubmit={(event) => {
				event.preventDefault();
				onSend();
			}}
		>
			{children}
			<textarea
				ref={keep}
				class="in has"
				rows={1}
				dir={value === "" ? undefined : "auto"}
				aria-label={label}
				aria-describedby={describedBy}
				placeholder={label}
				value={value}
				onInput={(event) => onInput(event.currentTarget.value)}
				onKeyDown={key}
			/>
			<button type="submit" class={`icb go ${maySend ? "" : "is-off"}`} aria-label={sendLabel} disabled={!maySend}>
				<Icon of={iconSend} />
			</button>
		</form>
	);
}
