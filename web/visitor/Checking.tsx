/* A sum is being done that the server asked for: what happens, and the way out. */

import type { Visitor } from "./state";
import { useUi } from "./ui";

export function Checking({ state }: { state: Visitor }) {
	const { t } = useUi();
	return (
		<div role="status">
			{state.stop && (
				<p class="note note--pine w-checking">
					<span class="w-spin" aria-hidden="true" />
					<span>
						<b>{t("checking")}</b> {t("checkingWhy")}
					</span>
					<button type="button" class="w-inline" onClick={state.stop}>
						{t("pictureCancel")}
					</button>
				</p>
			)}
		</div>
	);
}
