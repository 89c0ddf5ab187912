/* The school's ways to get help now, the most urgent first. */

import { Icon } from "../lib/Icon";
import { iconChatLines, iconHome, iconPhone, iconRing } from "../lib/icons";
import type { Contact, School } from "../lib/wire";

export function Contacts({ school }: { school: School | null }) {
	const contacts = [...(school?.contacts ?? [])].sort((a, b) => Number(b.urgent) - Number(a.urgent));
	return (
		<ul class="calls">
			{contacts.map((contact) => (
				<li>
					<Call contact={contact} />
				</li>
			))}
		</ul>
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
