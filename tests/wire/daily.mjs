// What goes out by itself once a day: the audit's head to who keeps it outside, the reminder of a case
// that is due, and the digest, by a real mail server: node daily.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { School, marker } from "./calling.mjs";
import { runTests, test } from "./client.mjs";
import { MailServer } from "./outside.mjs";
import { prepare } from "./school.mjs";
import { Person, becomes } from "../fault/people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);

/* A zone in which it is noon or the hour after it: nothing of this is sent at night. */
const ahead = 12 - new Date().getUTCHours();
const noon = `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;

async function open() {
	const school = new School({ "server.time_zone": noon });
	const server = await school.serve(new MailServer("plain"));
	school.set({
		"mail.host": "127.0.0.1", "mail.port": server.port, "mail.security": "none",
		"mail.from": "hark@hill.example",
	});
	return { school, server };
}

const to = (server, address) => server.mails.filter((mail) => mail.to.includes(address));
const mailed = (server, address) =>
	server.wait(`a mail to ${address}`, () => to(server, address)[0], 15000);

/* That a mail arrived is noted a moment after: who is killed before sends it again. */
const noted = (school) => becomes("nothing to be waiting", async () =>
	(await school.ask({ type: "notify.status" })).channels.every((one) => one.waiting === 0));

test("the audit's head: once a day to each address, and it verifies", async () => {
	const { school, server } = await open();
	await school.start({ audit_head_to: "principal@hill.example" });
	const verify = (...words) => spawnSync(join(built, "hark"),
		["--config", school.daemon.config, "audit", "verify", ...words], { encoding: "utf8" });
	const mail = await mailed(server, "principal@hill.example");
	const [, head] = /hark audit verify --head (\d+:[0-9a-f]{64})/.exec(mail.body.replaceAll("=\r\n", ""));
	assert.equal(verify("--head", head).status, 0);
	assert.equal(verify("--head", head.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))).status, 2);
	await school.daemon.wait("the head in the log", () => school.daemon.output.includes(`the audit's head is ${head}`));
	await noted(school);
	await school.daemon.end("SIGTERM");
	await school.start({ audit_head_to: "principal@hill.example\nboard@hill.example" });
	await mailed(server, "board@hill.example");
	assert.equal(to(server, "principal@hill.example").length, 1);
	assert.equal(verify("--head", head).status, 0);
	await school.end();
});

test("a case that is due: its owner is written to once a day, without a word of anybody", async () => {
	const { school, server } = await open();
	await school.start();
	const answer = await school.ask({ type: "account.reach", login: "rivera", mail: "rivera@hill.example" });
	assert.equal(answer.type, "ok", JSON.stringify(answer));
	const [ada, rivera] = ["ada", "rivera"].map((name) => new Person(school.daemon, name, cookies));
	await rivera.arrive();
	await ada.arrive();
	const room = await ada.start();
	await ada.done(ada.say(room, marker));
	const told = await rivera.ask({ type: "case.open", room, title: `Title ${marker}` });
	assert.equal(told.type, "case.told", JSON.stringify(told));
	await rivera.done({ type: "case.note", case_id: told.case_id, id: "5a".repeat(16), body: marker });
	await rivera.done({ type: "case.change", case_id: told.case_id, follow_ms: told.opened_ms });
	const mail = await mailed(server, "rivera@hill.example");
	assert.ok(mail.headers.subject.includes(`case ${told.number}`));
	assert.ok(!mail.raw.includes(marker) && !mail.raw.includes(told.name));
	await school.daemon.end("SIGTERM");
	/* The second mail to the keeper shows that the first second of a start has passed. */
	await school.start({ audit_head_to: "principal@hill.example" });
	await mailed(server, "principal@hill.example");
	assert.equal(to(server, "rivera@hill.example").length, 1);
	await school.end();
});

test("yesterday's digest: once a day to each address, numbers alone, and noted", async () => {
	const { school, server } = await open();
	await school.start({ digest_to: "principal@hill.example\nboard@hill.example" });
	const mail = await mailed(server, "principal@hill.example");
	await mailed(server, "board@hill.example");
	assert.match(mail.headers.subject, /^Hark: \w+day, +\d+ \w+$/);
	assert.match(mail.body, /chat/i);
	const { entries } = await school.ask({ type: "audit.list", limit: 20 });
	assert.equal(entries.filter((one) => one.what === "digest").length, 1);
	await noted(school);
	await school.daemon.end("SIGTERM");
	/* The head to its keeper shows that the new start has looked after what is due. */
	await school.start({
		digest_to: "principal@hill.example\nboard@hill.example", audit_head_to: "keeper@hill.example",
	});
	await mailed(server, "keeper@hill.example");
	assert.equal(to(server, "principal@hill.example").length, 1);
	assert.equal(to(server, "board@hill.example").length, 1);
	await school.end();
});

await runTests();
