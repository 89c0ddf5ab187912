/* Times as the staff pages say them. One cached formatter of each kind. */

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const exactFormat = new Intl.DateTimeFormat(undefined,
	{ hour: "numeric", minute: "2-digit", second: "2-digit" });
const weekdayFormat = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const dayFormat = new Intl.DateTimeFormat(undefined,
	{ weekday: "long", month: "long", day: "numeric" });

/* "12:16"; the half of the day is left out: it stands beside "now". */
export function clock(ms: number): string {
	return clockFormat.format(ms).replace(/\s*[AP]M$/, "");
}

/* "12:16:02" */
export function exact(ms: number): string {
	return exactFormat.format(ms).replace(/\s*[AP]M$/, "");
}

function sameDay(a: number, b: number): boolean {
	return new Date(a).toDateString() === new Date(b).toDateString();
}

/* "12:16" today, "Mon" before. */
export function brief(ms: number, now: number): string {
	return sameDay(ms, now) ? clock(ms) : weekdayFormat.format(ms);
}

/* "Thu 11:30"; only the time when it is today. */
export function dayAndClock(ms: number, now: number): string {
	return sameDay(ms, now) ? clock(ms) : `${weekdayFormat.format(ms)} ${clock(ms)}`;
}

/* "Monday, November 23", for the line between two days; empty for today. */
export function dayName(ms: number, now: number): string {
	return sameDay(ms, now) ? "" : dayFormat.format(ms);
}

export { sameDay };

/* "1:12", or "2 h 05" from an hour on; never below zero. */
export function elapsed(ms: number): string {
	const s = Math.max(0, Math.floor(ms / 1000));
	const two = (n: number): string => String(n).padStart(2, "0");
	return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}`
		: `${Math.floor(s / 3600)} h ${two(Math.floor(s / 60) % 60)}`;
}

/* Whole minutes, rounded down, never below zero. */
export function minutes(ms: number): number {
	return Math.max(0, Math.floor(ms / 60000));
}
