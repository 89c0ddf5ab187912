// Messages to adults against real servers on this machine, each refusing, hanging, answering with an
// error, and coming back: node channels.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTests, test } from "./client.mjs";
import { School, everywhere, marker } from "./calling.mjs";
import { MailServer, WebServer, makeCertificate } from "./outside.mjs";
import { Control, prepare } from "./school.mjs";
import { Disk, Person, becomes } from "../fault/people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);

/* For those who only wait for an answer: a busy machine may take its time. */
const unhurried = { "notify.timeout": "10s", "notify.connect": "10s", "program.timeout": "10s" };

/* ---- mail ---- */

const certificate = makeCertificate();

function mailOptions(server, security, more = {}) {
	return {
		"mail.host": "127.0.0.1", "mail.port": server.port, "mail.security": security,
		"mail.from": "hark@hill.example", ...more,
	};
}

for (const [security, kind] of [["none", "plain"], ["starttls", "starttls"], ["tls", "tls"]]) {
	test(`a mail over ${security}, signed in`, async () => {
		const school = new School(unhurried);
		const server = await school.serve(new MailServer(kind, { certificate, user: "hark", password: "pass word" }));
		school.set(mailOptions(server, security, {
			"mail.user": "hark", "mail.password_file": school.secret("password", "pass word"),
			"notify.ca_file": certificate.path,
		}));
		await school.start();
		const { mail } = await school.test();
		assert.equal(mail.problem, "");
		assert.ok(mail.sent_ms > 0);
		const [got] = server.mails;
		assert.equal(server.mails.length, 1);
		assert.equal(got.secure, security !== "none");
		assert.equal(got.user, "hark");
		assert.deepEqual([got.from, got.to], ["hark@hill.example", ["office@hill.example"]]);
		assert.equal(got.headers.to, "<office@hill.example>");
		assert.equal(got.headers.from, "Hark <hark@hill.example>");
		assert.equal(got.headers["auto-submitted"], "auto-generated");
		assert.match(got.headers["message-id"], /^<test-[\w-]+@hill\.example>$/);
		assert.ok(Math.abs(new Date(got.headers.date) - Date.now()) < 60000);
		assert.match(got.body, /This is a test/);
		assert.ok(!school.daemon.output.includes("pass word"));
		await school.end();
	});
}

const refusals = [
	["a server without STARTTLS gets nothing", "plain", "starttls", {}, /\./],
	["nor does one with a certificate nobody vouches for", "starttls", "starttls", { "notify.ca_file": "" }, /certificate/],
	["a server that speaks no TLS", "plain", "tls", {}, /\./],
	["a wrong password", "plain", "none", { "mail.user": "hark" }, /^The mail server answered 535\.$/],
];
for (const [name, kind, security, more, problem] of refusals) {
	test(name, async () => {
		const school = new School(unhurried);
		const server = await school.serve(new MailServer(kind, { certificate, user: "hark", password: "right" }));
		school.set(mailOptions(server, security, {
			"notify.ca_file": certificate.path, "mail.password_file": school.secret("password", "wrong"), ...more,
		}));
		await school.start();
		const { mail } = await school.test("mail");
		assert.match(mail.problem, problem);
		assert.ok(mail.failed_ms > 0 && mail.sent_ms === undefined);
		assert.deepEqual(server.mails, []);
		await school.end();
	});
}

/* ---- all of them ---- */

/* A server for each channel; the program notes what it gets in files. */
async function outside(school, web = {}) {
	const servers = {
		mail: await school.serve(new MailServer("plain")),
		webhook: await school.serve(new WebServer(web)),
		ntfy: await school.serve(new WebServer()),
		slack: await school.serve(new WebServer()),
		teams: await school.serve(new WebServer()),
	};
	school.set({
		...mailOptions(servers.mail, "none"),
		"webhook.url": `${servers.webhook.url}/hook`, "webhook.secret_file": school.secret("secret", "a secret"),
		"ntfy.url": servers.ntfy.url, "ntfy.topic": "hill-adults", "ntfy.token_file": school.secret("token", "tk_abc"),
		"slack.url_file": school.secret("slack", `${servers.slack.url}/slack/T0/secret`),
		"teams.url_file": school.secret("teams", `${servers.teams.url}/teams?sig=secret`),
		"program.path": program(school, "cat > $0.got; echo done >> $0.log"),
		"notify.ca_file": certificate.path,
	});
	return servers;
}

