/* Ways to get help now, from the school's own list: on every screen one tap away, also offline. */

import { Icon } from "../lib/Icon";
import { iconChat, iconGlobe, iconNoName } from "../lib/icons";
import { Contacts } from "./Contacts";
import { Frame } from "./Frame";
import { type Visitor, place } from "./state";
import { useUi } from "./ui";

export function Help({ state }: { state: Visitor }) {
	const { t, actions } = useUi();
	return (
		<Frame state={state} title={t("getHelp")} hint={t("helpHint")} onBack={actions.back} foot={<HelpFoot state={state} />}>
			<div class="w-body w-pad">
				<Contacts school={state.school} />
				<button type="button" class="call call--adult" onClick={() => actions.go("need")}>
					<span class="call-i">
						<Icon of={iconNoName} />
					</span>
					<span class="call-t">
						<span>{t("needWho")}</span>
						<b>{t("need")}</b>
					</span>
				</button>
				<p class="hint w-mt">{t("helpSure")}</p>
			</div>
		</Frame>
	);
}

function HelpFoot({ state }: { state: Visitor }) {
	const { t, actions } = useUi();
	return (
		<>
			{place(state) === "home" ? (
				<span />
			) : (
				<button type="button" class="w-link" onClick={() => actions.go(undefined)}>
					<Icon of={iconChat} class="i-18" />
					{t("backToChat")}
				</button>
			)}
			<button type="button" class="w-link" onClick={() => actions.go("languages")}>
				<Icon of={iconGlobe} class="i-18" />
				{t("otherLanguages")}
			</button>
		</>
	);
}
