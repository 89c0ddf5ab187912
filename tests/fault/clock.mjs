// The wall clock is set while the daemon runs: an hour back, a day on, over both changes of summer
// time, and past 2038: node clock.mjs build/plain. TAP.
//
// Nobody is signed out or cut off, messages keep their order, shifts are those of the clock on the
// wall, a call for an adult goes on climbing. Only the daemon's clock is set (clock.c).

import "./in_memory.mjs";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fetchOnce, runTests, test } from "../wire/client.mjs";
import { newDaemon, prepare } from "../wire/school.mjs";
import { long, randomFrom, say, seed, timeFor } from "./figures.mjs";
import { Hooks, Person, becomes, readFeed, readRoom, take } from "./people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const random = randomFrom(seed);
console.log(`# seed ${seed}`);
const tried = { "steps of the clock": 0, messages: 0, "shifts looked at": 0 };
const lost = { sessions: 0, messages: 0, "wrong shifts": 0 };

/* All in New York: UTC-5 in winter, UTC-4 from 8 March to 1 November 2026. */
const at = (text) => Date.parse(`2026-${text}Z`);
const friday = at("03-06T17:30:00"); // 12:30
const hour = 3600000;

let daemon, hooks, ada, juniper, rivera, sage, room;
const said = [];

const hark = (...words) => {
	const { status, stderr } = spawnSync(join(built, "hark"), ["--config", daemon.config, ...words], { encoding: "utf8" });
	assert.equal(status, 0, `hark ${words.join(" ")}: ${stderr}`);
};

async function begin() {
	daemon = newDaemon({ "server.time_zone": "America/New_York" });
	hooks = new Hooks(daemon, built, "clock");
	hooks.set(friday);
	await daemon.start();
	hark("shift", "add", "sage", "fri,sun", "12:00-13:00");
	hark("shift", "add", "sage", "sun", "3:00-3:30");
	hark("shift", "add", "sage", "sun", "1:00-1:30"); /* twice when summer time ends: one shift */
	hark("setting", "set", "ladder", "0 | duty | screen\n2s | everyone | screen\n4s | everyone | screen\n6s | everyone | screen");
	[ada, juniper, rivera, sage] = ["ada", "juniper", "rivera", "sage"].map((name) => new Person(daemon, name, cookies));
	for (const one of [rivera, juniper, sage, ada]) {
		await one.arrive();
	}
	room = await ada.start();
	await take(juniper, room);
	await serves(true);
}

const isFree = () => rivera.states.get("state.staff ")?.supporters.find((one) => one.name === "Sage")?.free;

async function serves(wanted) {
	tried["shifts looked at"]++;
	try {
		await rivera.until(`sage ${wanted ? "on" : "off"} shift`, () => isFree() === wanted || null);
	} catch (error) {
		lost["wrong shifts"]++;
		throw error;
	}
}

/* Everybody is still there, signed in, and can talk. */
async function goesOn() {
	for (const one of [ada, juniper, rivera, sage]) {
		lost.sessions += one.socket.closed === undefined ? 0 : 1;
		assert.equal(one.socket.closed, undefined, one.name);
		await one.done({ type: "ping" });
	}
	for (const [cookie, path] of [[cookies.rivera, "/oversight"], [cookies.juniper, "/console"], [cookies.robin, "/console"]]) {
		const { status } = await fetchOnce(daemon.port, "GET", path, { Cookie: `hark=${cookie}` });
		lost.sessions += status === 200 ? 0 : 1;
		assert.equal(status, 200, path);
	}
	for (const one of [ada, juniper]) {
		const before = hooks.now();
		const answer = await one.done(one.say(room, `message ${said.length}`));
		assert.ok(answer.at_ms >= before - 1000 && answer.at_ms <= hooks.now() + 1000, `${answer.at_ms} at ${before}`);
		assert.ok(said.length === 0 || answer.n > said.at(-1).n, "out of order");
		said.push(answer);
		tried.messages++;
	}
}

/* What was acknowledged is what is read, in that order and of that time. */
async function isKept() {
	const file = (await readRoom(daemon, "ada")).filter((one) => one.type === "chat.posted");
	const kept = new Map(file.map((one) => [one.n, one.at_ms]));
	lost.messages += said.filter((one) => kept.get(one.n) !== one.at_ms).length;
	assert.equal(lost.messages, 0);
	assert.deepEqual(file.map((one) => one.body), said.map((_, i) => `message ${i}`));
}

