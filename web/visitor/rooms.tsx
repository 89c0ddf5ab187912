/* The screens behind the first one. They are fetched while the first one is being read. */

import { enRooms } from "../i18n/en.rooms";
import { Chat } from "./Chat";
import { Ended } from "./Ended";
import { addEnglish } from "./language";
import { Languages } from "./Languages";
import { Leave } from "./Leave";
import { Need } from "./Need";
import { Start } from "./Start";
import type { Visitor } from "./state";
import { Words } from "./Words";

addEnglish(enRooms);

export function Rooms({ name, state }: { name: string; state: Visitor }) {
	switch (name) {
		case "words":
			return <Words state={state} />;
		case "start":
			return <Start state={state} />;
		case "leave":
			return <Leave state={state} />;
		case "need":
			return <Need state={state} />;
		case "languages":
			return <Languages state={state} />;
		case "ended":
			return <Ended state={state} />;
		default:
			return <Chat state={state} />;
	}
}
