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

interface WayProps extends View {
	way: "mail" | "ntfy";
}

/* One way, saved by itself: what is set for the other one stays. */
function Way({ way, ...view }: WayProps) {
	const [value, setValue] = useState("");
	const [done, setDone] = useState("");
	const { busy, said, run } = useAsk(view);
	const name = t(`settings.reach.${way}`);
	const save = async (): Promise<void> => {
		const to = value.trim();
		setDone("");
		if (await run({ type: "account.reach", ...(way === "mail" ? { mail: to } : { ntfy: to }) })) {
			setDone(t(to === "" ? `settings.reach.${way}.none` : "settings.reach.saved", { to }));
			setValue("");
		}
	};
	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				void save();
			}}
		>
			<div class="set-way">
				<Line
					label={name}
					type={way === "mail" ? "email" : "text"}
					autocomplete={way === "mail" ? "email" : "off"}
					value={value}
					set={setValue}
				/>
				<button type="submit" class="btn btn--line" disabled={busy} aria-label={t("settings.save.this", { name })}>
					{t("save")}
				</button>
			</div>
			<p class="hint">{t(`settings.reach.${way}.hint`)}</p>
			<p role="status">{done}</p>
			<Said text={said} />
		</form>
	);
}

function Reach(view: View) {
	return (
		<section class="card set" aria-labelledby="set-reach">
			<h2 id="set-reach">{t("settings.reach")}</h2>
			<p class="meta">{t("settings.reach.text")}</p>
			<Way {...view} way="mail" />
			<Way {...view} way="ntfy" />
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
