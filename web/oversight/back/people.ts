/* Whom one can choose in a form: the peers and counselors this page knows of. */

import type { View } from "../views";
import { t } from "./say";

type Choice = readonly [value: string, text: string];

/* all: visitors and counselors, too. */
export function people({ state }: View, all: boolean): Choice[] {
	const named = (list: readonly { account: number; name: string }[]): Choice[] =>
		list.map((one) => [String(one.account), one.name]);
	return [
		["", t("anyone")],
		...(all ? [["0", t("visitors")] as const] : []),
		...named(state.staff?.supporters ?? []),
		...(all ? named(state.staff?.counselors ?? []) : []),
	];
}
