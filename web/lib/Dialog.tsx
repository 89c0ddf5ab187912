/*
 * A dialog over the page, on the browser's own <dialog>: it holds the focus, Esc closes the topmost
 * one, the rest of the page is inert, and the focus goes back to where it was.
 */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./Icon";
import { useUnique } from "./unique";

export interface DialogProps {
	title: string;
	text?: ComponentChildren; /* one or two sentences under the title */
	icon: string;
	tone?: "pine" | "dusk" | "ember"; /* of the icon */
	wide?: boolean;
	onClose: () => void;
	onSubmit?: () => void; /* then the content is one form */
	children?: ComponentChildren;
	actions: ComponentChildren; /* the one filled button last */
}

export function Dialog({ title, text, icon, tone, wide = false, onClose, onSubmit, children, actions }: DialogProps) {
	const element = useRef<HTMLDialogElement>(null);
	const id = useUnique();
	useEffect(() => {
		const dialog = element.current;
		dialog?.showModal();
		return () => dialog?.close();
	}, []);
	const outside = (event: MouseEvent): void => {
		if (event.target === element.current) {
			onClose();
		}
	};
	const content = (
		<>
			<div class="dlg-h">
				<span class={`dlg-i ${tone ? `dlg-i--${tone}` : ""}`}>
					<Icon of={icon} class="i-24" />
				</span>
				<div>
					<h2 id={id}>{title}</h2>
					{text === undefined ? null : <p>{text}</p>}
				</div>
			</div>
			{children}
			<div class="dlg-acts">{actions}</div>
		</>
	);
	return (
		<dialog
			ref={element}
			class={`dlg-box ${wide ? "dlg-box--wide" : ""}`}
			aria-labelledby={id}
			onClick={outside}
			onCancel={(event) => {
				event.preventDefault();
				onClose();
			}}
		>
			{onSubmit ? (
				<form
					class="dlg"
					onSubmit={(event) => {
						event.preventDefault();
						onSubmit();
					}}
				>
					{content}
				</form>
			) : (
				<div class="dlg">{content}</div>
			)}
		</dialog>
	);
}