function program(school, script) {
	const path = school.file("program.sh");
	writeFileSync(path, `#!/bin/sh\n${script}\n`);
	chmodSync(path, 0o700);
	return path;
}

test("each channel gets what its service takes", async () => {
	const school = new School({ ...unhurried, "server.public_url": "https://hark.hill.example" });
	const servers = await outside(school, { certificate });
	await school.start();
	const told = await school.test();
	assert.deepEqual(Object.keys(told), ["mail", "webhook", "ntfy", "slack", "teams", "program"]);
	for (const [channel, { problem, sent_ms, waiting }] of Object.entries(told)) {
		assert.deepEqual([problem, waiting], ["", 0], channel);
		assert.ok(sent_ms > 0, channel);
	}
	const hook = servers.webhook.requests[0];
	assert.equal(hook.path, "/hook");
	const { "x-hark-timestamp": stamp, "x-hark-signature": signature, "x-hark-id": key } = hook.headers;
	assert.equal(signature, `sha256=${createHmac("sha256", "a secret").update(`${stamp}.${hook.body}`).digest("hex")}`);
	assert.ok(Math.abs(stamp * 1000 - Date.now()) < 60000);
	const json = JSON.parse(hook.body);
	assert.equal(json.key, key);
	assert.equal(hook.headers["idempotency-key"], `"${key}"`);
	assert.deepEqual([json.kind, json.urgent, json.url], ["test", false, "https://hark.hill.example/oversight"]);
	const ntfy = servers.ntfy.requests[0];
	assert.deepEqual([ntfy.path, ntfy.headers.authorization], ["/", "Bearer tk_abc"]);
	assert.equal(JSON.parse(ntfy.body).topic, "hill-adults");
	assert.equal(servers.slack.requests[0].path, "/slack/T0/secret");
	assert.match(JSON.parse(servers.slack.requests[0].body).text, /^Hark: a test\n/);
	assert.equal(servers.teams.requests[0].path, "/teams?sig=secret");
	assert.equal(JSON.parse(servers.teams.requests[0].body).type, "message");
	const given = readFileSync(school.file("program.sh.got"), "utf8");
	assert.ok(given.endsWith("}\n"));
	assert.equal(JSON.parse(given).kind, "test");
	for (const secret of ["a secret", "tk_abc", "T0/secret", "sig=secret", "office@"]) {
		assert.ok(!school.daemon.output.includes(secret), secret);
	}
	await school.end();
});

test("refusing, hanging, failing, coming back: each message arrives, with one key", async () => {
	const school = new School();
	const servers = await outside(school);
	const web = ["webhook", "ntfy", "slack", "teams"].map((name) => servers[name]);
	const path = program(school, "exit 3");
	await Promise.all(Object.values(servers).map((server) => server.refuse()));
	await school.start({ ladder: everywhere });
	const rivera = new Person(school.daemon, "rivera", cookies);
	await rivera.arrive();
	const student = await school.call();

	await school.all("each to be refused", (one) => one.problem !== "" && one.waiting === 1);
	const refused = await school.states();
	assert.match(refused.program.problem, /^The program ended with 3\.$/);
	assert.match(refused.webhook.problem, /connect/);
	await rivera.until("the page to say so", () => rivera.states.get("state.channels ")?.channels
		.every(({ problem, waiting }) => problem !== "" && waiting === 1));

	await Promise.all(Object.values(servers).map((server) => server.hang()));
	program(school, "sleep 1000 & sleep 1000");
	await Promise.all(Object.values(servers).map((server) => server.connected(2)));
	await school.all("each to time out", ({ problem }) => /[Tt]imeout|too long/.test(problem));

	await Promise.all(Object.values(servers).map((server) => server.fail()));
	program(school, "kill -9 $$");
	await school.all("each to fail", ({ problem }) => /answered (500|451)|signal 9/.test(problem));

	program(school, "cat > $0.got");
	await Promise.all(Object.values(servers).map((server) => server.accept()));
	const states = await school.all("each to be delivered", (one) => one.problem === "" && one.waiting === 0);
	assert.ok(Object.values(states).every(({ sent_ms, failed_ms }) => sent_ms >= failed_ms));
	for (const server of web) {
		const accepted = server.requests.filter(({ status }) => status === 200);
		assert.equal(accepted.length, 1);
		assert.equal(new Set(server.requests.map(({ headers }) => headers["x-hark-id"])).size, 1);
		assert.ok(server.requests.every(({ body }) => !body.includes(marker)));
	}
	assert.equal(servers.mail.mails.length, 1);
	assert.match(servers.mail.mails[0].headers["message-id"], /^<esc-/);
	assert.ok(!servers.mail.mails[0].raw.includes(marker));
	assert.ok(!readFileSync(`${path}.got`, "utf8").includes(marker));
	assert.match(readFileSync(`${path}.got`, "utf8"), /"kind":"escalation".*"urgent":true/);
	student.leave();
	rivera.leave();
	await school.end();
});

