/*
 * Keeps the place in a list that grows: at the end it follows what is new; elsewhere it stays on
 * what is being read, also when older things are put above.
 */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

const NEAR_PX = 48; /* so near to the end counts as at the end */

/* first, last: keys of the list's two ends; mine: changes when the reader added something. */
export function useFollow(first: string, last: string, mine = "") {
	const box = useRef<HTMLDivElement>(null);
	const before = useRef({ first, mine, height: 0, atEnd: true });
	const [atEnd, setAtEnd] = useState(true);

	useLayoutEffect(() => {
		const element = box.current;
		if (!element) {
			return;
		}
		const had = before.current;
		if (had.atEnd || had.mine !== mine) {
			element.scrollTop = element.scrollHeight;
		} else if (had.first !== first) {
			element.scrollTop += element.scrollHeight - had.height;
		}
		before.current = { ...had, first, mine, height: element.scrollHeight };
	}, [first, last, mine]);

	/* A window that changes its size (a phone's keyboard) must not lose the end. */
	useLayoutEffect(() => {
		const element = box.current;
		if (!element || !("ResizeObserver" in window)) {
			return undefined;
		}
		const watch = new ResizeObserver(() => {
			if (before.current.atEnd) {
				element.scrollTop = element.scrollHeight;
			}
		});
		watch.observe(element);
		return () => watch.disconnect();
	}, []);

	const onScroll = (): void => {
		const element = box.current;
		if (element) {
			const end = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
			before.current.atEnd = end;
			setAtEnd(end);
		}
	};
	const toEnd = (): void => {
		const element = box.current;
		element?.scrollTo({ top: element.scrollHeight });
	};
	return { box, onScroll, atEnd, toEnd };
}
