/* A message with the words that matched a watch phrase marked: by an underline and by a spoken word,
   never by colour alone. */

import type { Flag } from "./flags";
import { pieces } from "./flags";
import { t } from "./say";

export function Marked({ body, flag }: { body: string; flag: Flag | undefined }) {
	if (!flag) {
		return <>{body}</>;
	}
	return (
		<>
			{pieces(body, flag.spans).map(({ text, span }, i) =>
				span === null ? (
					text
				) : (
					<mark key={i} class={`risk ${span.severity === "high" ? "risk--e" : ""}`}>
						{text}
						<span class="sr"> ({t("flag.mark", { category: span.category })}) </span>
					</mark>
				),
			)}
		</>
	);
}
