/* Where one writes. Enter sends, Shift and Enter break the line; nothing is sent that cannot be. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconMore, iconSend } from "../lib/icons";
import { fits, holdsWords, tidy } from "../lib/text";
import type { Key } from "../i18n/en";
import { type Visitor, place } from "./state";
import { useUi } from "./ui";

export interface ComposeProps {
	state: Visitor;
	text: string;
	onText: (text: string) => void;
	menu: boolean;
	onMenu: () => void;
	picture: ComponentChildren; /* the button that adds one */
}

export function Compose({ state, text, onText, menu, onMenu, picture }: ComposeProps) {
	const { t, actions } = useUi();
	const [wrong, setWrong] = useState<Key>();
	const field = useRef<HTMLTextAreaElement>(null);
	const body = tidy(text);

	useLayoutEffect(() => {
		const element = field.current;
		if (element) {
			element.style.blockSize = "auto";
			element.style.blockSize = `${element.scrollHeight}px`;
		}
	}, [text]);

	const send = (): void => {
		if (!body) {
			return;
		}
		const why = whyNot(body, state.words);
		setWrong(why);
		if (!why) {
			actions.send(body);
			onText("");
		}
		field.current?.focus();
	};

	const placeholder: Key = state.status !== "online" ? "writeOffline" : place(state) === "waiting" ? "writeMore" : "write";
	return (
		<form
			class="w-compose"
			onSubmit={(event) => {
				event.preventDefault();
				send();
			}}
		>
			{wrong && (
				<p class="note note--honey" role="alert" id="wrong">
					<span>{t(wrong)}</span>
				</p>
			)}
			<div class="compose">
				<button type="button" class="icb" aria-label={t("more")} aria-expanded={menu} aria-controls="more" onClick={onMenu}>
					<Icon of={iconMore} />
				</button>
				{picture}
				<textarea
					ref={field}
					class="in has"
					rows={1}
					dir="auto"
					value={text}
					placeholder={t(placeholder)}
					aria-label={t("yourMessage")}
					aria-describedby={wrong ? "wrong" : undefined}
					enterkeyhint="send"
					onInput={(event) => {
						onText(event.currentTarget.value);
						setWrong(undefined);
						actions.typing(event.currentTarget.value !== "");
					}}
					onKeyDown={(event) => {
						if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
							event.preventDefault();
							send();
						}
					}}
				/>
				<button type="submit" class={body ? "icb go" : "icb go is-off"} aria-label={t("send")} aria-disabled={!body}>
					<Icon of={iconSend} />
				</button>
			</div>
		</form>
	);
}

/* Why this may not be sent; the server would say the same. */
export function whyNot(body: string, words: string): Key | undefined {
	if (!fits(body)) {
		return "tooLong";
	}
	return holdsWords(body, words) ? "wordsInside" : undefined;
}
