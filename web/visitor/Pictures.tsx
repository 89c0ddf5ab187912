/* The visitor's pictures on their way: the button, what was chosen, and what is being sent. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { PictureButton, PicturePreview, PictureSending, type SendingWords } from "../lib/PictureSending";
import { usePictures } from "../lib/usePictures";
import type { Code } from "../lib/wire";
import { type Visitor, place } from "./state";
import { type Ui, useUi } from "./ui";

function wordsOf({ t }: Ui): SendingWords {
	const reasons: Partial<Record<Code, string>> = {
		bad_picture: t("pictureBad"),
		too_large: t("pictureLarge"),
		room_ended: t("whyEnded"),
		blocked: t("whyPaused"),
	};
	return {
		add: t("pictureAdd"),
		yours: t("pictureYours"),
		stripped: t("pictureStripped"),
		send: t("send"),
		cancel: t("pictureCancel"),
		remove: t("pictureRemove"),
		again: t("tryAgain"),
		waiting: t("stateWaiting"),
		sending: (percent) => t("pictureSending", { percent }),
		failed: (code) => (code && reasons[code]) ?? t("pictureNot"),
	};
}

export interface PictureParts {
	button: ComponentChildren; /* for the composer */
	preview: ComponentChildren; /* above it */
	tail: ComponentChildren; /* behind the log */
}

export function usePictureSending(state: Visitor): PictureParts {
	const ui = useUi();
	const [chosen, setChosen] = useState<{ room: number; file: File }>();
	const { bearer } = ui.actions;
	const sender = usePictures({
		key: bearer().Authorization ?? "", headers: bearer, online: state.status === "online", log: state.log,
	});
	const { room } = state;
	const words = wordsOf(ui);
	const may = room !== undefined && state.state !== null && place(state) !== "ended";
	return {
		button: may ? <PictureButton words={words} onChoose={(file) => setChosen({ room, file })} /> : null,
		preview: may && chosen?.room === room ? (
			<PicturePreview
				file={chosen.file}
				words={words}
				onClose={() => setChosen(undefined)}
				onSend={() => {
					sender.add(room, chosen.file);
					setChosen(undefined);
				}}
			/>
		) : null,
		tail: sender.list.filter((one) => one.room === room).map((one) => (
			<PictureSending
				key={one.id}
				one={one}
				words={words}
				onCancel={() => sender.cancel(one.id)}
				onAgain={() => sender.again(one.id)}
			/>
		)),
	};
}
