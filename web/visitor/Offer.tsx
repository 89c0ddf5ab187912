/*
 * Who one is and where: only for those who want to say it. What is given is sealed at once; a
 * counselor can open it only when somebody may be in danger, and the visitor is told.
 */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconLock } from "../lib/icons";
import { useUi } from "./ui";

const NAME_MAX = 80;
const LOCATE_MS = 20000;

function locate(): Promise<string> {
	return new Promise((resolve, reject) => {
		navigator.geolocation.getCurrentPosition(
			({ coords: { latitude, longitude, accuracy } }) =>
				resolve(`${latitude.toFixed(5)}, ${longitude.toFixed(5)} (${Math.round(accuracy)} m)`),
			reject,
			{ enableHighAccuracy: true, timeout: LOCATE_MS },
		);
	});
}

export function Offer() {
	const { t, actions } = useUi();
	const [name, setName] = useState("");
	const [said, setSaid] = useState<"" | "offerKept" | "offerFailed" | "offerNowhere" | "offerLooking">("");
	const offer = async (what: { name?: string; location?: string }): Promise<void> => {
		const kept = await actions.offer(what);
		setSaid(kept ? "offerKept" : "offerFailed");
		if (kept && what.name) {
			setName("");
		}
	};
	const share = async (): Promise<void> => {
		setSaid("offerLooking");
		try {
			await offer({ location: await locate() });
		} catch {
			setSaid("offerNowhere");
		}
	};
	return (
		<details class="w-offer">
			<summary>{t("offer")}</summary>
			<p class="hint">{t("offerWhy")}</p>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void offer({ name: name.trim() });
				}}
			>
				<label class="label" for="offer-name">
					{t("offerName")}
				</label>
				<input
					id="offer-name"
					class="field"
					dir="auto"
					autocomplete="off"
					maxLength={NAME_MAX}
					value={name}
					onInput={(event) => setName(event.currentTarget.value)}
				/>
				<div class="w-two">
					<button type="submit" class="btn btn--sm btn--line w-44" disabled={name.trim() === ""}>
						<Icon of={iconLock} class="i-16" />
						{t("offerSeal")}
					</button>
					{"geolocation" in navigator && (
						<button type="button" class="btn btn--sm btn--quiet w-44" onClick={() => void share()}>
							{t("offerPlace")}
						</button>
					)}
				</div>
			</form>
			<p class="hint" role="status">
				{said && t(said)}
			</p>
		</details>
	);
}
