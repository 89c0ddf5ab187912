/* The foot of a form in a dialog: why it was refused, a way back, and the one filled button. */

import { t } from "./say";

export interface DialogActsProps {
	text: string;
	tone?: "dusk" | "ember";
	busy: boolean;
	onClose: () => void;
}

export function DialogActs({ text, tone = "dusk", busy, onClose }: DialogActsProps) {
	return (
		<>
			<button type="button" class="btn btn--quiet" onClick={onClose}>
				{t("cancel")}
			</button>
			<button type="submit" class={`btn btn--${tone}`} disabled={busy}>
				{text}
			</button>
		</>
	);
}

export function Said({ text }: { text: string }) {
	return (
		<p class="dlg-said" role="alert">
			{text}
		</p>
	);
}
