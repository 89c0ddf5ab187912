// From "I need an adult" to the call on a connected counselor's screen, under load:
//
//	node tests/bench/call.mjs BUILD_DIRECTORY [CALLS] [MESSAGES_PER_SECOND]
//
// 100 rooms talk beside it. Prints percentiles of three times, each from the moment the request was
// sent: until the caller is answered (the commit), until the counselor's page has the call, and
// what the second takes beyond the first. No figure is asserted.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { newDaemon, prepare } from "../wire/school.mjs";
import { Person, newId } from "../fault/people.mjs";

const [built, callsText = "200", rateText = "500"] = process.argv.slice(2);
const rooms = 100;
const students = 20;
const seconds = 600; // at most; ended when all calls are made

const cookies = await prepare(built);
const daemon = await newDaemon({ "talk.cap": 100 }).start();
const load = spawn(join(built, "tests/bench/load"), [String(daemon.port), "hark", "rate", String(rooms), rateText,
	String(seconds), String(daemon.process.pid), `hark=${cookies.juniper}`, `hark=${cookies.robin}`],
	{ stdio: ["ignore", "ignore", "inherit"] });

process.on("exit", () => load.kill());
let over = false;
load.on("exit", () => {
	if (!over) {
		console.error("the load ended before the calls");
		process.exit(1);
	}
});

const counselor = new Person(daemon, "rivera", cookies);
await counselor.arrive();
const callers = [];
for (let i = 0; i < students; i++) {
	const caller = new Person(daemon, `student ${i}`);
	await caller.arrive();
	await caller.start();
	callers.push(caller);
}
await counselor.until("all rooms to talk", () => [...counselor.states.values()]
	.filter((one) => one.type === "state.wall" && one.phase === "live").length >= rooms, 60000);

const answered = [], seen = [], beyond = [];
for (let i = 0; i < Number(callsText); i++) {
	const caller = callers[i % students];
	const from = performance.now();
	const raise = caller.done({ type: "escalation.raise", room: caller.room, id: newId(), reason: "need" })
		.then(() => performance.now());
	const shows = counselor.until("the call", () => {
		const call = counselor.states.get(`state.escalation ${caller.room}`);
		return call && call.stage !== "closed" && call;
	}).then((call) => [performance.now(), call.escalation]);
	const at = await raise;
	const [shown, escalation] = await shows;
	answered.push(at - from);
	seen.push(shown - from);
	beyond.push(shown - at);
	await counselor.done({ type: "escalation.take", escalation });
	await counselor.done({ type: "escalation.close", escalation, outcome: "safe" });
	await counselor.until("its end", () => counselor.states.get(`state.escalation ${caller.room}`).stage === "closed");
}

function print(name, times) {
	times.sort((a, b) => a - b);
	const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
	console.log(`${name.padEnd(42)} p50 ${at(0.5)} ms  p99 ${at(0.99)} ms`);
}

console.log(`${answered.length} calls, ${rooms} rooms, ${rateText} messages a second`);
print("until the caller is answered", answered);
print("until the counselor's page has the call", seen);
print("the second beyond the first", beyond);
over = true;
load.kill();
await daemon.stop();
await daemon.destroy();
process.exit(0);
