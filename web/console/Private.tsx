/* A private note from a counselor, in the log where it came, in the counselors' colour. */

import { Icon } from "../lib/Icon";
import { iconClose, iconLock } from "../lib/icons";
import { t } from "../lib/say";
import { AdultToken } from "../lib/Token";
import type { Note } from "./state";

export function Private({ note, onDismiss }: { note: Note; onDismiss: () => void }) {
	return (
		<li class="private">
			<AdultToken name={note.from} class="tok-sm" />
			<div>
				<b>
					{t("private", { name: note.from })} <Icon of={iconLock} class="i-14" />
				</b>
				<p dir="auto">{note.body}</p>
			</div>
			<button type="button" class="icb icb--sm" aria-label={t("private.dismiss")} onClick={onDismiss}>
				<Icon of={iconClose} class="i-16" />
			</button>
		</li>
	);
}
