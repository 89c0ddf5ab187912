/* lib/outbox: in order, with the same id, until it is on disk. */

import assert from "node:assert/strict";
import test from "node:test";
import { type Asked, Offline, WireError } from "../lib/connection";
import { Outbox } from "../lib/outbox";
import { type RoomLog, acknowledge, addOutgoing, emptyLog, markOutgoing } from "../lib/roomlog";
import type { Code, WireEvent } from "../lib/wire";
import { settle } from "./fakes";

const refusal = (code: Code, retry_ms?: number) =>
	new WireError({ type: "error", code, message: "No.", ...(retry_ms === undefined ? {} : { retry_ms }) });

/* A server that answers each sending with the next of these; then with ok. */
function setUp(answers: (Error | "ok")[] = []) {
	const sent: string[] = [];
	const later: { ms: number; run: () => void }[] = [];
	const link = { status: "online" as "online" | "offline" };
	let n = 0;
	let log: RoomLog = emptyLog;
	const outbox = new Outbox({
		connection: {
			get status() {
				return link.status;
			},
			request(asked: Asked): Promise<WireEvent> {
				sent.push((asked as { id: string }).id);
				const answer = answers.shift() ?? "ok";
				return answer === "ok" ? Promise.resolve({ type: "ok", n: ++n, at_ms: 0 }) : Promise.reject(answer);
			},
		},
		next: () => {
			const out = log.outbox.find((one) => one.failed === undefined);
			return out && { room: 1, out };
		},
		sent: (out, ok) =>
			(log = acknowledge(log, { id: out.id, room: 1, n: ok.n as number, at_ms: 0, who: "visitor", name: "" })),
		refused: (out, code) => (log = markOutgoing(log, out.id, code)),
		later: (ms, run) => void later.push({ ms, run }),
	});
	const add = (id: string) => (log = addOutgoing(log, { id, body: id, at_ms: 0 }));
	return { outbox, sent, later, link, add, log: () => log };
}

test("outbox: sends what waits, in order, and it becomes sent", async () => {
	const { outbox, sent, add, log } = setUp();
	add("a");
	add("b");
	await outbox.flush();
	assert.deepEqual(sent, ["a", "b"]);
	assert.deepEqual(log().events.map((event) => event.n), [1, 2]);
});

test("outbox: a break resends the same id, and the next one does not overtake", async () => {
	const { outbox, sent, add, later } = setUp([new Offline()]);
	add("a");
	add("b");
	await outbox.flush();
	assert.deepEqual(sent, ["a"]);
	later[0]?.run();
	await settle();
	assert.deepEqual(sent, ["a", "a", "b"]);
});

test("outbox: too fast waits as long as the server says", async () => {
	const { outbox, add, later, log } = setUp([refusal("too_fast", 1234)]);
	add("a");
	await outbox.flush();
	assert.equal(later[0]?.ms, 1234);
	assert.equal(log().outbox[0]?.failed, undefined);
});

test("outbox: a refusal for good is shown, the next ones go on", async () => {
	const { outbox, sent, add, log } = setUp([refusal("codename_inside")]);
	add("a");
	add("b");
	await outbox.flush();
	assert.deepEqual(sent, ["a", "b"]);
	assert.equal(log().outbox[0]?.failed, "codename_inside");
});

test("outbox: nothing is sent while offline, and two calls send once", async () => {
	const { outbox, sent, add, link } = setUp();
	link.status = "offline";
	add("a");
	await outbox.flush();
	assert.deepEqual(sent, []);
	link.status = "online";
	await Promise.all([outbox.flush(), outbox.flush()]);
	assert.deepEqual(sent, ["a"]);
});
