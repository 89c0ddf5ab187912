/* One message in a log, and where it is. Its words are a text node, in their own direction. */

import type { ComponentChildren } from "preact";
import type { MessageItem } from "./roomitems";

export interface BubbleProps {
	item: MessageItem;
	children?: ComponentChildren; /* its state, under it */
}

export function Bubble({ item, children }: BubbleProps) {
	const { mine, who, state, first, last } = item;
	const adult = !mine && who === "counselor";
	const kind = [
		"msg",
		mine ? "msg--you" : "",
		adult ? "msg--adult" : "",
		state === "waiting" ? "msg--wait" : "",
		first ? "first" : "",
		last ? "last" : "",
	];
	return (
		<li class={kind.filter((name) => name !== "").join(" ")}>
			{adult && first ? <span class="who who--adult">{item.name}</span> : null}
			<p class="bub" dir="auto">
				{item.body}
			</p>
			{children}
		</li>
	);
}
