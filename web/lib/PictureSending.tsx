/* Choosing a picture, looking at it before it leaves, and each one that is on its way. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./Icon";
import { iconAlert, iconClock, iconImage } from "./icons";
import { PICTURE_TYPES, type Sending, whyNoPicture } from "./pictures";
import type { Code } from "./wire";

export interface SendingWords {
	add: string; /* "Add a picture" */
	yours: string; /* "Your picture" */
	stripped: string; /* what is taken off it */
	send: string;
	cancel: string;
	remove: string;
	again: string;
	sending: (percent: number) => string;
	waiting: string;
	failed: (code: Code | undefined) => string;
}

/* The button; what was chosen is given on as it is. */
export function PictureButton({ words, onChoose }: { words: SendingWords; onChoose: (file: File) => void }) {
	const field = useRef<HTMLInputElement>(null);
	return (
		<>
			<button type="button" class="icb" aria-label={words.add} onClick={() => field.current?.click()}>
				<Icon of={iconImage} />
			</button>
			<input
				ref={field}
				type="file"
				hidden
				accept={PICTURE_TYPES.join(",")}
				onChange={({ currentTarget }) => {
					const file = currentTarget.files?.[0];
					currentTarget.value = ""; /* the same one may be chosen again */
					if (file) {
						onChoose(file);
					}
				}}
			/>
		</>
	);
}

export interface PreviewProps {
	file: File;
	words: SendingWords;
	onSend: () => void;
	onClose: () => void;
}

/* What was chosen, before it leaves. */
export function PicturePreview({ file, words, onSend, onClose }: PreviewProps) {
	const [url, setUrl] = useState("");
	const send = useRef<HTMLButtonElement>(null);
	const why = whyNoPicture(file);
	useEffect(() => {
		const made = URL.createObjectURL(file);
		setUrl(made);
		send.current?.focus();
		return () => URL.revokeObjectURL(made);
	}, [file]);
	return (
		<div class="pic-ask" role="group" aria-label={words.yours}>
			{url !== "" && why === undefined ? <img src={url} alt={words.yours} /> : <Icon of={iconAlert} />}
			<p role={why === undefined ? undefined : "alert"}>{why === undefined ? words.stripped : words.failed(why)}</p>
			<div class="pic-acts">
				<button type="button" class="btn btn--sm btn--quiet" onClick={onClose}>
					{words.cancel}
				</button>
				{why === undefined ? (
					<button ref={send} type="button" class="btn btn--sm btn--pine" onClick={onSend}>
						{words.send}
					</button>
				) : null}
			</div>
		</div>
	);
}

export interface SendingProps {
	one: Sending;
	words: SendingWords;
	onCancel: () => void;
	onAgain: () => void;
}

/* One that is not in the room's log yet. */
export function PictureSending({ one, words, onCancel, onAgain }: SendingProps) {
	const failed = one.state === "failed";
	const percent = Math.round(one.part * 100);
	return (
		<li class="msg msg--you msg--wait first last">
			<span class="bub bub--img bub--load">
				<img src={one.url} alt={words.yours} />
				{one.state === "sending" ? (
					<progress class="pic-part" max={100} value={percent} aria-label={words.sending(percent)} />
				) : null}
			</span>
			<span class={failed ? "state state--fail" : "state"}>
				<Icon of={failed ? iconAlert : iconClock} />
				{failed ? words.failed(one.code) : one.state === "waiting" ? words.waiting : words.sending(percent)}
				{failed ? (
					<button type="button" class="pic-again" onClick={onAgain}>
						{words.again}
					</button>
				) : null}
				{one.state === "sent" ? null : (
					<button type="button" class="pic-again" onClick={onCancel}>
						{failed ? words.remove : words.cancel}
					</button>
				)}
			</span>
		</li>
	);
}
