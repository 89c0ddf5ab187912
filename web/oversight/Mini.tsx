/* The last lines of a room, small; what happened between them in grey. */

import type { LogEvent } from "../lib/wire";
import type { Flag } from "./flags";
import { Marked } from "./Marked";
import { t } from "./say";
import { tellInRoom } from "./words";

const SHOWN = 8; /* a card shows no more; the room's page shows all */

type Flags = ReadonlyMap<number, Flag> | undefined;

const sides = { visitor: "them", peer: "peer", counselor: "adult", system: "them" };

function Line({ event, flags }: { event: LogEvent; flags: Flags }) {
	if (event.type === "chat.posted") {
		return (
			<p class={`mini ${sides[event.who]}`} dir="auto">
				<Marked body={event.body} flag={flags?.get(event.n)} />
			</p>
		);
	}
	const { key, name, more } = tellInRoom(event);
	return <p class="mini-sys">{t(key, { name, more, topics: more, room: "" })}</p>;
}

export function Mini({ lines, flags }: { lines: readonly LogEvent[]; flags: Flags }) {
	/* That somebody came, and about what, stands in the card's head. */
	const shown = lines.slice(-SHOWN).filter((event) => event.type !== "room.opened");
	return (
		<>
			{shown.map((event, i) => {
				const before = shown[i - 1];
				return (
					<div class="mini-l" key={event.n}>
						{before && before.n !== event.n - 1 ? <p class="mini-sys">{t("card.missing")}</p> : null}
						<Line event={event} flags={flags} />
					</div>
				);
			})}
		</>
	);
}
