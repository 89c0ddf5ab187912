/* The words to come back with, asked for and given; what went wrong as a reason the page has words for. */

import { type Connection, Stopped, WireError } from "../lib/connection";

export type OpenResult = "ok" | "wrong" | "tooFast" | "needNet" | "notNow" | "stopped";
type Asker = Pick<Connection, "request">;

const PATIENCE_MS = 5000;
const TRIES = 3;

/* "Too fast" that passes in a moment is waited for: nobody asked for these words in a hurry. */
export async function makeWords(
	connection: Asker,
	room: number,
	pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
): Promise<{ result: OpenResult; words?: string }> {
	for (let left = TRIES; ; left--) {
		try {
			const answer = await connection.request({ type: "codename.make", room });
			return answer.type === "codename" ? { result: "ok", words: answer.words } : { result: "notNow" };
		} catch (error) {
			const wait = error instanceof WireError ? (error.retryMs ?? Infinity) : Infinity;
			if (left <= 1 || wait > PATIENCE_MS) {
				return { result: resultOf(error) };
			}
			await pause(wait);
		}
	}
}

export async function openWords(connection: Asker, words: string): Promise<{ result: OpenResult; room?: number }> {
	try {
		const answer = await connection.request({ type: "codename.open", words });
		const room = answer.type === "ok" ? answer.room : undefined;
		return room === undefined ? { result: "notNow" } : { result: "ok", room };
	} catch (error) {
		return { result: resultOf(error) };
	}
}

function resultOf(error: unknown): OpenResult {
	if (error instanceof WireError) {
		return error.code === "wrong_words" ? "wrong" : error.code === "too_fast" ? "tooFast" : "notNow";
	}
	return error instanceof Stopped ? "stopped" : "needNet";
}
