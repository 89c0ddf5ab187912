/* Notifications of the browser, by choice: they hold no word of anybody, and not even a name. */

import { keepChoice, readChoice } from "../staff/staff";
import { t } from "./say";
import type { Notify } from "./views";

const CHOICE = "notify";
const TAG = "hark"; /* a newer one takes the place of the one before */

export function notifyState(): Notify {
	if (!("Notification" in window)) {
		return "none";
	}
	if (Notification.permission === "denied") {
		return "denied";
	}
	if (Notification.permission === "default") {
		return "ask";
	}
	return readChoice(CHOICE, false) ? "on" : "off";
}

/* Call inside a press: that is the only time at which a browser may be asked. */
export async function wantNotify(on: boolean): Promise<void> {
	keepChoice(CHOICE, on);
	if (on && notifyState() === "ask") {
		await Notification.requestPermission();
	}
}

/* Somebody asked for an adult while nobody looked at this page. */
export function notifyCalled(): void {
	if (notifyState() !== "on" || document.hasFocus()) {
		return;
	}
	try {
		const note = new Notification(t("notify.text"), { tag: TAG, silent: true });
		note.onclick = () => {
			window.focus();
			note.close();
		};
	} catch {
		/* A phone's browser wants a service worker for it; the page still rings. */
	}
}
