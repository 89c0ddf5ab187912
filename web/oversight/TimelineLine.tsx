/* One event of the opened room, with its time beside it. */

import { Icon } from "../lib/Icon";
import { t } from "../lib/say";
import { exact } from "../lib/when";
import type { Moment } from "./select";
import { tellInRoom } from "./words";

export interface TimelineLineProps {
	moment: Moment;
	room: string; /* its name */
	fetchBefore: (n: number) => void;
}

function Body({ moment: { event }, room }: TimelineLineProps) {
	if (event.type === "chat.posted") {
		const visitor = event.who === "visitor";
		const kind = visitor ? "" : event.who === "counselor" ? "bub--a" : "bub--p";
		return (
			<>
				<span class="tl-w">{visitor ? room : event.name}</span>
				<p class={`bub ${kind}`} dir="auto">
					{event.body}
				</p>
			</>
		);
	}
	const { icon, flip, key, name, topics, tone } = tellInRoom(event);
	return (
		<span class={`tl-s ${tone === "" ? "" : `tl-s--${tone}`}`}>
			<Icon of={icon} class={`i-16 ${flip ? "i-flip" : ""}`} />
			<span>{t(key, { name, topics })}</span>
		</span>
	);
}

export function TimelineLine(props: TimelineLineProps) {
	const { moment, fetchBefore } = props;
	const { event } = moment;
	const tone = event.type === "alarm.raised" ? "tl--e" : event.type === "alarm.taken" ? "tl--d" : "";
	return (
		<li class={`tl ${tone}`}>
			{moment.missing && "n" in event ? (
				<p class="tl-gap">
					{t("read.missing")}
					<button type="button" class="btn btn--sm btn--quiet" onClick={() => fetchBefore(event.n)}>
						{t("read.fetch")}
					</button>
				</p>
			) : null}
			<time class="num" dateTime={new Date(event.at_ms).toISOString()}>
				{exact(event.at_ms)}
			</time>
			<div class="tl-b">
				<Body {...props} />
			</div>
		</li>
	);
}
