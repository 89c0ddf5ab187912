/* How soon to look: a tag with its word and its icon. */

import { Icon } from "../lib/Icon";
import { iconFlag } from "../lib/icons";
import type { Severity } from "../lib/protocol";
import { t } from "./say";

const tones: Record<Severity, string> = { high: "tag--ember", medium: "tag--honey", low: "" };

export function Flagged({ severity }: { severity: Severity }) {
	return (
		<span class={`tag ${tones[severity]}`}>
			<Icon of={iconFlag} />
			{t(`flag.${severity}`)}
		</span>
	);
}

export function Category({ severity, text }: { severity: Severity; text: string }) {
	return text === "" ? null : <span class={`tag ${tones[severity]}`}>{text}</span>;
}
