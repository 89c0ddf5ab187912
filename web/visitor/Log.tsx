/*
 * What was said. A log that assistive technology reads as it grows, never whole again: every line
 * keeps its element from "waiting" to "seen". The list lies in a reversed column, so that it stays
 * at its end without a script, and a reader who has scrolled up keeps the place.
 */

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { dayName, daysBetween } from "../lib/i18n";
import { iconAlert, iconCheck, iconChecks, iconClock, iconDown } from "../lib/icons";
import { Picture } from "../lib/Picture";
import { type Item, type MessageItem, type NoteItem, type PictureItem, items } from "../lib/roomitems";
import { hasEarlier } from "../lib/roomlog";
import { AdultToken } from "../lib/Token";
import type { Code, RoomEvent } from "../lib/wire";
import type { Key } from "../i18n/en";
import { type Visitor, place } from "./state";
import { type Ui, useUi } from "./ui";

const self = { who: "visitor", name: "" } as const;

export interface LogProps {
	state: Visitor;
	onChange: (id: string) => void; /* takes a refused message back to be changed */
	tail?: ComponentChildren; /* behind the messages: what is on its way */
	lead?: ComponentChildren; /* before the messages, and scrolling with them */
}

export function Log({ state, onChange, lead, tail }: LogProps) {
	const ui = useUi();
	const { t, actions } = ui;
	const [away, setAway] = useState(false); /* from the end */
	const list = items(state.log, { self, seen: state.state?.peer_seen ?? 0 });
	const lastSaid = [...list].reverse().find((item): item is MessageItem | PictureItem => (item.kind === "message" || item.kind === "picture") && item.mine);
	const { peer_typing, adult_typing } = state.state ?? {};
	const typing = (peer_typing || adult_typing) && place(state) === "live" && state.status === "online";
	const scroller = useRef<HTMLDivElement>(null);
	return (
		<div
			class="w-body w-log"
			ref={scroller}
			onScroll={(event) => setAway(event.currentTarget.scrollTop < -80)}
		>
			{away && (
				<button type="button" class="btn btn--sm btn--line w-44 to-end" onClick={() => scroller.current?.scrollTo({ top: 0 })}>
					<Icon of={iconDown} class="i-16" />
					{t("newMessage")}
				</button>
			)}
			<div class="log w-log-all">
				{lead}
				{hasEarlier(state.log) && (
					<button type="button" class="btn btn--sm btn--quiet w-44" onClick={actions.earlier}>
						{t("earlier")}
					</button>
				)}
				<div class="w-log-said" role="log" aria-label={t("messages")} tabIndex={0}>
					<ol class="log">
						{list.map((item) => (
							<Line key={item.key} item={item} state={state} last={item === lastSaid} onChange={onChange} />
						))}
						{tail}
					</ol>
				</div>
				{typing && (
					<div class={adult_typing ? "msg msg--adult first last" : "msg first last"} aria-hidden="true">
						<div class="bub">
							<span class="dots">
								<i />
								<i />
								<i />
							</span>
						</div>
					</div>
				)}
			</div>
		</div>
	);
}

interface LineProps {
	item: Item;
	state: Visitor;
	last: boolean; /* the newest own message: the one whose state is of interest */
	onChange: (id: string) => void;
}

function Line({ item, state, last, onChange }: LineProps) {
	const ui = useUi();
	switch (item.kind) {
		case "day":
			return <li class="sep">{timeLine(item.at_ms, ui)}</li>;
		case "note": {
			if (item.event.type === "room.joined" && item.event.who === "counselor") {
				return <AdultJoined name={item.event.name} ui={ui} />;
			}
			const text = noteText(item, ui, state.log.events);
			return text ? <li class="sys">{text}</li> : null;
		}
		case "picture":
			return <Pictured item={item} state={state} last={last} onChange={onChange} />;
		case "message":
			return <Message item={item} state={state} last={last} onChange={onChange} />;
	}
}

function Pictured({ item, state, last, onChange }: LineProps & { item: PictureItem }) {
	const { t, actions } = useUi();
	const { mine, who, first, name } = item;
	const words = {
		alt: mine ? t("pictureYours") : t("pictureFrom", { name }),
		show: t("pictureShow"), open: t("pictureOpen"), close: t("pictureClose"), failed: t("pictureFailed"), again: t("tryAgain"),
	};
	const side = mine ? "msg--you" : who === "counselor" ? "msg--adult" : "";
	return (
		<li class={`msg ${side} ${first ? "first" : ""} ${item.last ? "last" : ""}`}>
			{who === "counselor" && first && <span class="who who--adult">{name}</span>}
			<Picture event={item.event} blurred={false} words={words} headers={actions.bearer} />
			{mine && last && <Fate item={item} state={state} onChange={onChange} />}
		</li>
	);
}

