/* The page's one sender of pictures, which outlives the screens; and when it tries again. */

import { useEffect, useState } from "preact/hooks";
import { PictureSender } from "./pictures";
import type { RoomLog } from "./roomlog";

export interface UsePictures {
	key: string; /* who sends: what waits of somebody else goes */
	headers: () => Record<string, string>;
	online: boolean;
	log: RoomLog;
}

const listeners = new Set<() => void>();
let kept: { key: string; sender: PictureSender } | undefined;

function senderOf({ key, headers }: UsePictures): PictureSender {
	if (kept?.key !== key) {
		kept?.sender.stop();
		kept = { key, sender: new PictureSender({ headers, changed: () => listeners.forEach((one) => one()) }) };
	}
	return kept.sender;
}

export function usePictures(use: UsePictures): PictureSender {
	const sender = senderOf(use);
	const [, draw] = useState(0);
	useEffect(() => {
		const listener = (): void => draw((n) => n + 1);
		listeners.add(listener);
		return () => void listeners.delete(listener);
	}, []);
	useEffect(() => {
		if (use.online) {
			sender.flush();
		}
	}, [use.online, sender]);
	useEffect(() => {
		const ids = use.log.events.flatMap((event) => (event.type === "chat.pictured" ? [event.id] : []));
		sender.arrived(new Set(ids));
	});
	return sender;
}

/* Whoever leaves, also by Quick exit, leaves no picture behind. */
addEventListener("pagehide", () => kept?.sender.stop());