test("a channel that hangs holds up no other", async () => {
	const school = new School({ "notify.timeout": "10m", "notify.connect": "10m", "program.timeout": "1h" });
	const servers = await outside(school);
	await servers.webhook.hang();
	await servers.mail.hang();
	program(school, "echo . >> $0.log; sleep 3600");
	await school.start({ ladder: everywhere });
	for (let i = 0; i < 7; i++) {
		(await school.call()).leave();
	}
	for (const channel of ["ntfy", "slack", "teams"]) {
		await servers[channel].wait(`all over ${channel}`, () => servers[channel].requests.length === 7);
	}
	const states = await school.states();
	assert.deepEqual([states.webhook.waiting, states.mail.waiting, states.program.waiting], [7, 7, 7]);
	assert.ok(servers.webhook.connections <= 4 && servers.mail.connections <= 2);
	await school.end();
});

test("killed between sending and noting it: sent again, with the same key", async () => {
	const school = new School({ "notify.timeout": "10m" });
	const server = await school.serve(new WebServer());
	school.set({ "webhook.url": server.url });
	server.hold();
	await school.start({ ladder: "0 | everyone | webhook" });
	(await school.call()).leave();
	await server.wait("the first", () => server.requests.length === 1);
	await school.daemon.end("SIGKILL");
	server.accept();
	await school.daemon.start();
	await server.wait("the second", () => server.requests.length === 2);
	assert.equal(server.requests[0].headers["x-hark-id"], server.requests[1].headers["x-hark-id"]);
	assert.equal(server.requests[0].body, server.requests[1].body);
	school.operator = await Control.open(school.daemon.control);
	await school.all("it to be noted", ({ waiting }) => waiting === 0);
	await school.daemon.end("SIGKILL");
	await school.daemon.start();
	school.operator = await Control.open(school.daemon.control);
	const { webhook } = await school.states();
	assert.ok(webhook.sent_ms > 0 && webhook.waiting === 0, JSON.stringify(webhook));
	await school.test();
	assert.equal(server.requests.length, 3, "what was noted is not sent again");
	await school.end();
});

test("delivered while the disk is full: noted once it is not, and not sent again", async () => {
	const school = new School({ "notify.timeout": "10m" });
	const disk = new Disk(school.daemon, built);
	const server = await school.serve(new WebServer());
	school.set({ "webhook.url": server.url });
	server.hold();
	await school.start({ ladder: "0 | everyone | webhook" });
	(await school.call()).leave();
	await server.wait("the message", () => server.requests.length === 1);
	disk.order("write", Disk.ENOSPC);
	server.answerHeld();
	await disk.hit();
	await school.daemon.wait("the disk to be full", () => /the disk is full/.test(school.daemon.output));
	disk.release();
	const { webhook } = await school.all("it to be noted", ({ waiting }) => waiting === 0);
	assert.ok(webhook.sent_ms > 0 && webhook.problem === "");
	assert.equal(server.requests.length, 1);
	await school.end();
});

test("written while the disk is full: sent once it is not", async () => {
	const school = new School();
	const disk = new Disk(school.daemon, built);
	const server = await school.serve(new WebServer());
	school.set({ "webhook.url": server.url });
	await school.start();
	disk.order("write", Disk.ENOSPC);
	const told = school.test("webhook");
	await disk.hit();
	disk.release();
	const { webhook } = await told;
	assert.ok(webhook.sent_ms > 0 && webhook.problem === "", JSON.stringify(webhook));
	assert.equal(server.requests.length, 1);
	await school.end();
});

test("given up after its time, and counted", async () => {
	const school = new School({ "notify.give_up": "100ms", "notify.retry": "5ms" });
	const server = await school.serve(new WebServer());
	server.fail();
	school.set({ "webhook.url": server.url });
	await school.start({ ladder: "0 | everyone | webhook" });
	(await school.call()).leave();
	const { webhook } = await school.all("it to be given up", ({ dead }) => dead === 1);
	assert.equal(webhook.waiting, 0);
	assert.equal(webhook.problem, "The server answered 500.");
	assert.ok(server.requests.length >= 5);
	assert.match(school.daemon.output, /a message over webhook was given up after \d+ tries: The server answered 500\./);
	await school.end();
});

