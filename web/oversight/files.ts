/* Cases as this page has read them: pure. */

import type { CaseLine, CaseNote } from "../lib/protocol";
import type { Case, Oversight } from "./state";

const FILES_MAX = 20; /* cases kept, the newest read */

/* Notes of both, in their order; of one told twice, one. */
function allNotes(had: readonly CaseNote[], came: readonly CaseNote[]): CaseNote[] {
	const known = new Set(came.map(({ note }) => note));
	return [...had.filter(({ note }) => !known.has(note)), ...came].sort((a, b) => a.note - b.note);
}

/* What came, with the notes that were there: a case with many of them comes in pages. */
export function withNotes(had: Case | undefined, came: Case): Case {
	if (!had) {
		return came;
	}
	const older = (had.notes[0]?.note ?? Infinity) < (came.notes[0]?.note ?? Infinity);
	return { ...came, notes: allNotes(had.notes, came.notes), more: older ? had.more : came.more };
}

/* A case came, whole: it stands on its page and, while it is not closed, beside its room. */
export function onFile(s: Oversight, file: Case): Oversight {
	const files = new Map(s.files);
	files.delete(file.case_id);
	files.set(file.case_id, withNotes(s.files.get(file.case_id), file));
	for (const old of files.keys()) {
		if (files.size <= FILES_MAX) {
			break;
		}
		files.delete(old);
	}
	const beside = s.open?.room === file.room && (file.state !== "closed" || s.open.caseId === file.case_id);
	return beside && s.open
		? { ...s, files, open: { ...s.open, caseId: file.case_id, filed: true } }
		: { ...s, files };
}

/* Those on screen: beside the room that is read, and on the cases page. */
export function filesOnScreen(s: Oversight): number[] {
	const ids = [s.open?.caseId ?? 0, s.open === null && s.page === "cases" ? s.caseId : 0];
	return ids.filter((id) => id > 0);
}

/* Is it to be looked at again by now? */
export function isDue(one: { state: string; follow_ms?: number }, now: number): boolean {
	return one.state !== "closed" && one.follow_ms !== undefined && one.follow_ms <= now;
}

/* Those due first, then the newest. */
export function inOrder(lines: readonly CaseLine[], now: number): CaseLine[] {
	return [...lines].sort((a, b) => Number(isDue(b, now)) - Number(isDue(a, now)) || b.case_id - a.case_id);
}
