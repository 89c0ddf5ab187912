/* Ways to get help now, from the school's own list: on every screen one tap away, also offline. */

import { Icon } from "../lib/Icon";
import { iconChat, iconChatLines, iconGlobe, iconHome, iconPhone, iconRing } from "../lib/icons";
import type { Contact } from "../lib/wire";
import { Frame } from "./Frame";
import { type Visitor, place } from "./state";
import { useUi } from "./ui";

export function Help({ state }: { state: Visitor }) {
	const { t, actions } = useUi();
	const contacts = [...(state.school?.contacts ?? [])].sort((a, b) => Number(b.urgent) - Number(a.urgent));
	return (
		<Frame state={state} title={t("getHelp")} hint={t("helpHint")} onBack={actions.back} foot={<HelpFoot state={state} />}>
			<div class="w-body w-pad">
				<ul class="calls">
					{contacts.map((contact) => (
						<li>
							<Call contact={contact} />
						</li>
					))}
				</ul>
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

/* Only what a phone or a browser opens without running anything. */
const safe = /^(tel|sms|https):/;

function Call({ contact: { when, what, href, urgent } }: { contact: Contact }) {
	const of = urgent ? iconPhone : href.startsWith("sms:") ? iconChatLines : href.startsWith("tel:") ? iconRing : iconHome;
	const inside = (
		<>
			<span class="call-i">
				<Icon of={of} class={of === iconChatLines ? "i-flip" : ""} />
			</span>
			<span class="call-t">
				{when && <span dir="auto">{when}</span>}
				<b class="num" dir="auto">
					{what}
				</b>
			</span>
		</>
	);
	const name = urgent ? "call call--911" : safe.test(href) ? "call" : "call call--plain";
	if (!safe.test(href)) {
		return <div class={name}>{inside}</div>;
	}
	const away = href.startsWith("https:") ? { target: "_blank", rel: "noreferrer noopener" } : {};
	return (
		<a class={name} href={href} {...away}>
			{inside}
		</a>
	);
}
