/* Fetches what comes as a file: an export, a picture as it was sent; the page is not left. */

import { t } from "./say";
import type { OversightActions } from "./views";

/* The name the server gives the file, or one of ours. */
function nameOf(answer: Response, format: string): string {
	const named = /filename="([^"/\\]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1];
	return named ?? `hark-export.${format}`;
}

async function fetchFile(path: string, asked: object): Promise<Response> {
	return fetch(path, {
		method: "POST", credentials: "same-origin",
		headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked),
	});
}

async function refusal(answer: Response): Promise<{ code?: string; message?: string } | null> {
	return (await answer.json().catch(() => null)) as { code?: string; message?: string } | null;
}

/* An object URL, the caller's to revoke, and a name for the file; or why not. */
export interface Fetched {
	url: string;
	name: string;
	why: string;
}

const refused = (why: string): Fetched => ({ url: "", name: "", why });

export async function fetchOriginal(opening: number, picture: number, password: string): Promise<Fetched> {
	try {
		const answer = await fetchFile("/original", { type: "identity.picture", opening, picture, password });
		if (answer.ok) {
			const file = await answer.blob();
			const name = `picture-${picture}.${file.type.replace(/^image\//, "")}`;
			return { url: URL.createObjectURL(file), name, why: "" };
		}
		const said = await refusal(answer);
		const wrong = said?.code === "wrong_password";
		return refused(wrong ? t("find.password.wrong") : said?.message ?? t("no.answer"));
	} catch {
		return refused(t("no.answer"));
	}
}

export const download: OversightActions["download"] = async (asked) => {
	try {
		const answer = await fetchFile("/export", asked);
		if (!answer.ok) {
			return (await refusal(answer))?.message ?? t("no.answer");
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
