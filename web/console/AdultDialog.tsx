/* Calls an adult: five plain reasons, a few words if one wants, and whether the visitor is told. */

import { useId, useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { iconHand } from "../lib/icons";
import { t } from "../lib/say";
import type { RequestOf } from "../lib/wire";
import { Switch } from "../staff/Switch";
import { Contacts } from "./Contacts";
import { nobodyReachable } from "./select";
import type { Chat } from "./state";
import type { View } from "./views";

const NOTE_MAX = 500;
const reasons = ["hurt", "hurting", "asked", "worried", "other"] as const;

type Reason = RequestOf<"escalation.raise">["reason"] & (typeof reasons)[number];

interface RadioProps {
	name: string;
	on: boolean;
	set: () => void;
	children: string;
}

function Radio({ name, on, set, children }: RadioProps) {
	return (
		<label class={`opt ${on ? "is-on" : ""}`}>
			<input class="sr" type="radio" name={name} checked={on} autofocus={on} onChange={set} />
			<span class="tick tick--round" />
			<span>{children}</span>
		</label>
	);
}

export interface AdultDialogProps extends View {
	chats: readonly Chat[]; /* about one of these; at least one */
	onClose: () => void;
}

export function AdultDialog({ state, actions, chats, onClose }: AdultDialogProps) {
	const [chosen, setChosen] = useState(chats[0]?.room ?? 0);
	const [reason, setReason] = useState<Reason>("worried");
	const [note, setNote] = useState("");
	const [tell, setTell] = useState(true);
	const id = useId();
	const chat = chats.find((one) => one.room === chosen);
	const offline = state.status !== "online";
	const call = (): void => {
		actions.callAdult(chosen, { reason, tell, ...(note.trim() === "" ? {} : { note: note.trim() }) });
		onClose();
	};
	return (
		<Dialog
			title={t("adult.get")}
			text={t("adult.get.text")}
			icon={iconHand}
			tone="ember"
			onClose={onClose}
			onSubmit={call}
			actions={
				<>
					<button type="button" class="btn btn--quiet" onClick={onClose}>
						{t("adult.not.now")}
					</button>
					<button type="submit" class="btn btn--ember">
						{t("adult.get")}
					</button>
				</>
			}
		>
			{chats.length > 1 ? (
				<fieldset class="opts dlg-field">
					<legend class="label">{t("adult.which")}</legend>
					{chats.map((one) => (
						<Radio key={one.room} name={`${id}-chat`} on={one.room === chosen} set={() => setChosen(one.room)}>
							{one.desk.name}
						</Radio>
					))}
				</fieldset>
			) : null}
			<fieldset class="opts dlg-field">
				<legend class="sr">{t("adult.why")}</legend>
				{reasons.map((one) => (
					<Radio key={one} name={id} on={one === reason} set={() => setReason(one)}>
						{t(`adult.${one}`)}
					</Radio>
				))}
			</fieldset>
			<div class="dlg-field">
				<label class="label" for={`${id}-note`}>
					{t("adult.note")} <span class="meta">{t("adult.note.hint")}</span>
				</label>
				<textarea
					id={`${id}-note`}
					class="field ta"
					dir="auto"
					rows={2}
					maxLength={NOTE_MAX}
					value={note}
					onInput={(event) => setNote(event.currentTarget.value)}
				/>
			</div>
			<Switch on={tell} set={setTell} class="sw sw--wide">
				<b>{t("adult.tell", { name: chat?.desk.name ?? "" })}</b>
				<span class="meta">{t("adult.tell.text")}</span>
			</Switch>
			{offline || nobodyReachable(state) ? (
				<div class="note note--honey unreached" role="alert">
					<p>{t(offline ? "adult.get.offline" : "adult.get.nobody")}</p>
					<Contacts school={state.school} />
				</div>
			) : null}
		</Dialog>
	);
}