test("once somebody has taken the call, nothing more is sent", async () => {
	const school = new School({ "notify.retry": "10s" });
	const server = await school.serve(new WebServer());
	server.fail();
	school.set({ "webhook.url": server.url });
	await school.start({ ladder: "0 | everyone | webhook" });
	const rivera = new Person(school.daemon, "rivera", cookies);
	await rivera.arrive();
	(await school.call()).leave();
	await school.all("a failure", ({ problem, waiting }) => problem !== "" && waiting === 1);
	const { escalation } = await rivera.sees("escalation.raised");
	await rivera.done({ type: "escalation.take", escalation });
	await school.all("nothing to wait", ({ waiting }) => waiting === 0);
	rivera.leave();
	await school.end();
});

test("SIGHUP: another address, and a secret's file that was put right", async () => {
	const school = new School();
	const [one, two] = [await school.serve(new WebServer()), await school.serve(new WebServer())];
	const secret = school.secret("secret", "old", 0o644);
	school.set({ "webhook.url": one.url, "webhook.secret_file": secret });
	await school.start();
	const { webhook } = await school.test();
	assert.equal(webhook.problem, "The file of webhook.secret_file can be read or changed by others; chmod 600 it.");
	assert.equal(one.requests.length, 0);
	school.secret("secret", "new");
	school.set({ "webhook.url": two.url });
	school.daemon.process.kill("SIGHUP");
	await school.daemon.wait("the options to be read", () => school.daemon.output.includes("read again"));
	assert.equal((await school.test()).webhook.problem, "");
	const [{ headers, body }] = two.requests;
	assert.equal(headers["x-hark-signature"],
		`sha256=${createHmac("sha256", "new").update(`${headers["x-hark-timestamp"]}.${body}`).digest("hex")}`);
	await school.end();
});

test("libcurl comes with the first channel that needs it; without it the log says so, and the rest goes on", async () => {
	const loaded = (school) => readFileSync(`/proc/${school.daemon.process.pid}/maps`, "utf8").includes("/libcurl");
	const school = new School(unhurried);
	const server = await school.serve(new WebServer());
	await school.start();
	assert.equal(loaded(school), false);
	school.set({ "webhook.url": server.url });
	school.daemon.process.kill("SIGHUP");
	await school.daemon.wait("the options to be read", () => school.daemon.output.includes("read again"));
	assert.equal(loaded(school), true);
	assert.equal((await school.test()).webhook.problem, "");
	assert.equal(server.requests.length, 1);

	await school.daemon.end("SIGTERM");
	const alone = mkdtempSync(join(school.daemon.directory, "alone-"));
	copyFileSync(join(built, "harkd"), join(alone, "harkd"));
	school.daemon.built = alone;
	school.set({ "program.path": program(school, "cat >/dev/null") });
	await school.start();
	assert.match(school.daemon.output, /^<3>no mail and no web service can be reached: .*hark-curl\.so/m);
	assert.equal((await school.test("webhook")).webhook.problem, "hark-curl.so cannot be loaded.");
	assert.equal((await school.test("program")).program.problem, "");
	await school.end();
});

test("redirects are not followed, other protocols not spoken, answers not read to their end", async () => {
	const school = new School();
	const [server, other] = [await school.serve(new WebServer()), await school.serve(new WebServer())];
	server.redirect(`${other.url}/elsewhere`);
	school.set({ "webhook.url": server.url, "slack.url_file": school.secret("slack", "file:///etc/passwd") });
	await school.start();
	const { webhook, slack } = await school.test();
	assert.equal(webhook.problem, "The server answered 302.");
	assert.equal(slack.problem, "The file of slack.url_file does not hold a web address.");
	assert.equal(other.requests.length, 0);
	server.flood();
	assert.equal((await school.test("webhook")).webhook.problem, "");
	await school.end();
});

/* ---- the program ---- */

