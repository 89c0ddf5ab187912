/* The second holder: sees the reason, can read the chat first, can say no. */

import { useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { Icon } from "../lib/Icon";
import { iconEye, iconPeople } from "../lib/icons";
import type { Opening } from "../lib/protocol";
import { Said } from "./DialogActs";
import { PasswordLine } from "./PasswordLine";
import { t } from "./say";
import { useAsk } from "./useAsk";
import type { View } from "./views";

export function ApproveDialog(view: View & { one: Opening }) {
	const { state, actions, one } = view;
	const [password, setPassword] = useState("");
	const { busy, said, run } = useAsk(view);
	const close = (): void => actions.dialog(null);
	const n = Math.round((state.escrow?.open_s ?? 1800) / 60);
	const answer = async (yes: boolean): Promise<void> => {
		const { opening } = one;
		const why = (code: string | undefined, text: string): string =>
			code === "wrong_password" ? t("find.password.wrong") : code === "no_such" ? t("ask.gone") : text;
		const asked = yes
			? ({ type: "identity.approve", opening, password } as const)
			: ({ type: "identity.decline", opening } as const);
		const got = await run(asked, why);
		setPassword("");
		if (got) {
			close();
		}
	};
	const readFirst = (): void => {
		close();
		actions.read(one.room, { name: one.name, picture: state.names.get(one.room)?.picture ?? "" });
	};
	return (
		<Dialog
			title={t("ask.title", { name: one.by_name })}
			text={t("ask.text", { room: one.name })}
			icon={iconPeople}
			tone="dusk"
			onClose={close}
			onSubmit={() => void answer(true)}
			actions={
				<>
					<button type="button" class="btn btn--quiet" disabled={busy} onClick={() => void answer(false)}>
						{t("ask.no")}
					</button>
					<button type="submit" class="btn btn--dusk" disabled={busy || password === ""}>
						{t("ask.yes")}
					</button>
				</>
			}
		>
			<dl class="why">
				<div>
					<dt>{t("ask.why")}</dt>
					<dd>{t(`danger.${one.why}`)}</dd>
				</div>
				<div>
					<dt>{t("ask.wrote")}</dt>
					<dd dir="auto">{one.reason}</dd>
				</div>
				<div>
					<dt>{t("ask.see")}</dt>
					<dd>{t("ask.see.text", { n })}</dd>
				</div>
			</dl>
			<button type="button" class="btn btn--sm btn--quiet readit" onClick={readFirst}>
				<Icon of={iconEye} class="i-18" />
				{t("ask.read")}
			</button>
			<PasswordLine value={password} set={setPassword} required={false} />
			<Said text={said} />
		</Dialog>
	);
}
