/* One event of the opened room, with its time beside it. */

import { Component } from "preact";
import { Icon } from "../lib/Icon";
import { iconLock } from "../lib/icons";
import { exact } from "../lib/when";
import { category } from "./flags";
import type { Flag } from "./flags";
import { Category } from "./Flagged";
import { Marked } from "./Marked";
import { Picture } from "./Picture";
import { t } from "./say";
import type { Moment } from "./select";
import { tellInRoom } from "./words";

export interface TimelineLineProps {
	moment: Moment;
	room: string; /* its name */
	me: string; /* the reader's */
	flag: Flag | undefined;
	found: boolean; /* it was looked for */
	fetchBefore: (n: number) => void;
}

const voices = { visitor: "", peer: "bub--p", counselor: "bub--a", system: "" };

function Body({ moment: { event }, room, me, flag }: TimelineLineProps) {
	if (event.type === "chat.posted") {
		const who = event.who === "visitor" ? room : event.name === me ? t("read.you") : event.name;
		return (
			<>
				<span class="tl-w">{who}</span>
				<p class={`bub ${voices[event.who]}`} dir="auto">
					<Marked body={event.body} flag={flag} />
				</p>
				{flag ? <Category severity={flag.severity} text={category(flag)} /> : null}
			</>
		);
	}
	if (event.type === "chat.pictured") {
		const who = event.who === "visitor" ? room : event.name;
		return (
			<>
				<span class="tl-w">{who}</span>
				<Picture event={event} by={who} />
			</>
		);
	}
	if (event.type === "note") {
		return (
			<>
				<span class="tl-w tl-w--dusk">
					<Icon of={iconLock} class="i-14" />
					{t("tl.note.from", { name: event.from, more: event.to })}
				</span>
				<p class="bub bub--note" dir="auto">
					{event.body}
				</p>
			</>
		);
	}
	if (event.type === "flag.raised") {
		return null;	/* it stands on its message */
	}
	const { icon, flip, key, name, more, tone } = tellInRoom(event);
	return (
		<span class={`tl-s ${tone === "" ? "" : `tl-s--${tone}`}`}>
			<Icon of={icon} class={`i-16 ${flip ? "i-flip" : ""}`} />
			<span>{t(key, { name, more, topics: more, room })}</span>
		</span>
	);
}

function tone({ moment: { event }, flag }: TimelineLineProps): string {
	if (event.type === "chat.posted" || event.type === "chat.pictured") {
		return flag === undefined ? "" : flag.severity === "high" ? "tl--e" : "tl--h";
	}
	if (event.type === "note") {
		return "tl--d";
	}
	const said = event.type === "flag.raised" ? "" : tellInRoom(event).tone;
	return said === "ember" ? "tl--e" : said === "dusk" ? "tl--d" : "";
}

/* It changes only with what is known of it, so a long room is not drawn anew for each new line. */
export class TimelineLine extends Component<TimelineLineProps> {
	override shouldComponentUpdate(next: TimelineLineProps): boolean {
		const { moment, room, flag, found, me } = this.props;
		return next.moment.event !== moment.event || next.moment.missing !== moment.missing || next.room !== room
			|| next.flag !== flag || next.found !== found || next.me !== me;
	}

	override render() {
		const { moment, found, fetchBefore } = this.props;
		const { event } = moment;
		return (
			<li class={`tl ${tone(this.props)} ${found ? "tl--found" : ""}`} tabIndex={found ? -1 : undefined}>
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
					<Body {...this.props} />
				</div>
			</li>
		);
	}
}
