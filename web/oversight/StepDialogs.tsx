/* Steps in to a room, visibly as an adult, and out again: it is shown before what both will see. */

import { useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { iconEnter, iconExit } from "../lib/icons";
import { BODY_MAX_CODE_POINTS } from "../lib/protocol";
import { fits, tidy } from "../lib/text";
import { AdultToken } from "../lib/Token";
import { Area } from "../staff/Field";
import { Options } from "../staff/Options";
import { DialogActs, Said } from "./DialogActs";
import { t } from "./say";
import { roomName } from "./select";
import { useAsk } from "./useAsk";
import type { View } from "./views";

type RoomDialog = View & { room: number };

/* What stands in the chat when one has joined. */
function Preview({ state, both }: View & { both: boolean }) {
	const name = state.me?.name ?? "";
	return (
		<>
			<span class="meta">{t(both ? "step.see" : "step.see.one")}</span>
			<div class="seen">
				<AdultToken name={name} class="tok-md" />
				<div>
					<b>{t("step.seen", { name })}</b>
					<p>{t("step.seen.text")}</p>
				</div>
			</div>
		</>
	);
}

export function StepInDialog(view: RoomDialog) {
	const { state, actions, room } = view;
	const [words, setWords] = useState("");
	const [peer, setPeer] = useState<"stays" | "rests">("stays");
	const { busy, said, run } = useAsk(view);
	const wall = state.walls.get(room);
	const name = wall?.peer_name;
	const close = (): void => actions.dialog(null);
	const first = tidy(words);
	const stepIn = async (): Promise<void> => {
		const alone = name === undefined || peer === "rests";
		const why = (code: string | undefined, text: string): string =>
			code === "taken" ? t("step.taken", { name: wall?.adult_name ?? "" }) : text;
		if (!fits(first) || !(await run({ type: "room.step_in", room, alone }, why))) {
			return;
		}
		if (first !== "") {
			actions.sayFirst(room, first);
		}
		close();
		actions.read(room);
	};
	return (
		<Dialog
			title={t("step.title", { room: roomName(state, room).name })}
			text={name === undefined ? t("step.text.alone") : t("step.text", { name })}
			icon={iconEnter}
			tone="dusk"
			onClose={close}
			onSubmit={() => void stepIn()}
			actions={<DialogActs text={t("step.do")} busy={busy} onClose={close} />}
		>
			<Preview {...view} both={name !== undefined} />
			<Area
				label={t("step.words")}
				hint={t("step.words.hint")}
				value={words}
				set={setWords}
				rows={2}
				max={BODY_MAX_CODE_POINTS}
			/>
			{name === undefined ? null : (
				<Options
					label={t("step.peer", { name })}
					two
					value={peer}
					set={setPeer}
					options={[
						{ value: "stays", text: t("step.stays", { name }) },
						{ value: "rests", text: t("step.rests", { name }) },
					]}
				/>
			)}
			<Said text={said} />
		</Dialog>
	);
}

export function StepOutDialog(view: RoomDialog) {
	const { state, actions, room } = view;
	const { busy, said, run } = useAsk(view);
	const name = state.walls.get(room)?.peer_name;
	const close = (): void => actions.dialog(null);
	const stepOut = async (): Promise<void> => {
		if (await run({ type: "room.step_out", room })) {
			close();
		}
	};
	return (
		<Dialog
			title={t("out.title", { room: roomName(state, room).name })}
			text={name === undefined ? t("out.text.alone") : t("out.text", { name })}
			icon={iconExit}
			tone="dusk"
			onClose={close}
			onSubmit={() => void stepOut()}
			actions={<DialogActs text={t("out.do")} busy={busy} onClose={close} />}
		>
			<Said text={said} />
		</Dialog>
	);
}
