/* Ends a chat and tells a counselor: one tap opens this line, the second, on why, does it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { randomHex } from "../lib/hex";
import { t } from "../lib/say";
import type { ChatView } from "./Conv";

const whats = ["testing", "rude", "threat"] as const;

export function ReportBar({ state, chat, actions, onClose }: ChatView & { onClose: () => void }) {
	const id = useRef(randomHex(16)); /* the same for every try at one report */
	const [busy, setBusy] = useState(false);
	const first = useRef<HTMLButtonElement>(null);
	useEffect(() => first.current?.focus(), []);
	const report = async (what: (typeof whats)[number]): Promise<void> => {
		setBusy(true);
		if (await actions.report(chat.room, id.current, what)) {
			onClose();
		} else {
			setBusy(false);
		}
	};
	return (
		<section
			class="report"
			aria-labelledby="report-h"
			onKeyDown={(event) => {
				if (event.key === "Escape") {
					onClose();
				}
			}}
		>
			<div>
				<h2 id="report-h">{t("report.title")}</h2>
				<p>{t("report.text")}</p>
			</div>
			<div class="report-acts">
				{whats.map((what, i) => (
					<button
						key={what}
						ref={i === 0 ? first : null}
						type="button"
						class="btn btn--sm btn--line"
						disabled={busy || state.status !== "online"}
						onClick={() => void report(what)}
					>
						{t(`report.${what}`)}
					</button>
				))}
				<button type="button" class="btn btn--sm btn--quiet" onClick={onClose}>
					{t("report.not")}
				</button>
			</div>
		</section>
	);
}
