/* Who can open sealed details, what is wrong with that, and who lacks older items. */

import { useState } from "preact/hooks";
import { Dialog } from "../../lib/Dialog";
import { Icon } from "../../lib/Icon";
import { iconAlert, iconKey } from "../../lib/icons";
import type { Holder } from "../../lib/protocol";
import { Fact } from "../../staff/Fact";
import { DialogActs, Said } from "../DialogActs";
import { PasswordLine } from "../PasswordLine";
import { useAsk } from "../useAsk";
import type { View } from "../views";
import { count, t } from "./say";

function GrantDialog({ holder, onClose, ...view }: View & { holder: Holder; onClose: () => void }) {
	const [password, setPassword] = useState("");
	const { busy, said, run } = useAsk(view);
	const grant = async (): Promise<void> => {
		const wrong = (code: string | undefined, text: string): string =>
			code === "wrong_password" ? t("find.password.wrong") : text;
		const answer = await run({ type: "identity.grant", account: holder.account, password }, wrong);
		setPassword("");
		if (answer) {
			onClose();
		}
	};
	const { name } = holder;
	return (
		<Dialog
			title={t("settings.grant.title", { name })}
			text={t("settings.grant.text", { name })}
			icon={iconKey}
			tone="dusk"
			onClose={onClose}
			onSubmit={() => void grant()}
			actions={<DialogActs text={t("settings.grant.do")} busy={busy || password === ""} onClose={onClose} />}
		>
			<PasswordLine value={password} set={setPassword} />
			<Said text={said} />
		</Dialog>
	);
}

export function Holders(view: View) {
	const { escrow, me } = view.state;
	const [granting, setGranting] = useState<Holder | null>(null);
	if (!escrow) {
		return null;
	}
	const n = Math.round(escrow.open_s / 60);
	const people = escrow.holders.filter((one) => one.account !== 0);
	return (
		<section class="card set" aria-labelledby="set-escrow">
			<h2 id="set-escrow">{t("settings.escrow")}</h2>
			<p class="meta">
				{t(escrow.approvals === 2 ? "settings.escrow.two" : "settings.escrow.one")} {t("settings.escrow.for", { n })}
			</p>
			{escrow.warnings.map((warning) => (
				<p class="note note--honey" key={warning}>
					<Icon of={iconAlert} />
					<span>{warning}</span>
				</p>
			))}
			<dl class="facts">
				{people.map((one) => (
					<Fact key={one.account} name={one.name}>
						{one.missing === 0 ? t("settings.holder.all") : count("settings.holder.missing", one.missing)}{" "}
						{one.missing > 0 && one.account !== me?.account ? (
							<button
								type="button"
								class="btn btn--sm"
								aria-label={t("settings.grant.this", { name: one.name })}
								onClick={() => setGranting(one)}
							>
								{t("settings.grant")}
							</button>
						) : null}
					</Fact>
				))}
				<Fact name={t("settings.recovery")}>
					{t(escrow.recovery ? "settings.recovery.yes" : "settings.recovery.no")}
				</Fact>
			</dl>
			{granting ? <GrantDialog {...view} holder={granting} onClose={() => setGranting(null)} /> : null}
		</section>
	);
}
