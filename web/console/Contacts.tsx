/* The school's ways to get help now, for when no counselor can be reached. */

import type { School } from "../lib/wire";

const safe = /^(tel|sms|https):/;

export function Contacts({ school }: { school: School | null }) {
	return (
		<ul class="contacts">
			{(school?.contacts ?? []).map(({ what, when, href }) => (
				<li key={what}>
					{safe.test(href) ? (
						<a href={href} {...(href.startsWith("https:") ? { target: "_blank", rel: "noreferrer noopener" } : {})}>
							{what}
						</a>
					) : (
						<b>{what}</b>
					)}
					{when === "" ? null : <span class="meta">{when}</span>}
				</li>
			))}
		</ul>
	);
}
