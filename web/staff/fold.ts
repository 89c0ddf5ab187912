/* A box that a button folds out: Esc, and a press or the focus elsewhere, fold it in again. */

import { useEffect, useRef, useState } from "preact/hooks";

export function useFold() {
	const [open, setOpen] = useState(false);
	const box = useRef<HTMLDivElement>(null);
	const button = useRef<HTMLButtonElement>(null);

	useEffect(() => {
		if (!open) {
			return undefined;
		}
		const away = (event: Event): void => {
			if (!box.current?.contains(event.target as Node)) {
				setOpen(false);
			}
		};
		document.addEventListener("pointerdown", away);
		document.addEventListener("focusin", away);
		return () => {
			document.removeEventListener("pointerdown", away);
			document.removeEventListener("focusin", away);
		};
	}, [open]);

	const onKeyDown = (event: KeyboardEvent): void => {
		if (event.key === "Escape" && open) {
			event.stopPropagation();
			setOpen(false);
			button.current?.focus();
		}
	};
	return { open, setOpen, box, button, onKeyDown };
}
