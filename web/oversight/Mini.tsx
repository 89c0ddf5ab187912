/* The last lines of a room, small; what happened between them in grey. */

import { t } from "../lib/say";
import type { RoomEvent } from "../lib/wire";
import { tellInRoom } from "./words";

const SHOWN = 8; /* a card shows no more; the room's page shows all */

function Line({ event }: { event: RoomEvent }) {
	if (event.type === "chat.posted") {
		return (
			<p class={`mini ${event.who === "visitor" ? "them" : "peer"}`} dir="auto">
				{event.body}
			</p>
		);
	}
	const { key, name, topics } = tellInRoom(event);
	return <p class="mini-sys">{t(key, { name, topics })}</p>;
}

export function Mini({ lines }: { lines: readonly RoomEvent[] }) {
	/* That somebody came, and about what, stands in the card's head. */
	const shown = lines.slice(-SHOWN).filter((event) => event.type !== "room.opened");
	return (
		<>
			{shown.map((event, i) => {
				const before = shown[i - 1];
				return (
					<div class="mini-l" key={event.n}>
						{before && before.n !== event.n - 1 ? <p class="mini-sys">{t("card.missing")}</p> : null}
						<Line event={event} />
					</div>
				);
			})}
		</>
	);
}
