/* What was said, oldest first, with what happened in between and where each own message is. */

import { Fragment } from "preact";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Bubble } from "../lib/Bubble";
import { useFollow } from "../lib/follow";
import { Icon } from "../lib/Icon";
import { Picture } from "../lib/Picture";
import { iconAlert, iconCheck, iconChecks, iconChat, iconClock, iconDown } from "../lib/icons";
import { items } from "../lib/roomitems";
import type { Item, MessageItem, PictureItem } from "../lib/roomitems";
import { hasEarlier } from "../lib/roomlog";
import { t } from "../lib/say";
import { clock, dayName } from "../lib/when";
import type { ChatView } from "./Conv";
import { Private } from "./Private";
import type { Note } from "./state";
import { happened, whyRefused } from "./words";

function State({ view, item, newest }: { view: ChatView; item: MessageItem | PictureItem; newest: boolean }) {
	const { state, chat, actions } = view;
	if (!item.mine) {
		return null;
	}
	if (item.kind === "message" && item.state === "failed") {
		return (
			<span class="state state--fail">
				<Icon of={iconAlert} />
				{t("conv.state.failed")}. {whyRefused(item.failed)}
				{chat.ended ? null : (
					<button type="button" class="state-b" onClick={() => actions.tryAgain(chat.room, item.id)}>
						{t("conv.again")}
					</button>
				)}
				<button type="button" class="state-b" onClick={() => actions.takeBack(chat.room, item.id)}>
					{t("conv.back")}
				</button>
			</span>
		);
	}
	if (item.state === "waiting") {
		const online = state.status === "online";
		return newest || !online ? (
			<span class="state">
				<Icon of={iconClock} />
				{t(online ? "conv.state.sending" : "conv.state.waiting")}
			</span>
		) : null;
	}
	if (!newest) {
		return null;
	}
	return item.state === "seen" ? (
		<span class="state state--seen">
			<Icon of={iconChecks} />
			{t("conv.state.seen")}
		</span>
	) : (
		<span class="state">
			<Icon of={iconCheck} />
			{t("conv.state.sent")}
		</span>
	);
}

/* What a student sends may be hard to look at: one chooses to. */
function Pictured({ view, item, newest }: { view: ChatView; item: PictureItem; newest: boolean }) {
	const { mine, who, first, last } = item;
	const from = who === "visitor" ? view.chat.desk.name : item.name;
	const words = {
		alt: mine ? t("pic.yours") : t("pic.from", { name: from }),
		show: t("pic.show"), open: t("pic.open"), close: t("pic.close"), failed: t("pic.failed"), again: t("conv.again"),
	};
	const side = mine ? "msg--you" : who === "counselor" ? "msg--adult" : "";
	return (
		<li class={`msg ${side} ${first ? "first" : ""} ${last ? "last" : ""}`}>
			<Picture event={item.event} blurred={!mine} words={words} />
			<State view={view} item={item} newest={newest} />
		</li>
	);
}

function Line({ view, item, newest }: { view: ChatView; item: Item; newest: boolean }) {
	const { state, now } = view;
	if (item.kind === "message") {
		return (
			<Bubble item={item}>
				<State view={view} item={item} newest={newest} />
			</Bubble>
		);
	}
	if (item.kind === "picture") {
		return <Pictured view={view} item={item} newest={newest} />;
	}
	if (item.kind === "day") {
		const day = dayName(item.at_ms, now + state.skew_ms);
		return <li class="sep num">{`${day === "" ? t("today") : day}, ${clock(item.at_ms)}`}</li>;
	}
	return (
		<li class="sys">
			<Icon of={iconChat} class="i-14" />
			{happened(item.event, state.me?.name ?? "")}
		</li>
	);
}

/* The newest of the own messages says where it is; those before it are no further. */
function newestMine(list: readonly Item[], waiting: boolean): string {
	for (let i = list.length - 1; i >= 0; i--) {
		const item = list[i]!;
		if ((item.kind === "message" || item.kind === "picture") && item.mine && (item.state === "waiting") === waiting) {
			return item.key;
		}
	}
	return "";
}

/* The private notes that belong before each item; under the key "" those behind the last one. */
function notesBefore(list: readonly Item[], notes: readonly Note[]): ReadonlyMap<string, Note[]> {
	const found = new Map<string, Note[]>();
	for (const note of notes) {
		const next = list.find((item) => (item.kind === "note" ? item.event.at_ms : item.at_ms) > note.at_ms);
		const key = next?.key ?? "";
		found.set(key, [...(found.get(key) ?? []), note]);
	}
	return found;
}

export function ConvLog({ sending, ...view }: ChatView & { sending: ComponentChildren }) {
	const { state, actions, chat } = view;
	const self = { who: "peer" as const, name: state.me?.name ?? "" };
	const list = items(chat.log, { self, seen: chat.state?.visitor_seen ?? 0 });
	const typing = chat.state?.visitor_typing === true && !chat.ended;
	const adultTyping = chat.state?.adult_typing === true && !chat.ended;
	const shown = chat.notes.filter((note) => !state.dismissed.has(`${chat.room} ${note.id}`));
	const notes = notesBefore(list, shown);
	const privately = (key: string) => (notes.get(key) ?? []).map((note) => (
		<Private key={`${note.from} ${note.id}`} note={note} onDismiss={() => actions.dismissNote(chat.room, note.id)} />
	));
	const newest = shown[shown.length - 1]?.id ?? "";
	const last = `${list[list.length - 1]?.key ?? ""}${typing || adultTyping ? " typing" : ""}${newest}`;
	const mine = newestMine(list, false);
	const waiting = newestMine(list, true);
	const { box, onScroll, atEnd, toEnd } = useFollow(list[0]?.key ?? "", last, waiting || mine);
	useEffect(() => actions.atEnd(chat.room, atEnd), [chat.room, atEnd, actions]);
	const lost = state.status !== "online" && state.lost_ms > 0 && waiting !== "";
	const firstWaiting = list.findIndex((item) => item.kind === "message" && item.state === "waiting");

	return (
		<div class="conv-frame">
			<div
				class="conv-log"
				ref={box}
				onScroll={onScroll}
				role="log"
				tabIndex={0}
				aria-label={t("conv.log")}
			>
				{hasEarlier(chat.log) && !chat.ended ? (
					<button
						type="button"
						class="btn btn--sm btn--quiet btn--wide"
						disabled={chat.asking || state.status !== "online"}
						onClick={() => actions.older(chat.room)}
					>
						{t("conv.older")}
					</button>
				) : null}
				<ol class="log is-dense">
					{list.map((item, i) => (
						<Fragment key={item.key}>
							{privately(item.key)}
							{lost && i === firstWaiting ? (
								<li class="sep num">
									{t("conv.lost.since", { time: clock(state.lost_ms) })}
								</li>
							) : null}
							<Line
								view={view}
								item={item}
								newest={item.key === waiting || (waiting === "" && item.key === mine)}
							/>
						</Fragment>
					))}
					{privately("")}
					{sending}
					{typing || adultTyping ? (
						<li class={`msg first last ${typing ? "" : "msg--adult"}`} aria-hidden="true">
							<span class="bub">
								<span class="dots">
									<i />
									<i />
									<i />
								</span>
							</span>
						</li>
					) : null}
				</ol>
			</div>
			{atEnd ? null : (
				<button type="button" class="btn btn--sm btn--line to-end" onClick={toEnd}>
					<Icon of={iconDown} class="i-16" />
					{t("conv.down")}
				</button>
			)}
		</div>
	);
}
