/*
 * Quick exit: the page is blank before anything else happens, then forgets, then is replaced in
 * the tab's history by the school's own page. Inside the launcher's frame the launcher does the
 * last step, for a frame can only replace itself.
 */

const PARENT_MS = 300; /* how long the launcher may take before we try ourselves */
const SHIFT_MS = 1500; /* three presses within */

export interface ExitOptions {
	url: () => string; /* the school's own */
	forget: () => void;
	askParent: ((url: string) => void) | undefined;
}

/* Only a web address: a setting must never run. */
export function exitAddress(url: string, base: string): string {
	try {
		const parsed = new URL(url, base);
		return /^https?:$/.test(parsed.protocol) ? parsed.href : "about:blank";
	} catch {
		return "about:blank";
	}
}

export function quickExit({ url, forget, askParent }: ExitOptions): void {
	const address = exitAddress(url(), location.href);
	document.title = "";
	document.documentElement.classList.add("gone");
	document.body.replaceChildren();
	forget();
	leave();
	if (askParent) {
		askParent(address);
		setTimeout(() => replaceTop(address), PARENT_MS);
	} else {
		location.replace(address);
	}
}

/* The server's answer has the browser drop what this origin keeps, whatever a script missed. */
function leave(): void {
	fetch("/leave", { method: "POST", keepalive: true }).catch(() => undefined);
}

function replaceTop(address: string): void {
	try {
		(window.top ?? window).location.replace(address);
	} catch {
		location.replace(address);
	}
}

/* Shift three times, and nothing else between. */
export function onTripleShift(target: EventTarget, run: () => void): void {
	let presses: number[] = [];
	target.addEventListener(
		"keydown",
		(event) => {
			const { key, repeat, timeStamp } = event as KeyboardEvent;
			if (key !== "Shift") {
				presses = [];
			} else if (!repeat) {
				presses = [...presses.filter((at) => timeStamp - at < SHIFT_MS), timeStamp];
				if (presses.length >= 3) {
					run();
				}
			}
		},
		{ capture: true },
	);
}
