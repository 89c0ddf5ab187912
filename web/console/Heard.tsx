/* "Asked, and heard": each step of the call for an adult, so that nobody wonders whether it worked. */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconCheck, iconClock, iconDown, iconHand } from "../lib/icons";
import { t } from "../lib/say";
import { exact } from "../lib/when";
import type { ChatView } from "./Conv";
import { Contacts } from "./Contacts";
import { callOf, nobodyReachable } from "./select";
import type { Escalation, Pending } from "./state";

const TOLD_SHOWN = 4;

interface Step {
	done: boolean;
	text: string;
	at_ms?: number | undefined;
}

function title(call: Escalation, adult: string | undefined): string {
	const { stage, taken_by, opened_by, handed_to } = call;
	if (stage === "closed") {
		return t("heard.closed");
	}
	if (adult !== undefined) {
		return t("heard.joined", { name: adult });
	}
	if (stage === "handed" && handed_to) {
		return t("heard.handed", { name: handed_to });
	}
	if (taken_by) {
		return t("heard.taken", { name: taken_by });
	}
	if (opened_by) {
		return t("heard.opened", { name: opened_by });
	}
	return t(call.told.some((one) => !one.failed) ? "heard.told" : "heard.raised");
}

function steps(call: Escalation, readers: readonly string[], adult: string | undefined): Step[] {
	const { told, opened_by, opened_ms, taken_by, taken_ms } = call;
	const list: Step[] = told.slice(-TOLD_SHOWN).map(({ channel, who, at_ms, failed }) => {
		const key = failed ? "heard.step.failed" : channel === "screen" ? "heard.step.told" : "heard.step.told.by";
		return { done: !failed, text: t(key, { who, channel: t(`channel.${channel}`) }), at_ms };
	});
	list.push(opened_by || taken_by
		? { done: true, text: t("heard.step.opened", { name: opened_by ?? taken_by ?? "" }), at_ms: opened_ms ?? taken_ms }
		: { done: false, text: t("heard.step.open") });
	const reader = readers.find((name) => name === taken_by || name === opened_by);
	if (reader) {
		list.push({ done: true, text: t("heard.step.reading", { name: reader }) });
	}
	list.push(taken_by
		? { done: true, text: t("heard.step.taken", { name: taken_by }), at_ms: taken_ms }
		: { done: false, text: t("heard.step.take") });
	list.push(adult
		? { done: true, text: t("heard.step.joined", { name: adult }) }
		: { done: false, text: t("heard.step.join") });
	return list;
}

function ago(ms: number): string {
	const s = Math.max(0, Math.floor(ms / 1000));
	return s < 60 ? t("heard.s", { n: s }) : t("heard.min", { n: Math.floor(s / 60) });
}

function asked(call: Escalation, me: string): "heard.ago" | "heard.ago.visitor" | "heard.ago.other" {
	return call.source === "visitor" ? "heard.ago.visitor" : call.by === me ? "heard.ago" : "heard.ago.other";
}

function Unsent({ view, call }: { view: ChatView; call: Pending }) {
	const { state } = view;
	const online = state.status === "online";
	return (
		<section class="heard" aria-label={t("heard")}>
			<div class="heard-h" role="status">
				<Icon of={iconHand} />
				<div>
					<h2>{t(call.failed ? "heard.failed" : online ? "heard.sending" : "heard.unsent")}</h2>
					{online || call.failed ? null : <p>{t("heard.unsent.text")}</p>}
				</div>
			</div>
			{online && !call.failed ? null : <Contacts school={state.school} />}
		</section>
	);
}

export function Heard(view: ChatView) {
	const { state, now, actions, chat } = view;
	const [folded, setFolded] = useState(false);
	const pending = state.calling.find((one) => one.room === chat.room);
	const call = callOf(state, chat.room);
	if (pending) {
		return <Unsent view={view} call={pending} />;
	}
	if (!call || chat.ended) {
		return null;
	}
	const adult = chat.state?.adult_name;
	const open = call.stage !== "closed";
	const unheard = open && !call.taken_by && !call.opened_by && adult === undefined;
	const server_ms = now + state.skew_ms;
	return (
		<section class="heard" aria-label={t("heard")}>
			<div class="heard-h">
				<Icon of={open ? iconHand : iconCheck} />
				<div>
					<div role="status">
						<h2>{title(call, adult)}</h2>
					</div>
					<p class="num">{t(asked(call, state.me?.name ?? ""), { time: ago(server_ms - call.at_ms) })}</p>
				</div>
				<button
					type="button"
					class="icb icb--sm"
					aria-expanded={!folded}
					aria-label={t(folded ? "heard.unfold" : "heard.fold")}
					onClick={() => setFolded(!folded)}
				>
					<Icon of={iconDown} class={folded ? "" : "i-up"} />
				</button>
			</div>
			{folded ? null : (
				<>
					<ol class="steps">
						{steps(call, chat.state?.readers ?? [], adult).map(({ done, text, at_ms }, i) => (
							<li key={i} class={done ? "is-done" : ""}>
								<Icon of={done ? iconCheck : iconClock} class="i-16" />
								<span>
									{text}
									<span class="sr">{t(done ? "heard.done" : "heard.yet")}</span>
								</span>
								{at_ms === undefined ? null : <span class="meta num">{exact(at_ms)}</span>}
							</li>
						))}
					</ol>
					{unheard && call.next_ms !== undefined ? (
						<p class="num">
							{call.next_who === undefined
								? t("heard.next.again", { time: exact(call.next_ms) })
								: t("heard.next", { who: call.next_who, time: exact(call.next_ms) })}
						</p>
					) : null}
					{unheard && nobodyReachable(state) ? (
						<div class="unreached" role="alert">
							<p>{t("heard.nobody")}</p>
							<Contacts school={state.school} />
						</div>
					) : null}
					{open ? (
						<>
							<p>{t("heard.right")}</p>
							<div class="heard-acts">
								{(["heard.use.1", "heard.use.2"] as const).map((key) => (
									<button key={key} type="button" class="chip chip--sm" onClick={() => actions.use(chat.room, t(key))}>
										{t(key)}
									</button>
								))}
								{adult === undefined || chat.state?.peer_name === undefined ? null : (
									<button type="button" class="btn btn--sm btn--quiet" onClick={() => actions.release(chat.room)}>
										{t("heard.away", { name: adult })}
									</button>
								)}
							</div>
						</>
					) : null}
				</>
			)}
		</section>
	);
}
