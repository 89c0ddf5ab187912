/* One sentence that should be read once, and can be put away. */

import type { ComponentChildren } from "preact";
import { Icon } from "../lib/Icon";
import { iconClose, iconInfo } from "../lib/icons";
import { t } from "../lib/say";

export function Notice({ text, onClose }: { text: ComponentChildren; onClose: () => void }) {
	return (
		<div class="band" role="status">
			<Icon of={iconInfo} class="i-18" />
			<p>{text}</p>
			<button type="button" class="icb icb--sm" aria-label={t("dismiss")} onClick={onClose}>
				<Icon of={iconClose} class="i-16" />
			</button>
		</div>
	);
}
