// What wrong codes cost everybody else: node door.mjs build/plain. TAP.
//
// Whoever types codes that are none makes others work a little, and no more: nobody has opened a
// chat, and there is room for all of them.

import assert from "node:assert/strict";
import { Person } from "../fault/people.mjs";
import { School } from "./calling.mjs";
import { runTests, test } from "./client.mjs";
import { prepare } from "./school.mjs";
import { work } from "./work.mjs";

await prepare(process.argv[2]);

const start = { type: "room.start", topics: [], to: "now" };
const most = 14;
const usual = 30; // wrong codes a minute
const wrongCode = "23456-789BN"; // its last letter is right

test("wrong codes alone never ask for more than a little", async () => {
	const school = new School();
	await school.start();
	await school.ask({ type: "setting.set", key: "codes_required", value: "yes" });
	const ada = new Person(school.daemon, "ada");
	await ada.arrive();
	const asked = [];
	for (let wrong = 0; wrong < 3 * usual; wrong++) {
		let answer = await ada.ask({ ...start, code: wrongCode });
		if (answer.code === "work_needed") {
			asked.push(answer.bits);
			assert.ok(answer.bits <= most, `${asked}`);
			answer = await ada.ask({ ...start, code: wrongCode, work: work(answer.challenge, answer.bits) });
		}
		assert.equal(answer.code, "code_wrong");
	}
	assert.ok(asked.length > 0, "pressure");
	ada.leave();
	await school.end();
});

await runTests();
