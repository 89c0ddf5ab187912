/* Which counselors are in this chat or read along. The visitor sees the first only. */

import { Icon } from "../lib/Icon";
import { iconEye, iconPerson } from "../lib/icons";
import { names, t } from "../lib/say";
import type { ChatView } from "./Conv";

export function Adults({ chat }: ChatView) {
	const { adult_name: adult, adult_here: here, readers = [] } = chat.state ?? {};
	return (
		<div role="status">
			{adult === undefined || chat.ended ? null : (
				<div class="strip strip--dusk">
					<Icon of={iconPerson} class="i-16" />
					<span>{t(here ? "adult.here" : "adult.here.away", { name: adult })}</span>
				</div>
			)}
			{readers.length === 0 || chat.ended ? null : (
				<div class="strip strip--dusk">
					<Icon of={iconEye} class="i-16" />
					<span>{t(readers.length === 1 ? "read.along.one" : "read.along.other", { names: names(readers) })}</span>
				</div>
			)}
		</div>
	);
}

