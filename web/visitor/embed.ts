/*
 * The talk with the launcher on the page around us. Nothing secret is said: the launcher is told to
 * fold, that there is something new, and where to exit to; it tells us whether we are on screen.
 */

export interface Embed {
	fold(): void;
	isNew(): void;
	exit(url: string): void;
}

export interface EmbedOptions {
	shown: (shown: boolean) => void; /* the launcher has shown or folded us; it is there, then */
	exit: () => void; /* Shift three times on the page around us */
}

export function listen({ shown, exit }: EmbedOptions): Embed {
	const say = (message: object): void => parent.postMessage(message, "*");
	addEventListener("message", ({ source, data }: MessageEvent) => {
		if (source !== parent || parent === window || typeof data !== "object" || data === null) {
			return;
		}
		const { hark } = data as { hark?: unknown };
		if (hark === "shown" || hark === "folded") {
			shown(hark === "shown");
		} else if (hark === "exit") {
			exit();
		}
	});
	return {
		fold: () => say({ hark: "fold" }),
		isNew: () => say({ hark: "new" }),
		exit: (url) => say({ hark: "exit", url }),
	};
}
