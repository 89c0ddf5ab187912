/*
 * The words of the staff pages: t() gives a sentence, <Say> one with marked-up parts. A part in
 * braces is filled in: "Waiting {time}". A key that ends in .one has a twin in .other, chosen by n.
 */

import { Fragment } from "preact";
import type { ComponentChild } from "preact";
import { staff } from "../i18n/staff";
import { translator } from "./i18n";
import type { Strings } from "./i18n";

type CountOf<K extends string> = K extends `${infer Stem}.one` ? Stem : never;
type Parts = Record<string, ComponentChild>;

const plural = new Intl.PluralRules(undefined);

/* The three ways to say something, over these strings. */
export function sayer<K extends string>(strings: Strings<K>) {
	const t = translator<K>(strings);

	/* "{n} chats", in the form this number asks for. */
	function count(stem: CountOf<K>, n: number): string {
		const key = `${stem}.${plural.select(n) === "one" ? "one" : "other"}` as K;
		return t(key, { n });
	}

	/* The same sentence with parts that are more than text. */
	function Say({ k, parts }: { k: K; parts: Parts }) {
		return (
			<>
				{strings[k].split(/(\{\w+\})/).map((piece, i) => (
					<Fragment key={i}>{parts[piece.slice(1, -1)] ?? piece}</Fragment>
				))}
			</>
		);
	}

	return { t, count, Say };
}

export type Key = keyof typeof staff;

export const { t, count, Say } = sayer<Key>(staff);

/* "Ms. R. and Mr. T." */
export function names(list: readonly string[]): string {
	const last = list[list.length - 1] ?? "";
	return list.length < 2 ? last : t("and", { some: list.slice(0, -1).join(", "), last });
}
