// kill -9 anywhere in the life of calls for an adult: node escalate.mjs build/plain. TAP.
// HARK_ESCALATION_KILLS: how often (12); HARK_SEED: which course of events, as printed by an
// earlier run.
//
// Six students call, two counselors open, take, hand on and close, each as fast as they are
// answered; every other call waits until a web hook outside has been told of it. After each kill
// everybody comes back and asks again for what was not answered. In the end what each of them was
// answered is compared with the file, and what was sent outside with both.

import assert from "node:assert/strict";
import { Waiter, runTests, test } from "../wire/client.mjs";
import { WebServer } from "../wire/outside.mjs";
import { Control, newDaemon, patience, prepare } from "../wire/school.mjs";
import { randomFrom, seed } from "./figures.mjs";
import { Person, newId, readFeed } from "./people.mjs";

const built = process.argv[2];
const kills = Number(process.env.HARK_ESCALATION_KILLS ?? 12);
console.log(`# seed ${seed}, ${kills} kills`);
const random = randomFrom(seed);

const cookies = await prepare(built);
const web = await new WebServer().listen();
const daemon = newDaemon({ "webhook.url": `${web.url}/hook`, "notify.retry": "20ms" });
const students = Array.from({ length: 6 }, (_, i) => new Person(daemon, `student ${i}`));
const adults = ["rivera", "okafor"].map((name) => new Person(daemon, name, cookies));
const everybody = [...students, ...adults];
const life = Object.assign(new Waiter(), { killed: 0, steps: 0, ending: false });
const calls = []; // { room, student, page: its id, id: the daemon's, did: the acts that were answered }
let again = 0;

/* ---- what is outside ---- */

const hooks = () => web.requests.map(({ body }) => JSON.parse(body));
const wasTold = (call) => web.requests.some(({ body }) => body.includes(`"esc-${call.id}-`));
web.poke = function poke() {
	WebServer.prototype.poke.call(this);
	life.poke();
};

/* ---- asking until it is so ---- */

/* The answer to a request, over any number of lives of the daemon. */
async function insist(person, message, accepts = () => false) {
	for (let tries = 0; ; tries++) {
		const life0 = life.killed;
		await life.wait("the daemon to be there", () => person.ready || null, patience * 4);
		const answer = await person.ask(message);
		if (answer.type === "lost" || answer.code === "unavailable") {
			again++;
			await life.wait("the next life", () => life.killed > life0 || null, patience * 4);
			continue;
		}
		assert.ok(answer.type === "ok" || accepts(answer, tries), `${JSON.stringify(message)}: ${JSON.stringify(answer)}`);
		life.steps++;
		life.poke();
		return answer;
	}
}

const stages = ["raised", "told", "opened", "taken", "handed", "closed"];
const stateOf = (person, room) => person.states.get(`state.escalation ${room}`);

/* This person's page shows the room's call, and it is at least so far. */
function shows(person, call, stage) {
	return life.wait(`${person.name} to see ${stage}`, () => {
		const shown = stateOf(person, call.room);
		const fresh = shown && shown.stage !== "closed" && !calls.some((one) => one !== call && one.id === shown.escalation);
		return (fresh && stages.indexOf(shown.stage) >= stages.indexOf(stage)) ? shown : null;
	}, patience * 4);
}

async function oneCall(student) {
	const call = { room: student.room, student, page: newId(), did: [], waits: random(2) === 0 };
	const [one, other] = random(2) === 0 ? adults : [...adults].reverse();
	await insist(student, { type: "escalation.raise", room: call.room, id: call.page, reason: "need", note: "only inside" });
	calls.push(call);
	call.did.push("raise");
	call.id = (await shows(one, call, "raised")).escalation;
	if (call.waits) {
		await life.wait("the world to be told", () => wasTold(call) || null, patience * 4);
	}
	const act = async (person, type, fields = {}) => {
		await insist(person, { type: `escalation.${type}`, escalation: call.id, ...fields });
		call.did.push(type);
	};
	if (random(2) === 0) {
		await act(one, "open");
	}
	await act(one, "take");
	if (random(2) === 0) {
		await act(one, "hand", { account: other.account });
		await act(other, "take");
		await act(other, "close", { outcome: "plan" });
	} else {
		await act(one, "close", { outcome: "safe" });
	}
}

async function keepCalling(student) {
	while (!life.ending) {
		await oneCall(student);
	}
}

/* ---- lives ---- */

async function comeBack(person) {
	person.states.clear();
	const welcome = await person.arrive(person.role === "visitor" ? undefined : 0);
	person.account = welcome.account;
	await person.until("all that was", () => person.caughtUp.size > 0);
	person.ready = true;
}