test("the program inherits nothing, and leaves nothing behind", async () => {
	const school = new School();
	const path = program(school, "env > $0.env; ls -l /proc/self/fd > $0.fds; pwd > $0.cwd; sleep 3600 & echo $! > $0.child\ncat > $0.got");
	school.set({ "program.path": path });
	await school.start();
	assert.equal((await school.test()).program.problem, "");
	const names = readFileSync(`${path}.env`, "utf8").trim().split("\n").map((line) => line.split("=")[0]);
	assert.deepEqual(names.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name)).sort(), ["LANG", "PATH"]);
	assert.equal(readFileSync(`${path}.cwd`, "utf8"), "/\n");
	const fds = readFileSync(`${path}.fds`, "utf8").match(/\d+ -> .*/g);
	assert.ok(fds.every((line) => /^[0-2] -> |-> \/proc\/\d+\/fd$|\.fds$/.test(line)), fds.join("\n"));
	const child = Number(readFileSync(`${path}.child`, "utf8"));
	await becomes("what it left behind to end", () => !existsSync(`/proc/${child}`) ||
		/^State:\s+Z/m.test(readFileSync(`/proc/${child}/status`, "utf8")));
	await school.end();
});

test("a program that is not there, that cannot be started, and that stays when asked to go", async () => {
	const school = new School();
	school.set({ "program.path": school.file("missing") });
	await school.start();
	assert.equal((await school.test()).program.problem, "The program cannot be started.");
	writeFileSync(school.file("missing"), "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done\n", { mode: 0o700 });
	assert.equal((await school.test()).program.problem, "The program took too long.");
	await school.end();
});

/* ---- asked for ---- */

const hark = (school, ...words) => new Promise((resolve) => {
	execFile(join(built, "hark"), ["--config", school.daemon.config, ...words], (error, out, err) =>
		resolve({ code: error?.code ?? 0, out, err }));
});

test("hark notify says what is, with and without a daemon", async () => {
	const school = new School();
	await school.start();
	const none = await hark(school, "notify", "test");
	assert.equal(none.code, 1);
	assert.match(none.err, /no channel is set up/);
	assert.equal((await hark(school, "notify", "test", "pigeon")).code, 64);
	await school.daemon.stop();
	const server = await school.serve(new WebServer());
	school.set({ "webhook.url": server.url, "mail.host": "127.0.0.1" });
	const before = await hark(school, "notify", "status");
	assert.match(before.out, /webhook +never +never +0 +0/);
	assert.equal((await hark(school, "notify", "test")).code, 1, "nobody would send it");
	await school.daemon.start();
	const one = await hark(school, "notify", "test", "webhook");
	assert.deepEqual([one.code, one.out], [0, "webhook  delivered\n"]);
	const all = await hark(school, "notify", "test");
	assert.equal(all.code, 1);
	assert.match(all.out, /^mail +\S/m);
	assert.match((await hark(school, "notify", "status")).out, /webhook +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +never/);
	const check = await hark(school, "check");
	assert.match(check.out, /ok +webhook: is set up; last success: \d{4}/);
	assert.match(check.out, /WRONG +mail: the newest message failed: /);
	school.operator = await Control.open(school.daemon.control);
	await school.end();
});

test("a counselor tests the own addresses alone", async () => {
	const school = new School();
	const servers = await outside(school);
	await school.start();
	const rivera = new Person(school.daemon, "rivera", cookies);
	await rivera.arrive();
	const without = await rivera.ask({ type: "notify.test", channel: "mail" });
	assert.equal(without.channels[0].problem, "You have no address here yet.");
	await rivera.done({ type: "account.reach", login: "rivera", mail: "rivera@hill.example", ntfy: "rivera-alone" });
	const told = await rivera.ask({ type: "notify.test" });
	assert.ok(told.channels.every(({ problem }) => problem === ""), JSON.stringify(told));
	assert.deepEqual(servers.mail.mails.map(({ to }) => to), [["rivera@hill.example"]]);
	assert.deepEqual(servers.ntfy.requests.map(({ body }) => JSON.parse(body).topic), ["rivera-alone"]);
	rivera.leave();
	await school.end();
});

test("the daily test comes once a day, over all channels", async () => {
	const school = new School({ ...unhurried, "notify.daily_test": "00:00" });
	const servers = await outside(school);
	await school.start();
	await servers.webhook.wait("the daily test", () => servers.webhook.requests.length === 1);
	assert.match(servers.webhook.requests[0].headers["x-hark-id"], /^daily-\d{8}-webhook-/);
	await school.all("the others", ({ sent_ms }) => sent_ms > 0);
	school.operator.drop();
	await school.daemon.stop();
	await school.daemon.start();
	school.operator = await Control.open(school.daemon.control);
	await school.test("webhook");
	await school.test("webhook");
	const daily = servers.webhook.requests.filter(({ headers }) => headers["x-hark-id"].startsWith("daily-"));
	assert.equal(daily.length, 1);
	await school.end();
});

await runTests();