async function step(ms, sageServes) {
	hooks.set(ms);
	tried["steps of the clock"]++;
	await serves(sageServes);
	await goesOn();
}

test("people talk on a Friday at noon", begin);

test("an hour back, and on again: shifts are those of the clock on the wall", async () => {
	await step(friday - hour, false);
	await step(friday, true);
	await step(friday - hour / 2 + 60000, true); /* 12:01 */
	await step(friday - hour / 2 - 60000, false);
	await step(friday, true);
});

test("a day on, and back", async () => {
	await step(friday + 24 * hour, false);
	await step(friday, true);
});

test("summer time begins and ends under the daemon", async () => {
	await step(at("03-07T17:30:00"), false); /* a Saturday, 12:30 */
	await step(at("03-08T06:59:57"), false); /* 1:59:57; then it is 3:00:00 at once */
	await serves(true);
	await goesOn();
	await step(at("03-08T15:59:57"), false); /* 11:59:57 in summer */
	await serves(true);
	await step(at("03-08T17:00:30"), false); /* 13:00:30 */
	await step(at("10-30T16:30:00"), true); /* a Friday in summer, 12:30 */
	await step(at("11-01T04:59:57"), false); /* 0:59:57 */
	await serves(true);
	await step(at("11-01T05:59:59"), true); /* 1:59:59; then it is 1:00:00 again */
	await becomes("the hour comes again", () => hooks.now() > at("11-01T06:00:01"));
	await serves(true);
	await goesOn();
	await step(at("11-01T06:29:57"), true); /* 1:29:57, the second time */
	await serves(false);
	await step(at("11-01T07:59:57"), false); /* 2:59:57 in winter */
	await serves(true);
	await step(at("11-01T16:30:00"), false); /* 11:30 */
	await step(at("11-01T17:30:00"), true); /* 12:30 */
});

test("2038: over the end of 32 bits", async () => {
	await step(Date.parse("2038-01-19T03:14:05Z"), false);
	await becomes("it is over it", () => hooks.now() > 2 ** 31 * 1000 + 500);
	await goesOn();
	assert.ok(said.at(-1).at_ms > 2 ** 31 * 1000, "not over it");
	await step(Date.parse("2038-01-22T17:30:00Z"), true); /* a Friday, 12:30 */
	await step(friday, true);
});

test("a call for an adult goes on climbing, whatever the clock says", async () => {
	await ada.done({ type: "escalation.raise", room, id: "ab".repeat(16), reason: "need" });
	const climbs = (rung) => rivera.until(`rung ${rung}`, () =>
		rivera.states.get(`state.escalation ${room}`)?.rung >= rung || null);
	await climbs(0);
	hooks.set(friday - hour);
	tried["steps of the clock"]++;
	await climbs(1);
	hooks.set(friday + 24 * hour);
	tried["steps of the clock"]++;
	await climbs(2);
	hooks.set(friday - 24 * hour);
	tried["steps of the clock"]++;
	await climbs(3);
	const { escalation } = rivera.states.get(`state.escalation ${room}`);
	await rivera.done({ type: "escalation.take", escalation });
	await rivera.done({ type: "escalation.close", escalation, outcome: "safe" });
});

test("started with the clock an hour behind what it has written: the same, in the same order", async () => {
	hooks.set(friday);
	await goesOn();
	await daemon.end("SIGKILL");
	hooks.set(friday - hour);
	await daemon.start();
	for (const one of [rivera, juniper, sage, ada]) {
		one.events.length = 0;
		one.states.clear();
		await one.arrive();
	}
	await serves(false);
	await goesOn();
	await isKept();
	await readFeed(daemon, cookies);
	await daemon.stop();
	hark("verify");
	await daemon.destroy();
	hooks.close();
});

test("figures", async () => {
	for (let round = 0; long && (round === 0 || timeFor(10)); round++) {
		said.length = 0;
		await begin();
		for (let i = 0; i < 40; i++) {
			/* Any hour of any day of some years, whose shifts it may reckon as it likes. */
			hooks.set(friday + random(15 * 365 * 24) * hour);
			tried["steps of the clock"]++;
			await goesOn();
			if (i % 4 === 3) {
				await step(friday - random(3) * 7 * 24 * hour - (i % 8 === 3 ? 0 : hour), i % 8 === 3);
			}
		}
		await isKept();
		await daemon.stop();
		await daemon.destroy();
		hooks.close();
	}
	say("a clock that is set", tried, lost);
});

await runTests();
