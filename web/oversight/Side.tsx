/* Beside the room that is read: its case, who the visitor is, what is known of the chat. */

import { Icon } from "../lib/Icon";
import { iconPhone } from "../lib/icons";
import { About } from "./About";
import { CasePanel } from "./CasePanel";
import { CaseStart } from "./CaseStart";
import { Opened } from "./Opened";
import type { RoomView } from "./Room";
import { t } from "./say";
import { SealedBox } from "./SealedBox";

export function Side(view: RoomView) {
	const { state, open, actions } = view;
	const file = state.files.get(open.caseId);
	const who = (
		<>
			<SealedBox {...view} />
			{state.shown?.room === open.room ? <Opened {...view} shown={state.shown} /> : null}
		</>
	);
	return (
		<aside class="casebar" aria-label={t("read.side.case")}>
			{file ? <CasePanel {...view} file={file} between={who} /> : <CaseStart {...view} />}
			{file ? null : who}
			<About {...view} />
			{state.walls.has(open.room) ? (
				<button
					type="button"
					class="btn btn--sm btn--quiet casebar-raise"
					onClick={() => actions.dialog({ kind: "raise", room: open.room })}
				>
					<Icon of={iconPhone} class="i-16" />
					{t("raise.open")}
				</button>
			) : null}
		</aside>
	);
}
