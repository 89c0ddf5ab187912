/* One request over HTTP, before there is a session: 204 and a cookie, or why not, as a sentence. */

import type { RequestOf } from "../lib/wire";

export type Sent = { ok: true } | { ok: false; sentence: string };

const sentences: Readonly<Record<string, string>> = {
	wrong_password: "The name or the password is not right.",
	weak_password: "That password is too easy to guess. Choose another one.",
	no_such: "This link no longer works. It may have been used, or be too old. Ask for a new one.",
	too_fast: "Too many tries. Wait a moment, then try again.",
	too_many: "Too many tries. Wait a moment, then try again.",
	unavailable: "Hark cannot do this right now. Try again in a moment.",
	draining: "Hark is starting again. Try again in a moment.",
};
const noAnswer = "Hark does not answer. Check the connection, then try again.";

export async function post(
	url: "/login" | "/enrol",
	message: Omit<RequestOf<"sign.in">, "ref"> | Omit<RequestOf<"sign.enrol">, "ref">,
): Promise<Sent> {
	let answer: Response;
	try {
		answer = await fetch(url, {
			method: "POST",
			credentials: "same-origin",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify(message),
		});
	} catch {
		return { ok: false, sentence: noAnswer };
	}
	if (answer.ok) {
		return { ok: true };
	}
	try {
		const { code, message: said } = (await answer.json()) as { code?: string; message?: string };
		return { ok: false, sentence: sentences[code ?? ""] ?? said ?? noAnswer };
	} catch {
		return { ok: false, sentence: noAnswer };
	}
}
