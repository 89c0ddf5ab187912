/* Words that matched a watch phrase, by message; and a message cut at them. Pure. */

import type { Severity, Span } from "../lib/protocol";
import type { Of } from "../lib/wire";
import type { Oversight } from "./state";

export interface Flag { severity: Severity; spans: readonly Span[] }

/* A piece of a message: plain, or words that matched. */
export interface Piece { text: string; span: Span | null }

const FLAGS_MAX = 400; /* flagged messages kept of one room */

function put(s: Oversight, room: number, flags: readonly (Flag & { n: number })[]): Oversight {
	const held = new Map(s.flags.get(room));
	for (const { n, severity, spans } of flags) {
		held.set(n, { severity, spans });
	}
	for (const n of held.keys()) {
		if (held.size <= FLAGS_MAX) {
			break;
		}
		held.delete(n);
	}
	return { ...s, flags: new Map(s.flags).set(room, held) };
}

export function withFlag(s: Oversight, event: Of<"flag.raised">): Oversight {
	return put(s, event.room, [event]);
}

/* What only counselors see beside a room came. */
export function onMarks(s: Oversight, marks: Of<"room.marked">): Oversight {
	const next = put(s, marks.room, marks.flags);
	if (s.open?.room !== marks.room) {
		return next;
	}
	return { ...next, open: { ...s.open, marked: true, notes: marks.notes, calls: marks.calls,
		blocked_ms: marks.blocked_until_ms ?? 0 } };
}

export function flagOf(s: Oversight, room: number, n: number): Flag | undefined {
	return s.flags.get(room)?.get(n);
}

/* The highest flag's first category, for the tag beside a message. */
export function category(flag: Flag): string {
	return (flag.spans.find((span) => span.severity === flag.severity) ?? flag.spans[0])?.category ?? "";
}

/*
 * Cuts a body at its spans. A span counts code points; a string counts units of UTF-16, of which
 * an emoji has two. Spans may overlap or reach beyond the end: what is marked already stays so,
 * and nothing is left out of the text.
 */
export function pieces(body: string, spans: readonly Span[]): Piece[] {
	if (spans.length === 0) {
		return [{ text: body, span: null }];
	}
	const points = [...body];
	const list: Piece[] = [];
	let at = 0;
	const cut = (until: number, span: Span | null): void => {
		if (until > at) {
			list.push({ text: points.slice(at, until).join(""), span });
			at = until;
		}
	};
	for (const span of [...spans].sort((a, b) => a.from - b.from || b.size - a.size)) {
		cut(Math.min(span.from, points.length), null);
		cut(Math.min(span.from + span.size, points.length), span);
	}
	cut(points.length, null);
	return list;
}
