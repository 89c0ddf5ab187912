/* lib/raise: a call for an adult keeps asking with one id, whatever happens, until it is heard. */

import assert from "node:assert/strict";
import test from "node:test";
import { type Asked, Offline, WireError } from "../lib/connection";
import { type Call, Raiser } from "../lib/raise";
import type { Code, WireEvent } from "../lib/wire";
import { settle } from "./fakes";

const refusal = (code: Code, retry_ms?: number) =>
	new WireError({ type: "error", code, message: "No.", ...(retry_ms === undefined ? {} : { retry_ms }) });

function setUp(answers: (Error | "ok")[]) {
	const asked: Record<string, unknown>[] = [];
	const later: { ms: number; run: () => void }[] = [];
	const done: string[] = [];
	let calls: Call[] = [{ id: "one", reason: "hurt", tell: true }, { id: "two", reason: "other", note: "look" }];
	const link = { status: "online" as "online" | "offline" };
	const raiser = new Raiser<Call>({
		connection: {
			get status() {
				return link.status;
			},
			request(message: Asked): Promise<WireEvent> {
				asked.push(message as Record<string, unknown>);
				const answer = answers.shift() ?? "ok";
				return answer === "ok" ? Promise.resolve({ type: "ok" }) : Promise.reject(answer);
			},
		},
		next: () => (calls[0] ? { room: 7, call: calls[0] } : undefined),
		raised: (call) => {
			calls = calls.filter((one) => one !== call);
			done.push(call.id);
		},
		refused: (call, code) => {
			calls = calls.filter((one) => one !== call);
			done.push(`${call.id} ${code}`);
		},
		later: (ms, run) => void later.push({ ms, run }),
	});
	return { raiser, asked, later, done, link };
}

test("raise: each call once, with what was said and no more", async () => {
	const { raiser, asked, done } = setUp([]);
	await raiser.flush();
	assert.deepEqual(asked, [
		{ type: "escalation.raise", room: 7, id: "one", reason: "hurt", tell: true },
		{ type: "escalation.raise", room: 7, id: "two", reason: "other", note: "look" },
	]);
	assert.deepEqual(done, ["one", "two"]);
});

test("raise: what passes is tried again with the same id, and for ever", async () => {
	const { raiser, asked, later, done } = setUp([refusal("unavailable", 700), new Offline(), refusal("too_many")]);
	await raiser.flush();
	for (const ms of [700, 2000, 2000]) {
		const next = later.shift();
		assert.equal(next?.ms, ms);
		next?.run();
		await settle();
	}
	assert.deepEqual(asked.map((one) => one.id), ["one", "one", "one", "one", "two"]);
	assert.deepEqual(done, ["one", "two"]);
});

test("raise: nothing goes out while offline; one that is refused for good is told", async () => {
	const { raiser, asked, done, link } = setUp([refusal("no_such_room")]);
	link.status = "offline";
	await raiser.flush();
	assert.equal(asked.length, 0);
	link.status = "online";
	await raiser.flush();
	assert.deepEqual(done, ["one no_such_room", "two"]);
});
