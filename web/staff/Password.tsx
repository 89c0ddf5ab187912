/* Change the own password. */

import { useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { iconCheck, iconLock } from "../lib/icons";
import { t } from "../lib/say";

export interface PasswordProps {
	change: (old: string, fresh: string) => Promise<string>;
	onClose: () => void;
}

const SHORTEST = 10;

export function Password({ change, onClose }: PasswordProps) {
	const [old, setOld] = useState("");
	const [fresh, setFresh] = useState("");
	const [again, setAgain] = useState("");
	const [said, setSaid] = useState("");
	const [stage, setStage] = useState<"asking" | "busy" | "done">("asking");

	const save = async (): Promise<void> => {
		if ([...fresh].length < SHORTEST) {
			setSaid(t("password.short"));
			return;
		}
		if (fresh !== again) {
			setSaid(t("password.differs"));
			return;
		}
		setStage("busy");
		const why = await change(old, fresh);
		setSaid(why);
		setStage(why === "" ? "done" : "asking");
	};

	if (stage === "done") {
		return (
			<Dialog
				title={t("password.done")}
				icon={iconCheck}
				tone="pine"
				onClose={onClose}
				actions={
					<button type="button" class="btn btn--pine" onClick={onClose}>
						{t("close")}
					</button>
				}
			/>
		);
	}
	const field = (id: string, label: string, value: string, set: (text: string) => void, kind: string) => (
		<div class="dlg-field">
			<label class="label" for={id}>
				{label}
			</label>
			<input
				id={id}
				class="field"
				type="password"
				autocomplete={kind}
				required
				maxLength={200}
				value={value}
				onInput={(event) => set(event.currentTarget.value)}
			/>
		</div>
	);
	return (
		<Dialog
			title={t("password.title")}
			text={t("password.text")}
			icon={iconLock}
			onClose={onClose}
			onSubmit={() => void save()}
			actions={
				<>
					<button type="button" class="btn btn--quiet" onClick={onClose}>
						{t("cancel")}
					</button>
					<button type="submit" class="btn btn--pine" disabled={stage === "busy"}>
						{t("password.save")}
					</button>
				</>
			}
		>
			{field("pw-old", t("password.old"), old, setOld, "current-password")}
			{field("pw-new", t("password.new"), fresh, setFresh, "new-password")}
			<p class="hint">{t("password.hint")}</p>
			{field("pw-again", t("password.again"), again, setAgain, "new-password")}
			<p class="dlg-said" role="alert">
				{said}
			</p>
		</Dialog>
	);
}
