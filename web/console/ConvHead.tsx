/* The head of a chat: its made-up name, what it is about, how long it has been, the ways out. */

import { Icon } from "../lib/Icon";
import { iconBack, iconCheck, iconFlag, iconHand, iconSwap } from "../lib/icons";
import { t } from "../lib/say";
import { Token } from "../lib/Token";
import { minutes } from "../lib/when";
import { Mid } from "../staff/Mid";
import type { Asking, ChatView } from "./Conv";
import { whyNotEnd, whyNotHand } from "./select";

/* The one that asks nothing stands apart, and always in words. */
export function ConvHead({ state, now, actions, chat, ask }: ChatView & { ask: (what: Asking) => void }) {
	const { desk } = chat;
	const here = chat.state?.visitor_here ?? desk.present;
	const why = whyNotHand(state, chat);
	const whyEnd = whyNotEnd(state, chat);
	const min = minutes(now + state.skew_ms - desk.since_ms);
	const facts = [
		desk.topics.join(", "),
		desk.returned ? t("conv.returned") : "",
		chat.ended ? t("rail.ended") : t("conv.min", { n: min }),
	].filter((fact) => fact !== "");
	return (
		<header class="conv-head">
			<button
				type="button"
				class="icb icb--sm only-s"
				aria-label={t("conv.all")}
				onClick={() => actions.show(null)}
			>
				<Icon of={iconBack} class="i-flip" />
			</button>
			<Token picture={desk.picture} class={`tok-md hide-s ${chat.ended ? "" : here ? "here" : "here away"}`} />
			<div class="conv-id">
				<h1>{desk.name}</h1>
				<span class="meta num">
					{facts.map((fact, i) => (
						<span key={i}>
							{i > 0 ? <Mid /> : null}
							{fact}
						</span>
					))}
				</span>
			</div>
			{chat.ended ? null : (
				<div class="conv-acts">
					<button
						type="button"
						class="btn btn--sm btn--quiet conv-b"
						disabled={why !== ""}
						title={t(why === "" ? "conv.transfer" : `why.${why}`)}
						onClick={() => ask("hand")}
					>
						<Icon of={iconSwap} class="i-18" />
						<span>{t("conv.transfer")}</span>
					</button>
					<button
						type="button"
						class="btn btn--sm btn--quiet conv-b"
						disabled={whyEnd !== ""}
						title={t(whyEnd === "" ? "conv.end" : `why.${whyEnd}`)}
						onClick={() => ask("end")}
					>
						<Icon of={iconCheck} class="i-18" />
						<span>{t("conv.end")}</span>
					</button>
					{chat.state?.adult_name === undefined ? (
						<button
							type="button"
							class="btn btn--sm btn--line conv-report"
							disabled={whyEnd !== ""}
							aria-label={t("report.full")}
							title={t(whyEnd === "" ? "report.full" : `why.${whyEnd}`)}
							onClick={() => actions.report(chat.room)}
						>
							<Icon of={iconFlag} class="i-18" />
							{t("report")}
						</button>
					) : null}
					<button type="button" class="btn btn--sm btn--ember-soft conv-adult" onClick={() => ask("adult")}>
						<Icon of={iconHand} class="i-18" />
						{t("adult.get")}
					</button>
				</div>
			)}
		</header>
	);
}
