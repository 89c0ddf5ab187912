/* What the school has set, as text: each saved by itself; only a coordinator may. */

import { useEffect, useState } from "preact/hooks";
import type { Setting } from "../../lib/protocol";
import { Area, Pick } from "../../staff/Field";
import { Said } from "../DialogActs";
import { useAsk } from "../useAsk";
import type { View } from "../views";
import { back } from "../../i18n/back";
import { t } from "./say";
import type { Key } from "./say";

const VALUE_MAX = 8000;

/* A setting we have no words for is called by its key: "case_steps" is "Case steps". */
export function settingName(key: string): string {
	const known = `set.${key}`;
	const plain = key.replace(/[._]/g, " ");
	return known in back ? t(known as Key) : plain.charAt(0).toUpperCase() + plain.slice(1);
}

const switches: ReadonlySet<string> = new Set(["flag_escalates", "codes_required"]);

interface OneProps extends View {
	setting: Setting;
	keeps: boolean;
	saved: (value: string) => void;
}

function One({ setting, keeps, saved, ...view }: OneProps) {
	const [value, setValue] = useState(setting.value);
	const [done, setDone] = useState(false);
	const { busy, said, run } = useAsk(view);
	const name = settingName(setting.key);
	const save = async (): Promise<void> => {
		if (await run({ type: "setting.set", key: setting.key, value })) {
			setDone(true);
			saved(value);
		}
	};
	const rows = Math.min(10, value.split("\n").length);
	const set = (text: string): void => {
		setValue(text);
		setDone(false);
	};
	return (
		<form
			class="set-one"
			onSubmit={(event) => {
				event.preventDefault();
				void save();
			}}
		>
			{switches.has(setting.key) ? (
				<Pick label={name} value={value} set={set} disabled={!keeps} options={[["no", t("set.no")], ["yes", t("set.yes")]]} />
			) : (
				<Area label={name} value={value} rows={rows} max={VALUE_MAX} disabled={!keeps} set={set} />
			)}
			{keeps && value !== setting.value ? (
				<button type="submit" class="btn btn--sm" disabled={busy} aria-label={t("settings.save.this", { name })}>
					{t("save")}
				</button>
			) : null}
			<p role="status" class="meta">
				{done ? t("settings.saved") : ""}
			</p>
			<Said text={said} />
		</form>
	);
}

export function SchoolSettings(view: View) {
	const keeps = view.state.me?.role === "manager";
	const [settings, setSettings] = useState<readonly Setting[]>([]);
	const [why, setWhy] = useState("");
	const online = view.state.status === "online";
	useEffect(() => {
		void view.actions.ask({ type: "setting.get" }).then(({ answer, why: said }) => {
			setWhy(said);
			if (answer?.type === "setting.listed") {
				setSettings(answer.settings);
			}
		});
	}, [online]);
	return (
		<section class="card set set--wide" aria-labelledby="set-school">
			<h2 id="set-school">{t("settings.school")}</h2>
			{keeps ? null : <p class="meta">{t("settings.only")}</p>}
			{why === "" ? null : <p class="note">{t("list.refused", { why })}</p>}
			{settings.map((setting) => (
				<One
					key={setting.key}
					{...view}
					setting={setting}
					keeps={keeps}
					saved={(value) =>
						setSettings((was) => was.map((one) => (one.key === setting.key ? { ...one, value } : one)))
					}
				/>
			))}
		</section>
	);
}