for (const person of everybody) {
	const poke = person.poke;
	person.poke = function pokeBoth() {
		poke.call(this);
		life.poke();
	};
}

let running;

test("students arrive, and begin to call", async () => {
	await daemon.start();
	const operator = await Control.open(daemon.control);
	operator.send(JSON.stringify({ type: "setting.set", ref: 1, key: "ladder", value: "0 | everyone | screen, webhook\n1s | everyone | webhook" }));
	await operator.wait("the ladder", () => operator.take().some((one) => JSON.parse(one).type === "ok"));
	operator.drop();
	for (const student of students) {
		await student.arrive();
		await student.start();
		student.ready = true;
	}
	await Promise.all(adults.map(comeBack));
	running = Promise.all(students.map(keepCalling));
	running.catch(() => {}); // seen below
});

for (let i = 1; i <= kills; i++) {
	test(`kill ${i}: everybody is back, and each open call is`, async () => {
		const until = life.steps + 1 + random(12);
		await Promise.race([running, life.wait("some steps", () => life.steps >= until, patience * 4)]);
		/* Anywhere between two answers, and between an answer and what is sent. */
		await new Promise((resolve) => setTimeout(resolve, random(6)));
		everybody.forEach((person) => (person.ready = false));
		daemon.process.kill("SIGKILL");
		await daemon.wait("the daemon's end", () => daemon.exit);
		const open = calls.filter((call) => call.id && !call.did.includes("close"));
		await daemon.start();
		await Promise.all(everybody.map(comeBack));
		for (const call of open) {
			/* Whatever was answered is so; what was not, may be. */
			const shown = stateOf(adults[0], call.room);
			const taken = call.did.includes("take");
			assert.ok(shown?.escalation === call.id || taken, `call ${call.id} is lost`);
			assert.ok(!taken || !shown || shown.escalation !== call.id || stages.indexOf(shown.stage) >= 3, "take is lost");
		}
		life.killed++;
		life.poke();
	});
}

test("each goes on to its end", async () => {
	life.ending = true;
	await running;
	assert.ok(calls.every((call) => call.did.includes("close")));
});

/* ---- what is in the file, and what was sent ---- */

let feed;

test("each call that was answered is in the file, once, and so is each step", async () => {
	feed = await readFeed(daemon, cookies);
	const raised = feed.filter((one) => one.type === "escalation.raised");
	assert.equal(raised.length, calls.length, "lost, or raised twice");
	assert.deepEqual(new Set(raised.map((one) => one.escalation)), new Set(calls.map((one) => one.id)));
	for (const call of calls) {
		const moves = feed.filter((one) => one.type === "escalation.moved" && one.escalation === call.id);
		assert.equal(moves.at(-1).stage, "closed");
		assert.equal(moves.filter((one) => one.stage === "closed").length, 1);
		for (const [act, stage] of [["open", "opened"], ["take", "taken"], ["hand", "handed"]]) {
			assert.ok(!call.did.includes(act) || moves.some((one) => one.stage === stage), `${act} is lost`);
		}
		let holder = null;
		for (const move of moves) {
			assert.ok(move.stage !== "taken" || holder === null || holder === move.name, "taken from somebody");
			holder = move.stage === "taken" ? move.name : move.stage === "handed" ? null : holder;
		}
	}
});

test("of each call somebody was told, and doubles have the same key", async () => {
	const told = new Map();
	hooks().forEach(({ key }) => told.set(key, (told.get(key) ?? 0) + 1));
	const escalations = new Set([...told.keys()].map((key) => Number(key.split("-")[1])));
	assert.ok(calls.filter((call) => call.waits).every((call) => escalations.has(call.id)));
	assert.ok([...escalations].every((id) => calls.some((call) => call.id === id)), "told of nothing");
	for (const call of calls) {
		const moves = feed.filter((one) => one.type === "escalation.moved" && one.escalation === call.id);
		assert.ok(moves.some((one) => one.stage === "told" || one.stage === "taken"), "nobody knows");
	}
	/* Sent, and killed before the file had taken note of it: at least once, with the same key. */
	const doubles = [...told.values()].reduce((sum, count) => sum + count - 1, 0);
	assert.ok(doubles <= kills * students.length, `${doubles} doubles`);
	console.log(`# ${calls.length} calls, 0 lost; ${again} requests sent again; ${hooks().length} messages, ${doubles} of them again with the same key`);
});

test("it ends well", async () => {
	await daemon.stop();
	await daemon.destroy();
	await web.close();
});

await runTests();
