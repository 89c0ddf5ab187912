/*
 * A picture as it was sent, hidden data and all: asked for with the password again, shown once,
 * and gone with the opening.
 */

import { useEffect, useState } from "preact/hooks";
import { Said } from "./DialogActs";
import { fetchOriginal } from "./download";
import { PasswordLine } from "./PasswordLine";
import { t } from "./say";

export function Original({ opening, picture }: { opening: number; picture: string }) {
	const [asking, setAsking] = useState(false);
	const [busy, setBusy] = useState(false);
	const [password, setPassword] = useState("");
	const [said, setSaid] = useState("");
	const [{ url, name }, setFile] = useState({ url: "", name: "" });
	useEffect(() => () => (url === "" ? undefined : URL.revokeObjectURL(url)), [url]);

	const show = async (): Promise<void> => {
		setBusy(true);
		setSaid("");
		const got = await fetchOriginal(opening, Number(picture), password);
		setPassword("");
		setBusy(false);
		setSaid(got.why);
		setFile(got);
	};

	if (url !== "") {
		return (
			<span class="op-pic">
				<img src={url} alt={t("kind.picture.n", { n: picture })} />
				<a class="btn btn--sm" href={url} download={name}>
					{t("kind.picture.save")}
				</a>
				<span class="meta op-kept">{t("kind.picture.hidden")}</span>
			</span>
		);
	}
	if (!asking) {
		return (
			<>
				{t("kind.picture.n", { n: picture })}
				<button type="button" class="btn btn--sm op-see" onClick={() => setAsking(true)}>
					{t("kind.picture.see")}
				</button>
			</>
		);
	}
	return (
		<form
			class="op-ask"
			onSubmit={(event) => {
				event.preventDefault();
				void show();
			}}
		>
			<PasswordLine value={password} set={setPassword} />
			<button type="submit" class="btn btn--sm btn--ember" disabled={busy}>
				{t("kind.picture.see")}
			</button>
			<Said text={said} />
		</form>
	);
}
