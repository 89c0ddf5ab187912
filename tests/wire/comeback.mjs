// Who drops and comes back. A thousand clients return within a second, each to exactly what it
// missed; and what a connection says of its visitor is sealed once for a room, not each time.
// node comeback.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { Person, becomes } from "../fault/people.mjs";
import { runTests, test } from "./client.mjs";
import { newDaemon, prepare } from "./school.mjs";

const built = process.argv[2];
const clients = 1000, missed = 20, perS = 50;
const cookies = await prepare(built);

/* The program ends with a sentence when one client gets anything but what it missed. */
function crowd(daemon, ...words) {
	return new Promise((resolve) => {
		const child = spawn(join(built, "tests/bench/crowd"), [daemon.port, daemon.process.pid, ...words].map(String));
		let said = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (bytes) => (said += bytes));
		}
		child.once("close", (code) => resolve({ code, said }));
	});
}

test("a thousand return at once, each to what it missed", async () => {
	const daemon = await newDaemon({
		"limits.connections": 4000, "limits.rooms_per_min": 100000000, "limits.waiting": 100000000,
	}).start();
	const { code, said } = await crowd(daemon, "storm", clients, 0, missed, perS);
	assert.equal(code, 0, `${said}\n${daemon.output.slice(-2000)}`);
	assert.equal(JSON.parse(said).caught_up.count, clients);
	await daemon.stop();
	await daemon.destroy();
});

test("known details are not sealed again, and nowhere else either", async () => {
	const daemon = await newDaemon().start();
	const rivera = new Person(daemon, "rivera", cookies);
	await rivera.arrive();
	const sealed = async (room) => (await rivera.ask({ type: "identity.status", room })).items.length;
	const ada = new Person(daemon, "ada"), bo = new Person(daemon, "bo");
	await ada.arrive();
	await ada.start();
	await becomes("what ada's connection said", () => sealed(ada.room));
	const { words } = await ada.ask({ type: "codename.make", room: ada.room });
	for (let i = 0; i < 3; i++) {
		ada.leave();
		await ada.arrive();
	}
	assert.equal(await sealed(ada.room), 1);

	/* Bo's own room knows the connection, so it was not sealed at his return; ada's room, which
	 * he opens with the words, must get it all the same: he has to come again. */
	await bo.arrive();
	await bo.start();
	await becomes("what bo's connection said", () => sealed(bo.room));
	bo.leave();
	await bo.arrive();
	await daemon.end("SIGKILL"); /* what was sealed lately is not known any more */
	await daemon.start();
	for (const one of [rivera, bo]) {
		await one.arrive();
	}
	await becomes("it again, after the start", async () => await sealed(bo.room) === 2);
	bo.leave();
	await bo.arrive();
	await bo.done({ type: "codename.open", words });
	assert.equal(await bo.closed(), 1001);
	assert.equal(await sealed(ada.room), 1);
	assert.equal((await bo.arrive()).room, ada.room);
	await becomes("it in ada's room", async () => await sealed(ada.room) === 2);
	rivera.leave();
	bo.leave();
	await daemon.stop();
	await daemon.destroy();
});

await runTests();
