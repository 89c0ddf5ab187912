/* Opens what another holder agreed to, with the own password. */

import { useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { iconUnlock } from "../lib/icons";
import type { Opening } from "../lib/protocol";
import { DialogActs, Said } from "./DialogActs";
import { PasswordLine } from "./PasswordLine";
import { t } from "./say";
import { useAsk } from "./useAsk";
import type { View } from "./views";

export function OpenDialog(view: View & { one: Opening }) {
	const { state, actions, one } = view;
	const [password, setPassword] = useState("");
	const { busy, said, run } = useAsk(view);
	const close = (): void => actions.dialog(null);
	const n = Math.round((state.escrow?.open_s ?? 1800) / 60);
	const open = async (): Promise<void> => {
		const wrong = (code: string | undefined, text: string): string =>
			code === "wrong_password" ? t("find.password.wrong") : text;
		const answer = await run({ type: "identity.open", opening: one.opening, password }, wrong);
		setPassword("");
		if (answer) {
			close();
			actions.read(one.room, { name: one.name, picture: state.names.get(one.room)?.picture ?? "" });
		}
	};
	return (
		<Dialog
			title={t("opennow.title", { room: one.name })}
			text={one.approved_by === "" ? t("opennow.text.one", { n }) : t("opennow.text", { name: one.approved_by, n })}
			icon={iconUnlock}
			tone="ember"
			onClose={close}
			onSubmit={() => void open()}
			actions={<DialogActs text={t("opennow.do")} tone="ember" busy={busy} onClose={close} />}
		>
			<PasswordLine value={password} set={setPassword} />
			<Said text={said} />
		</Dialog>
	);
}
