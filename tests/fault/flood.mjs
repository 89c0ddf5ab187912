// One source that sends a thousand messages a second, whatever it is told: a thread of hostile.mjs.
// It says "ready" when it has a room; floods from "start" to "pause"; and after { least } and that
// many messages says what it was answered.

import { parentPort, workerData } from "node:worker_threads";
import { Ws } from "../wire/client.mjs";
import { schema } from "../wire/school.mjs";
import { newId } from "./people.mjs";

const ws = await Ws.open(workerData.port, {}, { from: "127.0.0.9" });
const last = 1 << 30; // the ref of the last question
let sent = 0, accepted = 0, room, answered;
let begun; // at first
let since, already; // from when on, and how many had been sent then; undefined while it pauses
const refused = {}; // by code

function count() {
	const messages = ws.frames.splice(0).filter(({ opcode }) => opcode === 1).map(({ payload }) => JSON.parse(payload));
	for (const one of messages.flatMap((message) => (message.type === "batch" && message.ref === undefined ? message.events : [message]))) {
		if (one.ref === 0) {
			room = one.room;
		} else if (one.ref === last) {
			answered = true;
		} else if (one.ref !== undefined && one.type === "ok") {
			accepted++;
		} else if (one.ref !== undefined && one.type === "error") {
			refused[one.code] = (refused[one.code] ?? 0) + 1;
		}
	}
}

function flood() {
	count();
	const due = since === undefined ? 0 : Math.min(1000, Math.floor(performance.now() - since) - (sent - already));
	if (due > 0) {
		ws.send(...Array.from({ length: due }, () => JSON.stringify({
			type: "chat.send", ref: ++sent, room, id: newId(), body: "x".repeat(200) })));
	}
}

ws.send(JSON.stringify({ type: "hello", page: "visitor", schema: schema.hash, token: "f1".repeat(32) }),
	JSON.stringify({ type: "room.start", ref: 0, topics: [], to: "now" }));
await ws.wait("the flooder's room", () => {
	count();
	return room;
});
parentPort.on("message", async (message) => {
	if (message === "start" || message === "pause") {
		if (begun === undefined) {
			begun = performance.now();
			setInterval(flood, 10);
		}
		since = message === "start" ? performance.now() : undefined;
		already = sent;
		parentPort.postMessage(message);
		return;
	}
	await ws.wait("enough of a flood", () => {
		setTimeout(() => ws.poke(), 20);
		return sent >= message.least || ws.raw.ended;
	}, 120000);
	/* What is answered late counts, too. */
	ws.send(JSON.stringify({ type: "ping", ref: last }));
	await ws.wait("its last answer", () => {
		count();
		return answered || refused.too_fast > 0 || ws.raw.ended;
	});
	parentPort.postMessage({ sent, accepted, refused, closed: ws.code ?? (ws.raw.ended ? 1006 : undefined), seconds: (performance.now() - begun) / 1000 });
	process.exit();
});
parentPort.postMessage("ready");
