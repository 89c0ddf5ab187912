/* A list that comes in pages: pure. */

export interface Paged<T> {
	items: readonly T[];
	more: boolean;
	asking: boolean;
	why: string; /* it could not be read; empty when it could */
	asked: boolean; /* an answer has come at least once */
}

export function nothing<T>(): Paged<T> {
	return { items: [], more: false, asking: false, why: "", asked: false };
}

/* A first page takes the place of what there was; a next one goes behind it. */
export function asking<T>(p: Paged<T>, first: boolean): Paged<T> {
	return { ...p, asking: true, why: "", ...(first ? { items: [], more: false, asked: false } : {}) };
}

export function got<T>(p: Paged<T>, items: readonly T[], more: boolean): Paged<T> {
	return { items: [...p.items, ...items], more, asking: false, why: "", asked: true };
}

export function failed<T>(p: Paged<T>, why: string): Paged<T> {
	return { ...p, asking: false, why, asked: true };
}
