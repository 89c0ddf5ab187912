/* Asks once before every browser of this account is signed out. */

import { useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { iconExit } from "../lib/icons";
import { t } from "../lib/say";

export interface SignOutAllProps {
	signOut: () => Promise<string>;
	onClose: () => void;
}

export function SignOutAll({ signOut, onClose }: SignOutAllProps) {
	const [said, setSaid] = useState("");
	return (
		<Dialog
			title={t("out.all.title")}
			text={t("out.all.text")}
			icon={iconExit}
			onClose={onClose}
			actions={
				<>
					<button type="button" class="btn btn--quiet" onClick={onClose}>
						{t("cancel")}
					</button>
					<button type="button" class="btn btn--pine" onClick={() => void signOut().then(setSaid)}>
						{t("menu.out.all")}
					</button>
				</>
			}
		>
			<p class="dlg-said" role="alert">
				{said}
			</p>
		</Dialog>
	);
}
