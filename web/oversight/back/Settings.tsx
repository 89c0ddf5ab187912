/* Where one is reached, who can open sealed details, and what the school has set. */

import { useState } from "preact/hooks";
import { Line } from "../../staff/Field";
import { Said } from "../DialogActs";
import { useAsk } from "../useAsk";
import type { View } from "../views";
import { Holders } from "./Holders";
import { t } from "./say";
import { SchoolSettings } from "./SchoolSettings";
import { Sheet } from "./Sheet";

function Reach(view: View) {
	const [login, setLogin] = useState("");
	const [mail, setMail] = useState("");
	const [ntfy, setNtfy] = useState("");
	const [done, setDone] = useState(false);
	const { busy, said, run } = useAsk(view);
	const save = async (): Promise<void> => {
		setDone(false);
		const asked = { type: "account.reach", login: login.trim(), mail: mail.trim(), ntfy: ntfy.trim() } as const;
		setDone((await run(asked)) !== undefined);
	};
	return (
		<section class="card set" aria-labelledby="set-reach">
			<h2 id="set-reach">{t("settings.reach")}</h2>
			<p class="meta">{t("settings.reach.text")}</p>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void save();
				}}
			>
				<Line label={t("settings.reach.login")} autocomplete="username" value={login} set={setLogin} max={40} required />
				<Line
					label={t("settings.reach.mail")}
					hint={t("settings.reach.mail.hint")}
					type="email"
					autocomplete="email"
					value={mail}
					set={setMail}
				/>
				<Line label={t("settings.reach.ntfy")} hint={t("settings.reach.ntfy.hint")} value={ntfy} set={setNtfy} />
				<button type="submit" class="btn btn--sm btn--dusk-soft" disabled={busy || login.trim() === ""}>
					{t("settings.reach.save")}
				</button>
				<p role="status">{done ? t("settings.saved") : ""}</p>
				<Said text={said} />
			</form>
		</section>
	);
}

export function Settings(view: View) {
	return (
		<Sheet title={t("settings.title")}>
			<div class="sets">
				<Reach {...view} />
				<Holders {...view} />
				<SchoolSettings {...view} />
			</div>
		</Sheet>
	);
}
