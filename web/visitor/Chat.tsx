/*
 * The room: waiting, live, kept for later, or read again after the end. One screen, so that what is
 * being written stays under the fingers when the phase changes.
 */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { dayName } from "../lib/i18n";
import { Mark } from "../lib/Mark";
import { AdultToken, Token } from "../lib/Token";
import { iconInfo, iconKey, iconUnlock } from "../lib/icons";
import { capital } from "../lib/text";
import { Checking } from "./Checking";
import { Compose } from "./Compose";
import { Frame, StorageNote } from "./Frame";
import { Keepsake } from "./Keepsake";
import { Log } from "./Log";
import { MoreMenu } from "./MoreMenu";
import { NeedLine, Unwatched } from "./Need";
import { Paused, mayWrite, pausedUntil } from "./Paused";
import { usePictureSending } from "./Pictures";
import { Refused, WaitCode } from "./SchoolCode";
import { type Place, type Visitor, hasSpoken, place } from "./state";
import { type Ui, useUi } from "./ui";
import { Breath, WaitActions } from "./Wait";

const SHIFT_NEAR_MS = 5 * 60 * 1000;

export function Chat({ state }: { state: Visitor }) {
	const ui = useUi();
	const { actions } = ui;
	const [menu, setMenu] = useState(false);
	const [code, setCode] = useState("");
	const [text, setText] = useState(() => actions.draft("draft"));
	const at = place(state);
	const reading = at === "ended";
	const silent = reading || !mayWrite(state, ui.now);
	const offerWords = !reading && state.words === "" && !state.state?.has_codename && hasSpoken(state);

	const pictures = usePictureSending(state);

	const write = (next: string): void => {
		setText(next);
		actions.keepDraft("draft", next);
	};

	return (
		<Frame state={state} {...head(state, at, ui)} {...(reading && { onBack: () => actions.go(undefined) })} reads="canReadChat">
			<Log state={state} tail={pictures.tail} onChange={(id) => write(actions.takeBack(id))} lead={at === "waiting" && <Breath state={state} />} />
			<div class="w-under">
				{at === "waiting" && <StorageNote state={state} />}
				<ShiftEnd state={state} />
				<Revealed state={state} />
				<Checking state={state} />
				<Refused state={state} plain="notNow" />
				<WaitCode state={state} code={code} set={setCode} />
				<Paused state={state} />
				{offerWords && <Keepsake />}
				{!reading && <Unwatched state={state} />}
				{(!reading || pausedUntil(state, ui.now) > 0) && <NeedLine state={state} />}
				{at === "waiting" && !state.stop && <WaitActions state={state} />}
				{at === "mailbox" && <MailboxActions state={state} />}
				{pictures.preview}
				{menu && <MoreMenu state={state} onClose={() => setMenu(false)} />}
			</div>
			{!silent && <Compose state={state} text={text} onText={write} menu={menu} onMenu={() => setMenu(!menu)} picture={pictures.button} />}
		</Frame>
	);
}

/* Who is at the other end, and how they are there. */
function head(state: Visitor, at: Place, { t }: Ui) {
	const room = state.state;
	if (at === "waiting") {
		return { title: t("finding"), hint: t("rightPlace"), picture: <Mark /> };
	}
	if (at === "mailbox") {
		const to = room?.to ?? state.wanted?.to;
		return { title: t("kept"), hint: t(to === "counselor" ? "keptCounselor" : "keptPeer"), picture: <Mark /> };
	}
	if (at === "ended") {
		return { title: t("ended"), hint: "" };
	}
	const online = state.status === "online";
	const here = online && room?.peer_here;
	const adult = room?.adult_name;
	if (adult !== undefined) {
		const both = room?.peer_name !== undefined;
		const hint = !online ? "youOffline" : !room?.adult_here ? "adultIsAway" : both && here ? "bothHere" : "adultIsHere";
		return {
			title: both ? t("peerAndAdult", { name: room?.peer_name ?? "", adult }) : adult,
			hint: t(hint),
			picture: <AdultToken name={adult} class={online && room?.adult_here ? "here" : "here away"} />,
		};
	}
	return {
		title: room?.peer_name ?? t("name"),
		hint: t(state.status !== "online" ? "youOffline" : here ? "peerIsHere" : "peerIsAway"),
		picture: <Token picture={room?.peer_picture ?? ""} class={here ? "here" : "here away"} />,
	};
}

function MailboxActions({ state }: { state: Visitor }) {
	const { t, actions } = useUi();
	return state.school?.open && state.state?.to !== "counselor" ? (
		<div class="w-two">
			<button type="button" class="btn btn--sm btn--pine-soft w-44" onClick={() => void actions.wait()}>
				{t("waitNow")}
			</button>
			<button type="button" class="btn btn--sm btn--quiet w-44" onClick={() => actions.go("words")}>
				<Icon of={iconKey} class="i-18" />
				{t("comeBackLater")}
			</button>
		</div>
	) : null;
}

/* Said on every return: it is the visitor's right to know. */
function Revealed({ state }: { state: Visitor }) {
	const { t, format, now } = useUi();
	const [known, setKnown] = useState(false);
	const at_ms = state.state?.revealed_ms;
	return at_ms === undefined || known ? null : (
		<p class="note note--dusk" role="status">
			<Icon of={iconUnlock} />
			<span>{capital(t("revealed", { day: dayName(at_ms, now, format), time: format.time(at_ms) }))}</span>
			<button type="button" class="w-inline" onClick={() => setKnown(true)}>
				{t("understood")}
			</button>
		</p>
	);
}

/* A shift that ends soon is said before it does. */
function ShiftEnd({ state }: { state: Visitor }) {
	const { t, format, now } = useUi();
	const { peer_until_ms: until, peer_name: name } = state.state ?? {};
	if (until === undefined || name === undefined || until - now > SHIFT_NEAR_MS || place(state) !== "live") {
		return null;
	}
	return (
		<p class="note">
			<Icon of={iconInfo} />
			<span>{t("shiftEnds", { name, time: format.time(until) })}</span>
		</p>
	);
}
