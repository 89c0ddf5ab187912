/* Fetches an export as a file; the page is not left. */

import { t } from "./say";
import type { OversightActions } from "./views";

/* The name the server gives the file, or one of ours. */
function nameOf(answer: Response, format: string): string {
	const named = /filename="([^"/\\]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1];
	return named ?? `hark-export.${format}`;
}

export const download: OversightActions["download"] = async (asked) => {
	try {
		const answer = await fetch("/export", {
			method: "POST", credentials: "same-origin",
			headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked),
		});
		if (!answer.ok) {
			const said = (await answer.json().catch(() => null)) as { message?: string } | null;
			return said?.message ?? t("no.answer");
		}
		const link = document.createElement("a");
		link.href = URL.createObjectURL(await answer.blob());
		link.download = nameOf(answer, asked.format);
		link.click();
		setTimeout(() => URL.revokeObjectURL(link.href), 60000);
		return "";
	} catch {
		return t("no.answer");
	}
};
