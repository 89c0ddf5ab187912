/*
 * /login signs in. /enrol sets the first password with the secret of a one-time link, which stands
 * in the fragment, is taken out of the address at once, and is never sent but in the request's body.
 */

import { render } from "preact";
import { useState } from "preact/hooks";
import { SIGN_ENROL_PASSWORD_MIN_CODE_POINTS as LEAST } from "../lib/protocol";
import { Name, Password, Sign } from "./Sign";
import { type Sent, post } from "./post";

/* The daemon sends counselors on to their own page. */
function enter(sent: Sent): Sent {
	if (sent.ok) {
		location.replace("/console");
	}
	return sent;
}

function Login() {
	const [login, setLogin] = useState("");
	const [password, setPassword] = useState("");
	return (
		<Sign
			title="Sign in"
			lede="For peers and counselors."
			button="Sign in"
			foot="Forgot the password? Ask your coordinator for a new link."
			submit={async () => enter(await post("/login", { type: "sign.in", login: login.trim().toLowerCase(), password }))}
		>
			<Name value={login} onChange={setLogin} />
			<Password label="Password" name="password" autocomplete="current-password" value={password} onChange={setPassword} />
		</Sign>
	);
}

function Enrol({ secret }: { secret: string }) {
	const [password, setPassword] = useState("");
	const [again, setAgain] = useState("");
	const submit = async (): Promise<Sent> => {
		if ([...password].length < LEAST) {
			return { ok: false, sentence: `The password needs at least ${LEAST} characters.` };
		}
		if (password !== again) {
			return { ok: false, sentence: "The two passwords are not the same." };
		}
		return enter(await post("/enrol", { type: "sign.enrol", secret, password }));
	};
	return (
		<Sign
			title="Choose a password"
			lede="Then you are signed in."
			button="Save and sign in"
			foot="This link works once."
			submit={submit}
			{...(/^[0-9a-f]{64}$/.test(secret) ? {} : { why: "This link is not complete. Open it again as you got it, or ask for a new one." })}
		>
			<Password
				label="New password"
				name="password"
				autocomplete="new-password"
				value={password}
				onChange={setPassword}
				hint={`At least ${LEAST} characters. A few words in a row are good, and easy to keep in mind.`}
			/>
			<Password label="The same again" name="again" autocomplete="new-password" value={again} onChange={setAgain} />
		</Sign>
	);
}

function Page() {
	if (location.pathname !== "/enrol") {
		return <Login />;
	}
	return <Enrol secret={secret} />;
}

const secret = location.hash.slice(1);
if (secret) {
	history.replaceState(null, "", location.pathname);
}
document.title = location.pathname === "/enrol" ? "Choose a password" : "Sign in";
render(<Page />, document.getElementById("page") as HTMLElement);
