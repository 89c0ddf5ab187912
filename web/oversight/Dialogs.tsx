/* Which dialog stands over the page. What it was about may be gone meanwhile: then it is, too. */

import { ApproveDialog } from "./ApproveDialog";
import { BlockDialog } from "./BlockDialog";
import { CloseCallDialog, HandDialog } from "./CallDialogs";
import { FinishDialog, HoldDialog } from "./CaseDialogs";
import { FindDialog } from "./FindDialog";
import { NoteDialog } from "./NoteDialog";
import { OpenDialog } from "./OpenDialog";
import { RaiseDialog } from "./RaiseDialog";
import { StepInDialog, StepOutDialog } from "./StepDialogs";
import type { Dialogue, View } from "./views";

type Of<K extends Dialogue["kind"]> = Extract<Dialogue, { kind: K }>;

function calls(view: View, { kind, escalation }: Of<"hand" | "close">) {
	const call = view.state.calls.get(escalation);
	if (!call) {
		return null;
	}
	return kind === "hand" ? <HandDialog {...view} call={call} /> : <CloseCallDialog {...view} call={call} />;
}

function openings(view: View, { kind, opening }: Of<"approve" | "open">) {
	const one = view.state.escrow?.openings.find((other) => other.opening === opening);
	if (!one) {
		return null;
	}
	return kind === "approve" ? <ApproveDialog {...view} one={one} /> : <OpenDialog {...view} one={one} />;
}

/* What a case is printed for is asked on its own page. */
function cases(view: View, dialog: Of<"held" | "finish" | "print">) {
	const file = view.state.files.get(dialog.caseId);
	if (!file || dialog.kind === "print") {
		return null;
	}
	const step = dialog.kind === "held" ? file.steps.find((one) => one.step === dialog.step) : undefined;
	return step ? <HoldDialog {...view} file={file} step={step} /> : <FinishDialog {...view} file={file} />;
}

function rooms(view: View, { kind, room }: Of<"note" | "step" | "out" | "raise" | "find" | "block">) {
	const kinds = { note: NoteDialog, step: StepInDialog, out: StepOutDialog, raise: RaiseDialog, find: FindDialog, block: BlockDialog };
	const One = kinds[kind];
	return <One {...view} room={room} />;
}

export function Dialogs(view: View) {
	const { dialog } = view.ui;
	if (dialog === null) {
		return null;
	}
	if ("escalation" in dialog) {
		return calls(view, dialog);
	}
	if ("opening" in dialog) {
		return openings(view, dialog);
	}
	return "caseId" in dialog ? cases(view, dialog) : rooms(view, dialog);
}
