/* The languages of the page. English comes with its screens; the others are fetched when chosen. */

import { en } from "../i18n/en";
import type { Strings } from "../lib/i18n";
import type { School } from "../lib/wire";

export const languageNames: Readonly<Record<string, string>> = { en: "English", es: "Español", ar: "العربية" };

/* For times and numbers: Arabic with its own digits. */
export const localeOf = (language: string): string => (language === "ar" ? "ar-u-nu-arab" : language);

/* What a peer is called when the school has not chosen a word of its own: one, and several. */
const peerWords: Readonly<Record<string, readonly [string, string]>> = {
	en: ["peer", "peers"],
	es: ["estudiante de apoyo", "estudiantes de apoyo"],
	ar: ["زميل", "زملاء"],
};

/* Keys that are not there yet belong to screens that are not there yet. */
const english: Record<string, string> = { ...en };

/* The screens behind the first one bring their strings along. */
export function addEnglish(rest: Readonly<Record<string, string>>): void {
	Object.assign(english, rest);
}

const loaders: Readonly<Record<string, () => Promise<Strings>>> = {
	en: () => Promise.resolve(english),
	es: async () => (await import("../i18n/es")).es,
	ar: async () => (await import("../i18n/ar")).ar,
};

/* The first of these that the page speaks; English else. */
export function choose(wanted: readonly string[]): string {
	const known = wanted.map((one) => one.slice(0, 2).toLowerCase()).find((one) => one in loaders);
	return known ?? "en";
}

/* Undefined when they could not be fetched: the page stays with what it has. */
export async function load(language: string): Promise<Strings | undefined> {
	try {
		return await loaders[language]?.();
	} catch {
		return undefined;
	}
}

/* The values that every string may use: the school's word for a peer. */
export function schoolWords(language: string, school: School | null): Record<string, string> {
	const own = school?.peer_word ?? "peer";
	const [one, several] = own === "peer" ? (peerWords[language] ?? ["peer", "peers"]) : [own, language === "en" ? `${own}s` : own];
	const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
	return { peer: one, peers: several, Peer: capital(one), Peers: capital(several) };
}
