/* Which screen is shown; the status region; and the focus, which follows to a new screen. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Frame } from "./Frame";
import { Help } from "./Help";
import { Home } from "./Home";
import { type Visitor, place } from "./state";
import { useUi } from "./ui";

const AGAIN_MS = 2000;

/* Their style waits in the page, so that the first screen need not wait for it. */
async function roomsStyle(): Promise<void> {
	const link = document.getElementById("rooms-style") as HTMLLinkElement | null;
	if (link && link.media !== "all") {
		link.media = "all";
		if (!link.sheet) {
			await new Promise((resolve) => (link.onload = resolve));
		}
	}
}

/* The other screens: asked for at once, and again until the network has brought them. */
function useRooms() {
	const [rooms, setRooms] = useState<typeof import("./rooms")>();
	useEffect(() => {
		const ask = async (): Promise<void> => {
			try {
				const [module] = await Promise.all([import("./rooms"), roomsStyle()]);
				setRooms(module);
			} catch {
				setTimeout(ask, AGAIN_MS);
			}
		};
		void ask();
	}, []);
	return rooms?.Rooms;
}

/* Phases that share the chat's screen count as one: what is being written keeps the focus. */
function screenOf(state: Visitor): string {
	const at = place(state);
	return state.screen ?? (at === "live" || at === "waiting" || at === "mailbox" ? "chat" : at);
}

export function App({ state }: { state: Visitor }) {
	const name = screenOf(state);
	const shown = useRef(name);
	useEffect(() => {
		if (shown.current !== name) {
			shown.current = name;
			if (document.activeElement?.matches("input")) {
				return; /* the new screen has put it where something is to be mended */
			}
			document.querySelector<HTMLElement>(name === "chat" ? "textarea" : "h1")?.focus();
		}
	}, [name]);
	return (
		<>
			<Shown name={name} state={state} />
			<Status state={state} />
		</>
	);
}

function Shown({ name, state }: { name: string; state: Visitor }) {
	const Rooms = useRooms();
	switch (name) {
		case "help":
			return <Help state={state} />;
		case "home":
			return <Home state={state} />;
		case "opening":
			return <Opening state={state} />;
		default:
			return Rooms ? <Rooms name={name} state={state} /> : <Opening state={state} />;
	}
}

/* After a refresh, until the room is here again. */
function Opening({ state }: { state: Visitor }) {
	const { t } = useUi();
	return (
		<Frame state={state} title={t("opening")} hint={t("openingHint")} reads="canReadChat">
			<div class="w-body" />
		</Frame>
	);
}

/* What changed without a touch: the connection, who is here, who types. Said once. */
function Status({ state }: { state: Visitor }) {
	const { t } = useUi();
	const wasOffline = useRef(false);
	const { status, state: room } = state;
	let said = "";
	if (status === "offline") {
		wasOffline.current = true;
		said = `${t("offline")} ${t("offlineSafe")}`;
	} else if (room?.peer_typing && room.peer_name) {
		said = t("typing", { name: room.peer_name });
	} else if (room?.adult_typing && room.adult_name) {
		said = t("typing", { name: room.adult_name });
	} else if (status === "online" && wasOffline.current) {
		said = t("online");
	}
	return (
		<p class="sr" role="status">
			{said}
		</p>
	);
}
