/* One event of the stream. It never changes once drawn, so it is drawn once. */

import { Component } from "preact";
import { Icon } from "../lib/Icon";
import { AdultToken, Token } from "../lib/Token";
import type { Of } from "../lib/wire";
import { exact } from "../lib/when";
import { category } from "./flags";
import type { Flag } from "./flags";
import { Category } from "./Flagged";
import { Marked } from "./Marked";
import { Say, t } from "./say";
import type { Entry } from "./state";
import { orSomeChat, tellInStream } from "./words";

export interface StreamLineProps {
	entry: Entry;
	name: string; /* the room's */
	picture: string;
	flag: Flag | undefined; /* of the message */
	read: (room: number) => void;
}

interface SaidProps {
	event: Of<"chat.posted">;
	room: string;
	picture: string;
	flag: Flag | undefined;
}

function Said({ event, room, picture, flag }: SaidProps) {
	const visitor = event.who === "visitor";
	const adult = event.who === "counselor";
	return (
		<>
			<span class="ev-i">
				{adult ? <AdultToken name={event.name} /> : <Token picture={picture} />}
			</span>
			<div>
				<b>{visitor ? room : event.name}</b>
				{visitor ? null : <span class="meta"> {t("card.with", { name: room })}</span>}
				{flag ? <Category severity={flag.severity} text={category(flag)} /> : null}
				<p dir="auto">
					<Marked body={event.body} flag={flag} />
				</p>
			</div>
		</>
	);
}

export class StreamLine extends Component<StreamLineProps> {
	override shouldComponentUpdate(next: StreamLineProps): boolean {
		const { entry, name, picture, flag } = this.props;
		return next.entry !== entry || next.name !== name || next.picture !== picture || next.flag !== flag;
	}

	override render() {
		const { entry, picture, flag, read } = this.props;
		const { event } = entry;
		const room = orSomeChat(this.props.name);
		const told = event.type === "chat.posted" || event.type === "flag.raised" ? null : tellInStream(event);
		const body =
			told === null ? (
				<Said event={event as Of<"chat.posted">} room={room} picture={picture} flag={flag} />
			) : (
				<>
					<span class="ev-i">
						<Icon of={told.icon} class={`i-16 ${told.flip ? "i-flip" : ""}`} />
					</span>
					<div>
						<Say
							k={told.key}
							parts={{ room: <b>{room}</b>, name: <b>{told.name}</b>, topics: told.more, more: told.more }}
						/>
					</div>
				</>
			);
		const line = (
			<>
				{body}
				<time class="num" dateTime={new Date(event.at_ms).toISOString()}>
					{exact(event.at_ms)}
				</time>
			</>
		);
		return (
			<li class={told?.tone ? `ev--${told.tone}` : undefined}>
				{entry.missing ? <p class="ev-gap">{t("stream.missing")}</p> : null}
				{"room" in event && event.room !== undefined ? (
					<button type="button" class="ev" onClick={() => read(event.room as number)}>
						{line}
					</button>
				) : (
					<div class="ev">{line}</div>
				)}
			</li>
		);
	}
}
