/* On a phone, under the list: an adult is one tap away there too. */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconHand } from "../lib/icons";
import { t } from "../lib/say";
import { AdultDialog } from "./AdultDialog";
import { chats } from "./select";
import type { View } from "./views";

export function AdultBar(view: View) {
	const [asking, setAsking] = useState(false);
	const open = chats(view.state).filter((chat) => !chat.ended);
	return open.length === 0 ? null : (
		<div class="adult-bar">
			<button type="button" class="btn btn--ember-soft btn--wide" onClick={() => setAsking(true)}>
				<Icon of={iconHand} class="i-18" />
				{t("adult.get")}
			</button>
			{asking ? <AdultDialog {...view} chats={open} onClose={() => setAsking(false)} /> : null}
		</div>
	);
}
