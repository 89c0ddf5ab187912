/* One chat: who it is, what was said, and where one writes. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Adults } from "./Adults";
import { AdultDialog } from "./AdultDialog";
import { ConvEnd } from "./ConvEnd";
import { ConvHead } from "./ConvHead";
import { ConvLog } from "./ConvLog";
import { EndDialog } from "./EndDialog";
import { HandDialog } from "./HandDialog";
import { usePictureSending } from "./Pictures";
import { Heard } from "./Heard";
import type { Chat } from "./state";
import { ReportBar } from "./ReportBar";
import { reportOf } from "./select";
import { Strip } from "./Strip";
import { TipsDialog } from "./TipsDialog";
import type { View } from "./views";

export type Asking = "" | "hand" | "end" | "tips" | "adult";
export type ChatView = View & { chat: Chat };

export function Conv(view: ChatView & { asking?: Asking }) {
	const { state, chat, actions } = view;
	const [asking, setAsking] = useState<Asking>(view.asking ?? "");
	const field = useRef<HTMLTextAreaElement>(null);
	const pictures = usePictureSending(view);
	const close = (): void => setAsking("");

	/* With a keyboard one wants to write at once; on a phone its keyboard would cover the chat. */
	useEffect(() => {
		if (window.matchMedia("(pointer: fine)").matches) {
			field.current?.focus();
		}
	}, [chat.room]);

	/* A closing dialog gives the focus back to its button; the field has it only after that. */
	const used = useRef(false);
	useEffect(() => {
		if (asking === "" && used.current) {
			used.current = false;
			field.current?.focus();
		}
	}, [asking]);

	/* The bar's focus goes on to what one does next. */
	const ending = reportOf(state, chat.room);
	const had = useRef(false);
	useEffect(() => {
		if (had.current && !ending && document.activeElement === document.body) {
			const fine = window.matchMedia("(pointer: fine)").matches;
			const next = chat.ended ? ".conv-over .btn" : fine ? ".compose textarea" : ".conv-report";
			document.querySelector<HTMLElement>(next)?.focus();
		}
		had.current = ending !== undefined;
	}, [ending === undefined]);

	const use = (text: string): void => {
		used.current = true;
		actions.use(chat.room, text);
		close();
	};
	return (
		<>
			<ConvHead {...view} ask={setAsking} />
			{ending ? <ReportBar {...view} one={ending} /> : null}
			<Adults {...view} />
			<Strip {...view} />
			<Heard {...view} />
			<ConvLog {...view} sending={pictures.tail} />
			{pictures.preview}
			<ConvEnd {...view} field={field} picture={pictures.button} openTips={() => setAsking("tips")} />
			{asking === "hand" ? <HandDialog {...view} onClose={close} /> : null}
			{asking === "end" ? <EndDialog {...view} onClose={close} /> : null}
			{asking === "adult" ? <AdultDialog {...view} chats={[chat]} onClose={close} /> : null}
			{asking === "tips" ? <TipsDialog use={use} onClose={close} /> : null}
		</>
	);
}
