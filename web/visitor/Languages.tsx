/* The choice of language. Each name stands in its own language. */

import { Icon } from "../lib/Icon";
import { iconCheck } from "../lib/icons";
import { Frame } from "./Frame";
import { languageNames } from "./language";
import type { Visitor } from "./state";
import { useUi } from "./ui";

export function Languages({ state }: { state: Visitor }) {
	const { t, language, actions } = useUi();
	return (
		<Frame state={state} title={t("language")} hint="" onBack={actions.back} reads="canRead">
			<ul class="w-body w-pad choices">
				{Object.entries(languageNames).map(([code, name]) => (
					<li>
						<button
							type="button"
							class="choice"
							lang={code}
							aria-current={code === language}
							onClick={() => {
								actions.speak(code);
								actions.back();
							}}
						>
							<span class="choice-t">
								<b>{name}</b>
							</span>
							{code === language && <Icon of={iconCheck} />}
						</button>
					</li>
				))}
			</ul>
		</Frame>
	);
}
