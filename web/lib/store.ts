/*
 * A little memory that dies with the tab: sessionStorage where the browser lets us, else only this
 * page's life (a cross-site frame may have none). Never localStorage, never a cookie.
 */

export interface TabStore {
	readonly lasting: boolean; /* survives a refresh */
	read<T>(key: string): T | undefined;
	write(key: string, value: unknown): void;
	clear(): void;
}

const PREFIX = "hark.";

export function tabStore(open: () => Storage = () => sessionStorage): TabStore {
	let storage: Storage | undefined;
	try {
		storage = open();
		storage.setItem(`${PREFIX}probe`, "1");
		storage.removeItem(`${PREFIX}probe`);
	} catch {
		storage = undefined;
	}
	const memory = new Map<string, string>();
	return {
		lasting: storage !== undefined,
		read<T>(key: string): T | undefined {
			try {
				const text = memory.get(key) ?? storage?.getItem(PREFIX + key) ?? undefined;
				return text === undefined ? undefined : (JSON.parse(text) as T);
			} catch {
				return undefined;
			}
		},
		write(key, value) {
			if (value === undefined) {
				memory.delete(key);
			} else {
				memory.set(key, JSON.stringify(value));
			}
			try {
				if (value === undefined) {
					storage?.removeItem(PREFIX + key);
				} else {
					storage?.setItem(PREFIX + key, JSON.stringify(value));
				}
			} catch {
				/* full or forbidden since: the page's memory still holds it */
			}
		},
		clear() {
			memory.clear();
			try {
				storage?.clear();
			} catch {
				/* nothing to clear, then */
			}
		},
	};
}
