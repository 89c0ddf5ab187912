/* Hands a chat to a colleague, who is asked first, or gives it back to the queue. */

import { useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { Icon } from "../lib/Icon";
import { iconPeople, iconSwap } from "../lib/icons";
import { t } from "../lib/say";
import { Token } from "../lib/Token";
import type { ChatView } from "./Conv";
import type { Colleague } from "./state";

const QUEUE = 0; /* no account has this number */

function Load({ load, cap }: { load: number; cap: number }) {
	const dots = Array.from({ length: Math.min(cap, 6) }, (_, i) => i < load);
	return (
		<span class="load" role="img" aria-label={t("hand.load", { load, cap })}>
			{dots.map((full, i) => (
				<i key={i} class={full ? "f" : ""} />
			))}
		</span>
	);
}

function about(peer: Colleague): string {
	if (!peer.here) {
		return t("hand.away");
	}
	if (peer.free) {
		return t("hand.load", { load: peer.load, cap: peer.cap });
	}
	return peer.load >= peer.cap ? t("hand.full") : t("hand.paused");
}

export function HandDialog({ state, chat, actions, onClose }: ChatView & { onClose: () => void }) {
	const peers = (state.desk?.peers ?? []).filter((peer) => peer.account !== state.me?.account);
	const [chosen, setChosen] = useState(peers.find((peer) => peer.here && peer.free)?.account ?? QUEUE);
	const colleague = peers.find((peer) => peer.account === chosen);

	const hand = (): void => {
		if (colleague) {
			actions.hand(chat.room, colleague.account);
		} else {
			actions.release(chat.room);
		}
		onClose();
	};
	const radio = (account: number, disabled: boolean) => (
		<>
			<input
				class="sr"
				type="radio"
				name="hand"
				checked={chosen === account}
				disabled={disabled}
				onChange={() => setChosen(account)}
			/>
			<span class="tick tick--round" />
		</>
	);
	return (
		<Dialog
			title={t("hand.title", { name: chat.desk.name })}
			text={t("hand.text")}
			icon={iconSwap}
			onClose={onClose}
			onSubmit={hand}
			actions={
				<>
					<button type="button" class="btn btn--quiet" onClick={onClose}>
						{t("cancel")}
					</button>
					<button type="submit" class="btn btn--pine" disabled={state.status !== "online"}>
						{colleague ? t("hand.ask", { name: colleague.name }) : t("hand.release")}
					</button>
				</>
			}
		>
			<fieldset class="opts">
				<legend class="sr">{t("hand.who")}</legend>
				{peers.map((peer) => {
					const off = !peer.here || !peer.free;
					const kind = `${chosen === peer.account ? "is-on" : ""} ${off ? "is-off" : ""}`;
					return (
						<label key={peer.account} class={`opt person ${kind}`}>
							{radio(peer.account, off)}
							<Token picture={peer.picture} class={peer.here ? "here" : "here away"} />
							<span class="person-t">
								<b>{peer.name}</b>
								<span>{about(peer)}</span>
							</span>
							{peer.here ? <Load load={peer.load} cap={peer.cap} /> : null}
						</label>
					);
				})}
				<label class={`opt person ${chosen === QUEUE ? "is-on" : ""}`}>
					{radio(QUEUE, false)}
					<span class="tok tok--stone">
						<Icon of={iconPeople} class="i-18" />
					</span>
					<span class="person-t">
						<b>{t("hand.queue")}</b>
						<span>{t("hand.queue.text")}</span>
					</span>
				</label>
			</fieldset>
		</Dialog>
	);
}
