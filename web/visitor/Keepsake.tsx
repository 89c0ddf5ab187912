/* The offer of the words to come back, after the first message and again at the end. */

import { Icon } from "../lib/Icon";
import { iconKey } from "../lib/icons";
import { useUi } from "./ui";

export function Keepsake() {
	const { t, actions } = useUi();
	return (
		<div class="keepsake">
			<Icon of={iconKey} />
			<div>
				<b>{t("wantBack")}</b>
				<span>{t("keepFour")}</span>
			</div>
			<button type="button" class="btn btn--sm btn--pine-soft w-44" onClick={() => actions.go("words")}>
				{t("showWords")}
			</button>
		</div>
	);
}
