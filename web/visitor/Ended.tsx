/*
 * After the end: thanks, the words once more, and the ways on. A new start forgets this chat here, so
 * that whoever sits down next does not find it; the words open it again.
 */

import { useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconChatLines, iconNext } from "../lib/icons";
import { Checking } from "./Checking";
import { Frame } from "./Frame";
import { Keepsake } from "./Keepsake";
import { NeedLine } from "./Need";
import { Paused, pausedUntil } from "./Paused";
import { Refused, WaitCode } from "./SchoolCode";
import { type Visitor, hasSpoken } from "./state";
import { useUi } from "./ui";

export function Ended({ state }: { state: Visitor }) {
	const { t, format, now, actions } = useUi();
	const [code, setCode] = useState("");
	const paused = pausedUntil(state, now) > 0;
	const again = state.school?.open && !paused;
	const end = [...state.log.events].reverse().find((event) => event.type === "room.ended");
	return (
		<Frame state={state} title={t("ended")} hint={end ? format.time(end.at_ms) : ""} reads="canRead">
			<div class="w-body w-pad w-form">
				<div>
					<h2 class="w-h2">{t("thanks")}</h2>
					{!paused && <p class="w-lede">{t("endedLede")}</p>}
				</div>
				<Checking state={state} />
				<Refused state={state} plain="notNow" />
				<WaitCode state={state} code={code} set={setCode} />
				<Paused state={state} />
				{paused && <NeedLine state={state} />}
				{hasSpoken(state) && <Keepsake />}
				{hasSpoken(state) && (
					<button type="button" class="choice" onClick={() => actions.go("read")}>
						<span class="choice-i">
							<Icon of={iconChatLines} class="i-flip" />
						</span>
						<span class="choice-t">
							<b>{t("readChat")}</b>
						</span>
						<Icon of={iconNext} class="i-18 i-flip" />
					</button>
				)}
			</div>
			<div class={again ? "w-act w-act--2" : "w-act"}>
				{again && (
					<button type="button" class="btn btn--quiet btn--lg" onClick={() => void actions.wait()}>
						{t("keepTalking")}
					</button>
				)}
				<button type="button" class="btn btn--pine btn--lg btn--wide" onClick={actions.forget}>
					{t("startAgain")}
				</button>
			</div>
		</Frame>
	);
}