function Message({ item, state, last, onChange }: LineProps & { item: MessageItem }) {
	const { mine, who, first, body } = item;
	const waits = item.state === "waiting" || item.state === "failed";
	const side = mine ? "msg--you" : who === "counselor" ? "msg--adult" : "";
	const run = `${first ? "first" : ""} ${item.last ? "last" : ""}`;
	return (
		<li class={`msg ${side} ${run} ${waits ? "msg--wait" : ""}`}>
			{who === "counselor" && first && <span class="who who--adult">{item.name}</span>}
			<div class="bub" dir="auto">
				{body}
			</div>
			{mine && (last || waits) && <Fate item={item} state={state} onChange={onChange} />}
		</li>
	);
}

/* Where an own message is: waiting, sent (on disk), seen, or not sent and why. */
function Fate({ item, state, onChange }: Omit<LineProps, "last" | "item"> & { item: MessageItem | PictureItem }) {
	const { t, actions } = useUi();
	if (item.kind === "message" && item.state === "failed") {
		const why = whyFailed(item.failed);
		return (
			<span class="state state--fail">
				<Icon of={iconAlert} />
				{t("stateFailed")}
				{why && `. ${t(why)}`}
				<button type="button" class="w-inline" onClick={() => (why ? onChange(item.id) : actions.again(item.id))}>
					{t(why ? "change" : "tryAgain")}
				</button>
			</span>
		);
	}
	const waits = place(state) === "waiting";
	const [of, key]: [string, Key] =
		item.state === "waiting"
			? [iconClock, state.status === "offline" ? "stateWaitingOffline" : "stateWaiting"]
			: item.state === "seen"
				? [iconChecks, "stateSeen"]
				: [iconCheck, waits ? "stateSentWait" : "stateSent"];
	return (
		<span class={item.state === "seen" ? "state state--seen" : "state"}>
			<Icon of={of} />
			{t(key)}
		</span>
	);
}

/* Refusals that the same words would meet again. */
function whyFailed(code: Code | undefined): Key | undefined {
	const reasons: Partial<Record<Code, Key>> = {
		codename_inside: "whyWords",
		out_of_range: "whyLong",
		bad_text: "whyLong",
		room_ended: "whyEnded",
		blocked: "whyPaused",
		stale_id: "whyOld",
	};
	return code && reasons[code];
}

function timeLine(at_ms: number, { t, format, now }: Ui): string {
	const day = daysBetween(at_ms, now) === 0 ? t("today") : capital(dayName(at_ms, now, format));
	return `${day}, ${format.time(at_ms)}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/* What happened between the messages, as far as it concerns the visitor. */
function noteText({ event }: NoteItem, { t }: Ui, events: readonly RoomEvent[]): string {
	switch (event.type) {
		case "room.joined":
			return t(event.handed ? "noteHanded" : "noteJoined", { name: event.name });
		case "room.left":
			return t("noteLeft", { name: event.name });
		case "room.requeued":
			return t(adultAt(events, event.n) ? "noteGoneStays" : "noteGone", { name: event.name });
		case "room.mailboxed":
			return t(event.to === "counselor" ? "noteKeptCounselor" : "noteKept");
		case "room.returned":
			return t("noteReturned");
		case "room.ended":
			return t("noteEnded");
		case "room.opened":
			return "";
	}
}


/* A counselor is in the room when this happens: nobody needs to be found. */
function adultAt(events: readonly RoomEvent[], n: number): boolean {
	const last = events.filter((event) => event.n < n).reverse().find((event) =>
		event.type === "room.left" || (event.type === "room.joined" && event.who === "counselor"));
	return last?.type === "room.joined";
}

/* Out loud, in their own colour and in words. */
function AdultJoined({ name, ui: { t } }: { name: string; ui: Ui }) {
	return (
		<li class="w-joined">
			<AdultToken name={name} />
			<p>
				<b>{t("adultJoined", { name })}</b>
				<span>{t("adultIs")}</span>
			</p>
		</li>
	);
}
