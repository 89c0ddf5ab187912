/* login/post: what a refusal says, as a sentence. */

import assert from "node:assert/strict";
import test from "node:test";
import { post } from "../login/post";

const signIn = { type: "sign.in", login: "wren", password: "secret words" } as const;

/* Answers the next fetch, and gives what was asked. */
async function answered(answer: () => Promise<Response>) {
	const asked: { url: string; init: RequestInit }[] = [];
	const before = globalThis.fetch;
	globalThis.fetch = (url, init) => {
		asked.push({ url: String(url), init: init ?? {} });
		return answer();
	};
	try {
		return { sent: await post("/login", signIn), asked: asked[0] };
	} finally {
		globalThis.fetch = before;
	}
}

test("login: 204 is in, and the password was in the body alone", async () => {
	const { sent, asked } = await answered(async () => new Response(null, { status: 204 }));
	assert.deepEqual(sent, { ok: true });
	assert.equal(asked?.url, "/login");
	assert.deepEqual(JSON.parse(String(asked?.init.body)), signIn);
});

test("login: a refusal is a sentence of ours, or the server's where we have none", async () => {
	const refusal = (code: string) => async () =>
		new Response(JSON.stringify({ type: "error", code, message: "The server's own." }), { status: 401 });
	const known = await answered(refusal("wrong_password"));
	assert.deepEqual(known.sent, { ok: false, sentence: "The name or the password is not right." });
	const other = await answered(refusal("at_cap"));
	assert.deepEqual(other.sent, { ok: false, sentence: "The server's own." });
});

test("login: no answer, or one that is none, says so", async () => {
	const broken = [() => Promise.reject(new TypeError("down")), async () => new Response("<html>", { status: 502 })];
	for (const answer of broken) {
		const { sent } = await answered(answer);
		assert.equal(sent.ok, false);
		assert.equal("sentence" in sent && sent.sentence.startsWith("Hark does not answer."), true);
	}
});
