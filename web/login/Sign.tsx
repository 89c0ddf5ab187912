/* The form of both pages: what differs is the name, the hints and where it is sent. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { Mark } from "../lib/Mark";
import { iconAlert, iconEye, iconEyeOff } from "../lib/icons";
import type { Sent } from "./post";

export interface SignProps {
	title: string;
	lede: string;
	button: string;
	foot: string;
	submit: () => Promise<Sent>;
	why?: string; /* already known on coming: nothing can be sent */
	children: ComponentChildren;
}

export function Sign({ title, lede, button, foot, submit, why, children }: SignProps) {
	const [wrong, setWrong] = useState(why);
	const [busy, setBusy] = useState(false);
	const send = async (): Promise<void> => {
		setBusy(true);
		setWrong(undefined);
		const sent = await submit();
		setBusy(false);
		setWrong(sent.ok ? undefined : sent.sentence);
	};
	return (
		<main class="sign">
			<form
				class="sign-card"
				method="post"
				onSubmit={(event) => {
					event.preventDefault();
					void send();
				}}
			>
				<div class="sign-head">
					<Mark />
					<h1>{title}</h1>
					<p>{lede}</p>
				</div>
				{children}
				{wrong && (
					<p class="note note--honey" role="alert">
						<Icon of={iconAlert} />
						<span>{wrong}</span>
					</p>
				)}
				<button type="submit" class="btn btn--pine btn--wide" disabled={busy || why !== undefined}>
					{button}
				</button>
			</form>
			<p class="sign-foot">{foot}</p>
		</main>
	);
}

export interface PasswordProps {
	label: string;
	name: string;
	autocomplete: "current-password" | "new-password";
	value: string;
	onChange: (value: string) => void;
	hint?: string;
}

export function Password({ label, name, autocomplete, value, onChange, hint }: PasswordProps) {
	const [shown, setShown] = useState(false);
	return (
		<div>
			<label class="label" for={name}>
				{label}
			</label>
			<div class="secret">
				<input
					id={name}
					name={name}
					class="field"
					type={shown ? "text" : "password"}
					autocomplete={autocomplete}
					autocapitalize="none"
					spellcheck={false}
					required
					maxLength={200}
					value={value}
					aria-describedby={hint && `${name}-hint`}
					onInput={(event) => onChange(event.currentTarget.value)}
				/>
				<button
					type="button"
					class="icb"
					aria-label={shown ? "Hide the password" : "Show the password"}
					aria-pressed={shown}
					onClick={() => setShown(!shown)}
				>
					<Icon of={shown ? iconEyeOff : iconEye} />
				</button>
			</div>
			{hint && (
				<p class="hint" id={`${name}-hint`}>
					{hint}
				</p>
			)}
		</div>
	);
}

export interface NameProps {
	value: string;
	onChange: (value: string) => void;
}

export function Name({ value, onChange }: NameProps) {
	const field = useRef<HTMLInputElement>(null);
	useEffect(() => field.current?.focus(), []);
	return (
		<div>
			<label class="label" for="login">
				Sign-in name
			</label>
			<input
				ref={field}
				id="login"
				name="login"
				class="field"
				autocomplete="username"
				autocapitalize="none"
				spellcheck={false}
				required
				maxLength={40}
				value={value}
				onInput={(event) => onChange(event.currentTarget.value)}
			/>
		</div>
	);
}
