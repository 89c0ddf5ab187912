/* Asks once before a chat is ended. */

import { Dialog } from "../lib/Dialog";
import { iconCheck } from "../lib/icons";
import { t } from "../lib/say";
import type { ChatView } from "./Conv";

export function EndDialog({ chat, actions, onClose }: ChatView & { onClose: () => void }) {
	const end = (): void => {
		actions.end(chat.room);
		onClose();
	};
	return (
		<Dialog
			title={t("end.title")}
			text={t("end.text", { name: chat.desk.name })}
			icon={iconCheck}
			tone="pine"
			onClose={onClose}
			actions={
				<>
					<button type="button" class="btn btn--quiet" onClick={onClose}>
						{t("end.keep")}
					</button>
					<button type="button" class="btn btn--pine" onClick={end}>
						{t("end.do")}
					</button>
				</>
			}
		/>
	);
}
