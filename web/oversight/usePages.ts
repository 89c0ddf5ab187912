/* Reads a list page by page; an answer to an older question is let fall. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Asked } from "../lib/connection";
import { asking, failed, got, nothing } from "./pages";
import type { Paged } from "./pages";
import type { View } from "./views";

export interface Source<T> {
	ask: (last: T | undefined) => Asked; /* the page behind this one */
	take: (answer: Answer) => { items: readonly T[]; more: boolean } | null;
}

export function usePages<T>({ actions }: Pick<View, "actions">) {
	const [list, setList] = useState<Paged<T>>(nothing);
	const turn = useRef(0);
	useEffect(() => () => void turn.current++, []);

	const fetch = async (source: Source<T>, first: boolean): Promise<Answer | undefined> => {
		const mine = ++turn.current;
		const last = first ? undefined : list.items[list.items.length - 1];
		setList((held) => asking(held, first));
		const { answer, why } = await actions.ask(source.ask(last));
		if (turn.current !== mine) {
			return undefined;
		}
		const page = answer ? source.take(answer) : null;
		setList((held) => (page ? got(held, page.items, page.more) : failed(held, why)));
		return answer;
	};
	return { list, fetch };
}
