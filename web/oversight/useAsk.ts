/* What a form needs to ask the server: whether it is under way, and why it was refused. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Asked } from "../lib/connection";
import type { View } from "./views";

export function useAsk({ actions }: Pick<View, "actions">) {
	const [busy, setBusy] = useState(false);
	const [said, setSaid] = useState("");
	const here = useRef(true);
	useEffect(() => () => void (here.current = false), []);

	/* Gives the answer, or undefined when it was refused: then `said` says why. */
	const run = async (asked: Asked, why: (code: string | undefined, text: string) => string = (_, text) => text): Promise<Answer | undefined> => {
		setBusy(true);
		setSaid("");
		const got = await actions.ask(asked);
		if (here.current) {
			setBusy(false);
			setSaid(got.why === "" ? "" : why(got.code, got.why));
		}
		return got.answer;
	};
	return { busy, said, setSaid, run };
}
