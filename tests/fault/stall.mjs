// A disk that stands still for five seconds, again and again: node stall.mjs build/plain. TAP; for
// make soak (make test has one such stall in disk.mjs). The loop goes on: pings and pages are
// answered, nothing is acknowledged or shown meanwhile, and everything is afterwards.

import assert from "node:assert/strict";
import { fetchOnce, runTests, test } from "../wire/client.mjs";
import { prepare } from "../wire/school.mjs";
import { randomFrom, say, seed, timeFor } from "./figures.mjs";
import { Disk } from "./people.mjs";
import { Talk } from "./talk.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const random = randomFrom(seed);
const stallMs = 5000;
const tried = { stalls: 0, "messages meanwhile": 0, "pings answered": 0 };
const lost = { "acknowledged messages": 0, "doubled messages": 0 };
const waits = []; // ms for a ping and a page

async function stalls(call) {
	const talk = await new Talk(cookies);
	const disk = new Disk(talk.daemon, built);
	await talk.begin();
	await talk.write(20 + random(200));
	disk.order(call, Disk.WAIT);
	const writing = talk.write(40);
	await disk.hit();
	const answered = () => [...talk.sent.values()].filter((one) => one.answer).length;
	const shown = () => talk.shown().map((events) => events.length);
	await Promise.all([talk.ada, talk.juniper].map((one) => one.done({ type: "ping" })));
	const before = answered(); /* what was on its way is there */
	const until = Date.now() + stallMs;
	while (Date.now() < until) {
		const asked = performance.now();
		await Promise.all([talk.ada, talk.juniper].map((one) => one.done({ type: "ping" })));
		assert.equal((await fetchOnce(talk.daemon.port, "GET", "/")).status, 200);
		waits.push(performance.now() - asked);
		tried["pings answered"] += 2;
	}
	const open = [...talk.sent.values()].filter((one) => !one.answer).length;
	assert.equal(answered(), before, "acknowledged meanwhile");
	assert.ok(talk.shown().flat().every(({ id }) => talk.sent.get(id).answer), "shown meanwhile");
	const seen = shown();
	tried["messages meanwhile"] += open;
	disk.release();
	assert.equal(await writing, true);
	assert.ok(shown().every((count, i) => count > seen[i]), "shown afterwards");
	await talk.daemon.end("SIGKILL");
	talk.daemon.environment = {};
	await talk.daemon.start();
	await talk.comeBack();
	await talk.compare();
	await talk.daemon.stop();
	talk.verify(built);
	await talk.daemon.destroy();
	Object.keys(lost).forEach((name) => (lost[name] += talk.lost[name]));
	tried.stalls++;
}

test("nothing is acknowledged while the disk stands still, everything afterwards", async () => {
	do {
		for (const call of ["sync", "write"]) {
			await stalls(call);
		}
	} while (timeFor(20));
	waits.sort((a, b) => a - b);
	say("a disk that stands still for 5 s", tried, lost, {
		"ms for two pings and a page, median": Math.round(waits[waits.length >> 1]),
		"ms at most": Math.round(waits.at(-1)),
	});
});

await runTests();
