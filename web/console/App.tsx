/* The whole console. */

import { t } from "../lib/say";
import { AdultBar } from "./AdultBar";
import { Bands } from "./Bands";
import { Conv } from "./Conv";
import { Pause } from "./Pause";
import { Rail } from "./Rail";
import { current } from "./select";
import { Side } from "./Side";
import { Spoken } from "./Spoken";
import { Top } from "./Top";
import type { View } from "./views";

export function App(view: View) {
	const chat = current(view.state);
	return (
		<div class={`app ${chat ? "app--conv" : ""}`}>
			<Top {...view} />
			<Bands {...view} />
			<div class="cols">
				<Rail {...view} />
				<main class="conv" aria-label={t("conv")}>
					{chat ? <Conv key={chat.room} {...view} chat={chat} /> : <Pause {...view} />}
				</main>
				<Side {...view} chat={chat} />
			</div>
			{chat ? null : <AdultBar {...view} />}
			<Spoken state={view.state} />
		</div>
	);
}
