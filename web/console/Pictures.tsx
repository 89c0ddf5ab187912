/* The supporter's pictures on their way: the button, what was chosen, and what is being sent. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { PictureButton, PicturePreview, PictureSending, type SendingWords } from "../lib/PictureSending";
import { t } from "../lib/say";
import { usePictures } from "../lib/usePictures";
import type { Code } from "../lib/wire";
import type { ChatView } from "./Conv";

const reasons: Partial<Record<Code, "pic.bad" | "pic.large">> = { bad_picture: "pic.bad", too_large: "pic.large" };

const words = (): SendingWords => ({
	add: t("pic.add"),
	yours: t("pic.yours"),
	stripped: t("pic.stripped"),
	send: t("conv.send"),
	cancel: t("pic.cancel"),
	remove: t("pic.remove"),
	again: t("conv.again"),
	waiting: t("conv.state.waiting"),
	sending: (n) => t("pic.sending", { n }),
	failed: (code) => t((code && reasons[code]) ?? "pic.not"),
});

export interface PictureParts {
	button: ComponentChildren; /* for the composer */
	preview: ComponentChildren; /* above it */
	tail: ComponentChildren; /* behind the log */
}

export function usePictureSending({ state, chat }: ChatView): PictureParts {
	const [chosen, setChosen] = useState<{ room: number; file: File }>();
	const sender = usePictures({
		key: `${state.me?.account ?? 0}`, headers: () => ({}), online: state.status === "online", log: chat.log,
	});
	const say = words();
	return {
		button: chat.ended ? null : <PictureButton words={say} onChoose={(file) => setChosen({ room: chat.room, file })} />,
		preview: chosen?.room === chat.room && !chat.ended ? (
			<PicturePreview
				file={chosen.file}
				words={say}
				onClose={() => setChosen(undefined)}
				onSend={() => {
					sender.add(chat.room, chosen.file);
					setChosen(undefined);
				}}
			/>
		) : null,
		tail: sender.list.filter((one) => one.room === chat.room).map((one) => (
			<PictureSending
				key={one.id}
				one={one}
				words={say}
				onCancel={() => sender.cancel(one.id)}
				onAgain={() => sender.again(one.id)}
			/>
		)),
	};
}
