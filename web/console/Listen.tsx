/* Listening tips, each with a sentence to begin from, and what to go easy on. */

import { Icon } from "../lib/Icon";
import { iconChat, iconClock, iconMinus, iconPeople, iconQuote, iconSky4 } from "../lib/icons";
import { t } from "../lib/say";

const prompts = [
	{ icon: iconQuote, flip: true, head: "listen.1", text: "listen.1.text" },
	{ icon: iconChat, flip: false, head: "listen.2", text: "listen.2.text" },
	{ icon: iconSky4, flip: false, head: "listen.3", text: "listen.3.text" },
	{ icon: iconClock, flip: false, head: "listen.4", text: "listen.4.text" },
] as const;

const easy = ["listen.easy.1", "listen.easy.2", "listen.easy.3"] as const;

export function Listen({ use }: { use?: ((text: string) => void) | undefined }) {
	return (
		<>
			<ul class="prompts">
				{prompts.map(({ icon, flip, head, text }) => (
					<li class="prompt" key={head}>
						<span class="prompt-h">
							<Icon of={icon} class={`i-16 ${flip ? "i-flip" : ""}`} />
							{t(head)}
						</span>
						<p>{t(text)}</p>
						{use ? (
							<button
								type="button"
								class="btn btn--sm btn--quiet use"
								aria-label={t("listen.use.this", { text: t(text) })}
								onClick={() => use(t(text))}
							>
								{t("listen.use")}
							</button>
						) : null}
					</li>
				))}
			</ul>
			<div class="avoid">
				<h2>{t("listen.easy")}</h2>
				<ul>
					{easy.map((key) => (
						<li key={key}>
							<Icon of={iconMinus} class="i-16" />
							{t(key)}
						</li>
					))}
				</ul>
			</div>
			<div class="note note--worry">
				<Icon of={iconPeople} />
				<span>
					<b>{t("worry")}</b> {t("worry.text")}
				</span>
			</div>
		</>
	);
}
