/* A private note to the supporter of a room. No visitor is ever given one. */

import { useRef, useState } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { randomHex } from "../lib/hex";
import { iconNote } from "../lib/icons";
import { NOTE_SEND_BODY_MAX_CODE_POINTS } from "../lib/protocol";
import { tidy } from "../lib/text";
import { Area } from "../staff/Field";
import { DialogActs, Said } from "./DialogActs";
import { t } from "./say";
import { useAsk } from "./useAsk";
import type { View } from "./views";

const offered = ["note.1", "note.2", "note.3", "note.4"] as const;

export function NoteDialog(view: View & { room: number }) {
	const { state, actions, room } = view;
	const id = useRef(randomHex(16));	/* the same for every try at one note */
	const [body, setBody] = useState("");
	const { busy, said, run } = useAsk(view);
	const name = state.walls.get(room)?.peer_name;
	const close = (): void => actions.dialog(null);
	if (name === undefined) {
		return null;	/* nobody is there any more to read it */
	}
	const words = tidy(body);
	const send = async (): Promise<void> => {
		if (words !== "" && (await run({ type: "note.send", room, id: id.current, body: words }))) {
			close();
		}
	};
	return (
		<Dialog
			title={t("note.title", { name })}
			text={t("note.text", { name })}
			icon={iconNote}
			tone="dusk"
			onClose={close}
			onSubmit={() => void send()}
			actions={<DialogActs text={t("note.send")} busy={busy || words === ""} onClose={close} />}
		>
			<div class="quick">
				{offered.map((key) => (
					<button
						key={key}
						type="button"
						class="chip chip--sm"
						onClick={() => setBody(body === "" ? `${t(key)}.` : `${body.trimEnd()} ${t(key)}.`)}
					>
						{t(key)}
					</button>
				))}
			</div>
			<Area label={t("note.label")} value={body} set={setBody} max={NOTE_SEND_BODY_MAX_CODE_POINTS} />
			<Said text={said} />
		</Dialog>
	);
}
