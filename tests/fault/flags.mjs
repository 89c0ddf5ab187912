// No flag is lost: kill -9 and a failing disk while every message holds words to look at, again and
// again: node flags.mjs build/plain. TAP. HARK_KILLS: how often (12); HARK_SEED as in kill.mjs.
//
// At the end the feed must have the flag of each such message, once, behind it, and no other.

import assert from "node:assert/strict";
import { Waiter, runTests, test } from "../wire/client.mjs";
import { Control, newDaemon, prepare } from "../wire/school.mjs";
import { randomFrom, seed } from "./figures.mjs";
import { Disk, Person, readFeed } from "./people.mjs";

const built = process.argv[2];
const kills = Number(process.env.HARK_KILLS ?? 12);
const inFlight = 3; // of each writer
console.log(`# seed ${seed}, ${kills} kills`);
const random = randomFrom(seed);

const cookies = await prepare(built);
const daemon = newDaemon({ "limits.credits": "100000", "limits.credits_per_s": "100000",
	"limits.shared_credits": "1000000", "limits.shared_credits_per_s": "1000000" });
const disk = new Disk(daemon, built);
const visitors = Array.from({ length: 4 }, (_, i) => new Person(daemon, `visitor ${i}`));
const round = Object.assign(new Waiter(), { over: false, answered: 0 });
const acknowledged = new Set(); // ids
const bodies = ["i want to k1ll myself", "nothing to see", "K I L L   myself, really"];
const isFlagged = (body) => body !== bodies[1];

async function write(visitor) {
	while (!round.over) {
		const message = visitor.say(visitor.room, bodies[random(bodies.length)]);
		const answer = await visitor.ask(message);
		if (answer.type !== "ok") {
			return;
		}
		acknowledged.add(message.id);
		round.answered++;
		round.poke();
	}
}

/* Writing until about so many more are answered. */
async function writeUntil(end) {
	round.over = false;
	const until = round.answered + 20 + random(150);
	const all = Promise.all(visitors.flatMap((one) => Array.from({ length: inFlight }, () => write(one))));
	await round.wait("enough answers", () => round.answered >= until);
	await new Promise((resolve) => setTimeout(resolve, random(4))); // anywhere between two answers
	round.over = true;
	await end();
	await all;
}

test("a school with a watch phrase, and who writes", async () => {
	await daemon.start();
	const operator = await Control.open(daemon.control);
	operator.send(JSON.stringify({ type: "phrase.put", language: "en", severity: "medium", category: "Suicide",
		text: "kill myself", match: "word" }));
	const [answer] = await operator.wait("the phrase", () => {
		const got = operator.take();
		return got.length > 0 && got;
	});
	assert.equal(JSON.parse(answer).type, "ok", answer);
	operator.drop();
	for (const one of visitors) {
		await one.arrive();
		await one.start();
	}
});

for (let i = 1; i <= kills; i++) {
	test(`kill ${i}`, async () => {
		await writeUntil(async () => {
			daemon.process.kill("SIGKILL");
			await daemon.wait("the daemon's end", () => daemon.exit);
		});
		await daemon.start();
		for (const one of visitors) {
			await one.arrive(0);
		}
	});
}

for (let i = 1; i <= 3; i++) {
	test(`a disk that fails and comes back ${i}`, async () => {
		const recovered = () => daemon.output.split("the file takes writes again").length - 1;
		const before = recovered();
		await writeUntil(async () => {
			disk.order("sync", Disk.EIO);
			// Something must be written for it to be noticed.
			await visitors[0].ask(visitors[0].say(visitors[0].room, bodies[0]));
			disk.release();
		});
		await daemon.wait("writing again", () => recovered() > before);
		await visitors[1].done(visitors[1].say(visitors[1].room, bodies[0]));
	});
}

test("each message that matches has its flag, and nothing else has", async () => {
	const feed = await readFeed(daemon, cookies);
	const name = (one) => `${one.room} ${one.n}`;
	const flags = feed.filter((one) => one.type === "flag.raised");
	const posted = feed.filter((one) => one.type === "chat.posted");
	const wanted = posted.filter((one) => isFlagged(one.body));
	assert.deepEqual(flags.map(name).sort(), wanted.map(name).sort());
	const said = new Map(posted.map((one) => [name(one), one]));
	assert.ok(flags.every((one) => one.seq > said.get(name(one)).seq));
	const ids = new Set(posted.map((one) => one.id));
	assert.ok([...acknowledged].every((id) => ids.has(id)), "an acknowledged message is missing");
	const apart = flags.filter((one) => one.seq !== said.get(name(one)).seq + 1).length;
	console.log(`# ${posted.length} messages, ${flags.length} flags, ${apart} not right behind their message`);
	await daemon.stop();
	await daemon.destroy();
});

await runTests();
