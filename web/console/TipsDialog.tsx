/* The listening tips where the screen has no room for a column. */

import { Dialog } from "../lib/Dialog";
import { iconEar } from "../lib/icons";
import { t } from "../lib/say";
import { Listen } from "./Listen";

export function TipsDialog({ use, onClose }: { use: (text: string) => void; onClose: () => void }) {
	return (
		<Dialog
			title={t("listen.tips")}
			icon={iconEar}
			tone="pine"
			onClose={onClose}
			actions={
				<button type="button" class="btn" onClick={onClose}>
					{t("close")}
				</button>
			}
		>
			<div class="tips">
				<Listen use={use} />
			</div>
		</Dialog>
	);
}
