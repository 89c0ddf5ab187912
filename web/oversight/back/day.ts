/* Days and times of the past, as these pages say them. One cached formatter of each kind. */

const day = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });
const moment = new Intl.DateTimeFormat(undefined, {
	year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit",
});

/* "Nov 19, 2025" */
export function dayFormat(ms: number): string {
	return day.format(ms);
}

/* "Nov 19, 2025, 12:16 PM" */
export function momentFormat(ms: number): string {
	return moment.format(ms);
}

/* The first millisecond of a day from a date field, in the reader's own time; `after`: days later. */
export function startOf(text: string, after = 0): number | undefined {
	const [year, month, date] = text.split("-").map(Number);
	if (year === undefined || month === undefined || date === undefined || Number.isNaN(date)) {
		return undefined;
	}
	return new Date(year, month - 1, date + after).getTime();
}
