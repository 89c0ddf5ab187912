/* Fetches what is needed where no WebSocket gets through; fails where there is no network at all. */

import type { Clock, Open } from "./connection";
import { randomHex } from "./hex";
import type { TabStore } from "./store";

export async function detour(clock: Clock, store: Pick<TabStore, "read" | "write"> | undefined): Promise<Open> {
	/* Asked first: a module that could not be fetched once is never fetched again by some browsers. */
	const { ok } = await fetch("/", { method: "HEAD", cache: "no-store" });
	if (!ok) {
		throw new Error();
	}
	const { Roads } = await import("./roads");
	return new Roads({ clock, store, key: () => randomHex(32) }).open;
}
