/* Lists kept in order of their number, without doubles, and bounded. */

interface Numbered { n: number }

/* `list` is in order of n; `added` is in any order. The same n twice: what we had stays. */
export function mergeByNumber<T extends Numbered>(list: T[], added: T[]): T[] {
	let merged = list;
	for (const one of added) {
		let at = merged.length;
		while (at > 0 && merged[at - 1]!.n > one.n) {
			at--;
		}
		if (at === 0 || merged[at - 1]!.n !== one.n) {
			merged = [...merged.slice(0, at), one, ...merged.slice(at)];
		}
	}
	return merged;
}

/* The newest `max` of a list, the list itself when it is short enough. */
export function trimStart<T>(list: T[], max: number): T[] {
	return list.length > max ? list.slice(list.length - max) : list;
}

/* The newest run without a hole. */
export function tail<T extends Numbered>(list: T[]): T[] {
	let from = list.length - 1;
	while (from > 0 && list[from - 1]!.n === list[from]!.n - 1) {
		from--;
	}
	return from > 0 ? list.slice(from) : list;
}
