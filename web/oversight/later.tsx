/* A part of the page that is fetched when it is first wanted, and asked for again until the network
   has brought it. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "./say";

const AGAIN_MS = 2000;

/* Its style stands in the page and waits, so that the first picture need not wait for it. */
async function style(): Promise<void> {
	const link = document.getElementById("back-style") as HTMLLinkElement | null;
	if (link && link.media !== "all") {
		link.media = "all";
		if (!link.sheet) {
			await new Promise((resolve) => (link.onload = resolve));
		}
	}
}

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
	let loaded: ComponentType<P> | undefined;
	return function Later(props: P) {
		const [Shown, setShown] = useState<ComponentType<P> | undefined>(() => loaded);
		useEffect(() => {
			let timer = 0;
			const fetch = async (): Promise<void> => {
				try {
					[loaded] = await Promise.all([load(), style()]);
					setShown(() => loaded);
				} catch {
					timer = window.setTimeout(fetch, AGAIN_MS);
				}
			};
			if (!loaded) {
				void fetch();
			}
			return () => clearTimeout(timer);
		}, []);
		return Shown ? <Shown {...props} /> : <p class="page-wait" role="status">{t("one.moment")}</p>;
	};
}
