/* What the console and the oversight page share: the own account, sound, and the way to the sign-in. */

import { Offline, WireError } from "../lib/connection";
import type { Connection } from "../lib/connection";
import type { Key } from "../lib/say";
import { t } from "../lib/say";

/* The own identity, as the menu shows it. */
export interface StaffView {
	name: string;
	picture: string; /* empty for adults */
	until_ms: number; /* the sign-in ends then; 0 when not known */
	online: boolean;
	sound: boolean; /* wanted */
	soundText: Key;
}

export interface StaffActions {
	sound: (on: boolean) => void;
	password: (old: string, fresh: string) => Promise<string>; /* why not; empty when changed */
	signOut: () => void;
	signOutAll: () => Promise<string>;
	tryNow: () => void;
}

const SESSION_MS = 15 * 60 * 1000; /* warn so long before the sign-in runs out */

/* Minutes until the sign-in runs out, when it is time to say so; else null. Both by one clock. */
export function sessionEnds(until_ms: number | undefined, now: number): number | null {
	const left = until_ms === undefined ? Infinity : until_ms - now;
	return left <= SESSION_MS ? Math.max(0, Math.ceil(left / 60000)) : null;
}

/* Why a request failed, as a sentence for the person who asked. */
export function whyFailed(error: unknown): string {
	if (error instanceof WireError) {
		return error.message;
	}
	if (error instanceof Offline) {
		return t("no.answer");
	}
	throw error;
}

export function goToSignIn(): void {
	location.assign("/login");
}

/* Ends the session at the server, then shows the sign-in. Why not, when it could not be ended: the
   cookie would stay, and the next one at this computer would be signed in. */
export async function signOut(forget: () => void): Promise<string> {
	try {
		const answer = await fetch("/logout", { method: "POST", credentials: "same-origin" });
		if (!answer.ok) {
			return t("out.failed");
		}
	} catch {
		return t("out.failed");
	}
	forget();
	goToSignIn();
	return "";
}

export async function changePassword(connection: Connection, old: string, fresh: string): Promise<string> {
	try {
		await connection.request({ type: "staff.password", old, new: fresh });
		return "";
	} catch (error) {
		const wrong = error instanceof WireError && error.code === "wrong_password";
		return wrong ? t("password.wrong") : whyFailed(error);
	}
}

export async function signOutEverywhere(connection: Connection): Promise<string> {
	try {
		await connection.request({ type: "staff.sign_out_all" });
		return "";
	} catch (error) {
		return whyFailed(error);
	}
}

/* A choice of this browser's owner that outlives the tab; staff only. */
export function readChoice(name: string, otherwise: boolean): boolean {
	try {
		const kept = localStorage.getItem(`hark.${name}`);
		return kept === null ? otherwise : kept === "yes";
	} catch {
		return otherwise;
	}
}

export function keepChoice(name: string, on: boolean): void {
	try {
		localStorage.setItem(`hark.${name}`, on ? "yes" : "no");
	} catch {
		/* Not kept: asked again the next time. */
	}
}

/* A dot where the browser shows the page's name: somebody waits. Never a word, never a number. */
export function showBadge(on: boolean, title: string): void {
	document.title = on ? `\u25cf ${title}` : title;
	const badge = navigator as { setAppBadge?: () => Promise<void>; clearAppBadge?: () => Promise<void> };
	const done = on ? badge.setAppBadge?.() : badge.clearAppBadge?.();
	done?.catch(() => undefined);
}
