/* Strings by key, with {values} put in; and one cached Intl formatter of each kind and language. */

export type Strings<K extends string = string> = Readonly<Record<K, string>>;
export type Values = Readonly<Record<string, string | number>>;
export type Translate<K extends string> = (key: K, values?: Values) => string;

/* `always`: values every string may use, the school's own words among them. */
export function translator<K extends string>(strings: Strings, always: Values = {}): Translate<K> {
	return (key, values = {}) =>
		(strings[key] ?? "").replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? always[name] ?? ""));
}

export const rightToLeft = (language: string): boolean => /^(ar|fa|he|ur)\b/.test(language);

export interface Formats {
	time(ms: number): string; /* "12:08" */
	weekday(ms: number): string; /* "Wednesday" */
	near(days: number): string; /* "today", "tomorrow", "yesterday" */
	date(ms: number): string; /* "November 14" */
	number(value: number): string;
	minutes(value: number): string; /* "2 minutes" */
}

const made = new Map<string, Formats>();

export function formats(language: string): Formats {
	let kept = made.get(language);
	if (!kept) {
		const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
		const weekday = new Intl.DateTimeFormat(language, { weekday: "long" });
		const date = new Intl.DateTimeFormat(language, { month: "long", day: "numeric" });
		const near = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
		const number = new Intl.NumberFormat(language);
		const minutes = new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "long" });
		kept = {
			time: (ms) => time.format(ms),
			weekday: (ms) => weekday.format(ms),
			near: (days) => near.format(days, "day"),
			date: (ms) => date.format(ms),
			number: (value) => number.format(value),
			minutes: (value) => minutes.format(value),
		};
		made.set(language, kept);
	}
	return kept;
}

/* Whole calendar days from b to a, as the reader's clock counts them. */
export function daysBetween(a: number, b: number): number {
	const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
	return Math.round((midnight(a) - midnight(b)) / 86400000);
}

/* "today", "yesterday", a weekday within a week, else the date. */
export function dayName(ms: number, now: number, format: Formats): string {
	const days = daysBetween(ms, now);
	if (Math.abs(days) <= 1) {
		return format.near(days);
	}
	return Math.abs(days) < 7 ? format.weekday(ms) : format.date(ms);
}

/* "2 minutes": seconds, rounded, and at least one. */
export function minutesOf(seconds: number, format: Formats): string {
	return format.minutes(Math.max(1, Math.round(seconds / 60)));
}
