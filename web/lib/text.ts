/* The bounds of a message, checked before it is sent. The server checks them again. */

import { CHAT_SEND_BODY_MAX_BYTES, CHAT_SEND_BODY_MAX_CODE_POINTS } from "./protocol";

export const BODY_MAX = CHAT_SEND_BODY_MAX_CODE_POINTS;

export function codePoints(text: string): number {
	let count = 0;
	for (const _ of text) {
		count++;
	}
	return count;
}

export function fits(text: string): boolean {
	if (text.length <= BODY_MAX) {
		return true; /* at most 3 bytes for each unit of UTF-16 */
	}
	return codePoints(text) <= BODY_MAX && new TextEncoder().encode(text).length <= CHAT_SEND_BODY_MAX_BYTES;
}

/* At the beginning of a sentence. */
export function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/* What is worth sending: without the blank ends, and without what the wire refuses. */
export function tidy(text: string): string {
	const whole = new TextDecoder().decode(new TextEncoder().encode(text)); /* no half characters */
	return whole
		.replace(/\r\n?/g, "\n")
		.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
		.trim();
}

/* Words as they are compared: lower case, single spaces. */
export function normalWords(text: string): string {
	return (text.toLowerCase().match(/[a-z]+/g) ?? []).join(" ");
}

/* The text holds these four words in a row, however they are written. */
export function holdsWords(text: string, words: string): boolean {
	return words !== "" && ` ${normalWords(text)} `.includes(` ${normalWords(words)} `);
}
