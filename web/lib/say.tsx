/*
 * The words of the staff pages: t() gives a sentence, <Say> one with marked-up parts. A part in
 * braces is filled in: "Waiting {time}". A key that ends in .one has a twin in .other, chosen by n.
 */

import { Fragment } from "preact";
import type { ComponentChild } from "preact";
import { staff } from "../i18n/staff";
import { translator } from "./i18n";

export type Key = keyof typeof staff;
type CountKey = Key extends infer K ? (K extends `${infer Stem}.one` ? Stem : never) : never;
type Parts = Record<string, ComponentChild>;

const plural = new Intl.PluralRules(undefined);

export const t = translator<Key>(staff);

/* "{n} chats", in the form this number asks for. */
export function count(stem: CountKey, n: number): string {
	const key = `${stem}.${plural.select(n) === "one" ? "one" : "other"}` as Key;
	return t(key, { n });
}

/* "Ms. R. and Mr. T." */
export function names(list: readonly string[]): string {
	const last = list[list.length - 1] ?? "";
	return list.length < 2 ? last : t("and", { some: list.slice(0, -1).join(", "), last });
}

/* The same sentence with parts that are more than text. */
export function Say({ k, parts }: { k: Key; parts: Parts }) {
	return (
		<>
			{staff[k].split(/(\{\w+\})/).map((piece, i) => (
				<Fragment key={i}>{parts[piece.slice(1, -1)] ?? piece}</Fragment>
			))}
		</>
	);
}
