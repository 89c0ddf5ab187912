/* Asks to open sealed details: why, what was read or heard, what it shows, the own password. In that
   order, so that nobody opens them in passing. */

import { useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { iconUnlock } from "../lib/icons";
import { IDENTITY_ASK_REASON_MAX_CODE_POINTS, IDENTITY_ASK_REASON_MIN_CODE_POINTS } from "../lib/protocol";
import type { Danger, SealedKind } from "../lib/protocol";
import { codePoints, tidy } from "../lib/text";
import { Area } from "../staff/Field";
import { Options } from "../staff/Options";
import { DialogActs, Said } from "./DialogActs";
import { PasswordLine } from "./PasswordLine";
import { names, t } from "./say";
import { useAsk } from "./useAsk";
import type { View } from "./views";

const dangers: readonly Danger[] = ["self", "harmed", "others", "medical"];
const kinds: readonly SealedKind[] = ["name", "device", "address", "agent", "location", "picture"];

/* What there is to see, in words; not what it says. */
export function sealedKinds(items: readonly { kind: SealedKind }[]): string[] {
	return kinds.filter((kind) => items.some((item) => item.kind === kind)).map((kind) => t(`kind.${kind}`));
}

function Gives({ state, room, two }: View & { room: number; two: boolean }) {
	const told = state.open?.room === room ? state.open.sealed : null;
	const list = sealedKinds(told?.items ?? []);
	const n = Math.round((state.escrow?.open_s ?? 1800) / 60);
	return (
		<div class="gives">
			<h3>{t(two ? "find.sees.two" : "find.sees.one")}</h3>
			<p>{list.length === 0 ? t("ask.see.text", { n }) : t("find.sees.what", { list: names(list), n })}</p>
			<p class="meta">
				{t("find.noname")} {t("find.told")}
			</p>
		</div>
	);
}

export function FindDialog(view: View & { room: number }) {
	const { state, actions, room } = view;
	const [why, setWhy] = useState<Danger | "">("");
	const [reason, setReason] = useState("");
	const [password, setPassword] = useState("");
	const { busy, said, setSaid, run } = useAsk(view);
	const two = state.escrow?.approvals === 2;
	const close = (): void => actions.dialog(null);
	const ask = async (): Promise<void> => {
		const words = tidy(reason);
		if (why === "") {
			setSaid(t("find.why.none"));
			return;
		}
		if (codePoints(words) < IDENTITY_ASK_REASON_MIN_CODE_POINTS) {
			setSaid(t("find.reason.short"));
			return;
		}
		const wrong = (code: string | undefined, text: string): string =>
			code === "wrong_password" ? t("find.password.wrong") : text;
		const answer = await run({ type: "identity.ask", room, why, reason: words, password }, wrong);
		setPassword("");
		if (answer) {
			close();
			actions.read(room);
		}
	};
	return (
		<Dialog
			title={t("find.title")}
			text={t(two ? "find.text.two" : "find.text.one")}
			icon={iconUnlock}
			tone="ember"
			onClose={close}
			onSubmit={() => void ask()}
			actions={<DialogActs text={t(two ? "find.do.two" : "find.do.one")} tone="ember" busy={busy} onClose={close} />}
		>
			<Options
				label={t("find.why")}
				two
				value={why}
				set={setWhy}
				options={dangers.map((one) => ({ value: one, text: t(`danger.${one}`) }))}
			/>
			<Area label={t("find.reason")} value={reason} set={setReason} max={IDENTITY_ASK_REASON_MAX_CODE_POINTS} required />
			<Gives {...view} two={two} />
			<PasswordLine value={password} set={setPassword} />
			<Said text={said} />
		</Dialog>
	);
}
