/*
 * A picture in a log: its place is kept from the start, a small one is shown first, the whole one
 * in a dialog. For who did not choose to see it, it is blurred until it is tapped.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./Icon";
import { iconAlert, iconClose, iconImage } from "./icons";
import type { Of } from "./wire";

const WIDEST = 240; /* px on the page */
const TALLEST = 280;

export interface PictureWords {
	alt: string; /* "Picture from Juniper" */
	show: string; /* "Show picture" */
	open: string; /* "Open picture" */
	close: string;
	failed: string;
	again: string;
}

export interface PictureProps {
	event: Of<"chat.pictured">;
	blurred: boolean;
	words: PictureWords;
	headers?: (() => Record<string, string>) | undefined; /* a page whose cookie does not say who reads */
}

/* An address to show, undefined while it is fetched, "" when that failed. Fetched bytes are let go. */
function useImage(path: string, headers: PictureProps["headers"], round: number): string | undefined {
	const [url, setUrl] = useState<string>();
	useEffect(() => {
		if (!headers) {
			setUrl(round > 0 ? `${path}?${round}` : path);
			return undefined;
		}
		const stop = new AbortController();
		let made = "";
		fetch(path, { headers: headers(), signal: stop.signal, cache: "no-store" })
			.then((answer) => (answer.ok ? answer.blob() : Promise.reject(new Error(`${answer.status}`))))
			.then((blob) => setUrl((made = URL.createObjectURL(blob))))
			.catch(() => stop.signal.aborted || setUrl(""));
		return () => {
			stop.abort();
			URL.revokeObjectURL(made);
		};
	}, [path, round]);
	return url;
}

/* Its size on the page, known before a byte of it is here. */
function fit(width: number, height: number): { inlineSize: string; aspectRatio: string } {
	const scale = Math.min(1, WIDEST / width, TALLEST / height);
	return { inlineSize: `${Math.max(64, Math.round(width * scale))}px`, aspectRatio: `${width} / ${height}` };
}

export function Picture({ event, blurred, words, headers }: PictureProps) {
	const [clear, setClear] = useState(!blurred);
	const [open, setOpen] = useState(false);
	const [round, setRound] = useState(0);
	const [broken, setBroken] = useState(false);
	const url = useImage(`/picture/${event.picture}/thumb`, headers, round);
	if (url === "" || broken) {
		return (
			<span class="bub pic-fail">
				<Icon of={iconAlert} class="i-16" />
				{words.failed}
				<button type="button" class="pic-again" onClick={() => (setBroken(false), setRound(round + 1))}>
					{words.again}
				</button>
			</span>
		);
	}
	return (
		<>
			<button
				type="button"
				class={`bub bub--img ${clear ? "" : "bub--blur"}`}
				style={fit(event.width, event.height)}
				aria-label={clear ? `${words.alt}. ${words.open}` : `${words.alt}. ${words.show}`}
				onClick={() => (clear ? setOpen(true) : setClear(true))}
			>
				{url === undefined ? null : <img src={url} alt="" onError={() => setBroken(true)} />}
				{clear ? null : (
					<span class="pic-show">
						<Icon of={iconImage} class="i-16" />
						{words.show}
					</span>
				)}
			</button>
			{open ? <Whole event={event} words={words} headers={headers} onClose={() => setOpen(false)} /> : null}
		</>
	);
}

function Whole({ event, words, headers, onClose }: Omit<PictureProps, "blurred"> & { onClose: () => void }) {
	const dialog = useRef<HTMLDialogElement>(null);
	const url = useImage(`/picture/${event.picture}`, headers, 0);
	useEffect(() => {
		const element = dialog.current;
		element?.showModal();
		return () => element?.close();
	}, []);
	return (
		<dialog
			ref={dialog}
			class="pic-whole"
			aria-label={words.alt}
			onClick={({ target }) => target === dialog.current && onClose()}
			onCancel={(cancel) => {
				cancel.preventDefault();
				onClose();
			}}
		>
			<button type="button" class="icb pic-close" aria-label={words.close} onClick={onClose}>
				<Icon of={iconClose} />
			</button>
			{url === "" ? <p>{words.failed}</p> : null}
			{url ? <img src={url} alt={words.alt} width={event.width} height={event.height} /> : null}
		</dialog>
	);
}
