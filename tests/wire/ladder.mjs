// The ladder with nobody there: a student calls, nobody takes it, it mails, then widens, and stops
// when somebody does: node ladder.mjs build/plain. TAP. Mail and web servers are real ones.

import assert from "node:assert/strict";
import { runTests, test } from "./client.mjs";
import { MailServer, WebServer } from "./outside.mjs";
import { Control, newDaemon, patience, prepare, schema } from "./school.mjs";
import { Disk, Person, newId } from "../fault/people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const words = "what nobody outside may ever read";
const mail = await new MailServer("plain").listen();
const web = await new WebServer().listen();

const daemon = newDaemon({
	"server.public_url": "https://hark.hill.example", "mail.host": "127.0.0.1", "mail.port": mail.port,
	"mail.security": "none", "webhook.url": `${web.url}/hook`,
});
const disk = new Disk(daemon, built);
const ladder = "0 | duty | screen, mail\n1s | duty | webhook\n2s | office | mail\n3s | everyone | mail, webhook";

async function operator(...messages) {
	const control = await Control.open(daemon.control);
	for (const [ref, message] of messages.entries()) {
		control.send(JSON.stringify({ ref, ...message }));
		const [answer] = await control.wait(message.type, () => {
			const got = control.take();
			return got.length > 0 && got;
		}, patience);
		assert.equal(JSON.parse(answer).type, "ok", answer);
	}
	control.drop();
}

const school = (person) => person.states.get("state.school ");
const help = (person) => person.states.get(`state.room ${person.room}`)?.help;
const to = (address) => mail.mails.filter((one) => one.to.includes(address));
const hooks = () => web.requests.map((one) => ({ ...JSON.parse(one.body), headers: one.headers }));
const keysOf = (call) => [...hooks().map((one) => one.key), ...mail.mails.map((one) => one.headers["x-hark-id"])]
	.filter((key) => key?.startsWith(`esc-${call}-`));

const ada = new Person(daemon, "ada");
const bo = new Person(daemon, "bo");
const rivera = new Person(daemon, "rivera", cookies);
const okafor = new Person(daemon, "okafor", cookies);
let riveras; // account

test("without an address nobody can be reached, and every page says so", async () => {
	await daemon.start();
	await ada.arrive();
	await ada.until("the school", () => school(ada));
	/* A web hook leads to someone; the ladder of this school has none yet. */
	await operator({ type: "setting.set", key: "ladder", value: "0 | duty | screen, mail" });
	await ada.until("to be told so", () => school(ada).reachable === false);
	assert.equal(school(ada).watched, false);
	await operator({ type: "account.reach", login: "okafor", mail: "okafor@hill.example" });
	await ada.until("to be told of the address", () => school(ada).reachable === true);
});

test("nobody is on shift, a student calls: those on duty are mailed", async () => {
	await operator({ type: "setting.set", key: "ladder", value: ladder },
		{ type: "setting.set", key: "office_mail", value: "office@hill.example" },
		{ type: "account.reach", login: "rivera", mail: "rivera@hill.example" });
	riveras = (await rivera.arrive()).account;
	await rivera.done({ type: "duty.set", on: true });
	rivera.leave();
	await ada.until("nobody to watch", () => school(ada).watched === false);
	await ada.start();
	await ada.done({ type: "escalation.raise", room: ada.room, id: newId(), reason: "need", note: words });
	await ada.until("help to be asked for", () => help(ada) === "asked");
	await mail.wait("the mail", () => to("rivera@hill.example").length > 0);
	assert.equal(mail.mails.length, 1, "only who is on duty");
	const [{ headers, raw }] = mail.mails;
	assert.match(headers.subject, /A student asks for an adult/);
	assert.match(raw, /https:\/\/hark\.hill\.example\/oversight/);
	assert.match(raw, /Since 20\d\d-\d\d-\d\d \d\d:\d\d/);
});

test("nobody takes it: it widens to another channel, the office, and everyone", async () => {
	await web.wait("the web hook", () => hooks().length > 0);
	assert.equal(hooks()[0].to, "those on duty");
	await mail.wait("the office's mail", () => to("office@hill.example").length > 0);
	await mail.wait("everyone's mail", () => to("okafor@hill.example").length > 0);
	await mail.wait("everyone's mail", () => to("rivera@hill.example").length > 1);
	await mail.wait("everyone's mail", () => to("office@hill.example").length > 1);
	await web.wait("everyone's web hook", () => hooks().length > 1);
});

test("who signs in sees who was told, how, and that it arrived", async () => {
	await okafor.arrive();
	const call = await okafor.until("the call", () => {
		const state = okafor.states.get(`state.escalation ${ada.room}`);
		return state?.told.some((one) => one.who === "Okafor" && one.channel === "mail" && !one.failed) && state;
	});
	assert.equal(call.note, words);
	assert.equal(call.stage, "told");
	assert.equal(call.rung, 3);
	assert.ok(call.next_ms > call.at_ms);
	assert.deepEqual(["Rivera mail", "the front office mail", "those on duty webhook", "everyone webhook"]
		.filter((one) => !call.told.some(({ who, channel }) => `${who} ${channel}` === one)), []);
	await okafor.done({ type: "escalation.take", escalation: call.escalation });
	await ada.until("to hear who has it", () => help(ada) === "taken");
});

test("once it is taken nobody is called any more; the next call is", async () => {
	const { escalation } = okafor.states.get(`state.escalation ${ada.room}`);
	const before = keysOf(escalation);
	await bo.arrive();
	await bo.start();
	await bo.done({ type: "escalation.raise", room: bo.room, id: newId(), reason: "need" });
	const state = await okafor.until("the other call", () => okafor.states.get(`state.escalation ${bo.room}`));
	/* As far as its repetition, which comes after all that the first might still have sent. */
	await web.wait("it to climb", () =>
		hooks().filter((one) => one.key.startsWith(`esc-${state.escalation}-`)).length >= 3);
	assert.deepEqual(keysOf(escalation), before);
});

test("taken and handed on in one breath: who was asked is mailed all the same", async () => {
	const { escalation } = okafor.states.get(`state.escalation ${bo.room}`);
	disk.order("sync", Disk.WAIT);
	const taken = okafor.done({ type: "escalation.take", escalation });
	await disk.hit();
	const handed = okafor.done({ type: "escalation.hand", escalation, account: riveras });
	await okafor.done({ type: "ping" });
	disk.release();
	await Promise.all([taken, handed]);
	await mail.wait("the mail", () => keysOf(escalation).some((key) => key.includes("-h-mail-")));
});

test("no message holds a word of a student, and no two the same key", async () => {
	const all = [...web.requests.map((one) => one.body), ...mail.mails.map((one) => one.raw)];
	assert.ok(all.every((one) => !one.includes(words)));
	const keys = hooks().map((one) => one.key);
	assert.equal(new Set(keys).size, keys.length);
	assert.ok(schema.hash);
	await daemon.stop();
	await daemon.destroy();
	await mail.close();
	await web.close();
});

await runTests();
