// Passwords while the machine is slow, its disk fails or its memory is short: Argon2's queue is full,
// the second of two writes fails, who signs in is disabled, or gone, before the work is done, and
// there are no 64 MiB to do it in:
// node signin.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Raw, fetchOnce, request, runTests, test } from "../wire/client.mjs";
import { newDaemon, password, prepare, schema } from "../wire/school.mjs";
import { Disk, Operator, Person, becomes } from "./people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);

const QUEUE = 32; // sign-ins that wait for Argon2, at most

async function open() {
	const daemon = newDaemon({});
	const disk = new Disk(daemon, built);
	await daemon.start();
	return { daemon, disk, operator: new Operator(daemon) };
}

const signIn = (daemon, login, text = password(login)) => daemon.post("/login", { type: "sign.in", login, password: text });

const ready = (daemon) => becomes("writing again", async () => (await fetchOnce(daemon.port, "GET", "/readyz")).status === 200);

/* More at once than wait in line: some are told so, and the daemon goes on. */
test("a queue of sign-ins that is full", async () => {
	const { daemon } = await open();
	const waiting = await Promise.all(Array.from({ length: 2 * QUEUE }, () => Raw.open(daemon.port)));
	waiting.forEach((raw, i) => {
		const body = JSON.stringify({ type: "sign.in", login: `nobody${i}`, password: "a wrong password" });
		raw.send(request("POST", "/login", {
			Origin: "http://127.0.0.1", "Content-Type": "application/json", "Content-Length": String(body.length),
		}));
		raw.send(body);
	});
	const refused = await Promise.any(waiting.map(async (raw) => {
		const answer = await raw.answer();
		assert.equal(answer.status, 503);
		return answer;
	}));
	assert.equal(JSON.parse(refused.body).code, "too_many");
	waiting.forEach((raw) => raw.drop());
	const june = new Person(daemon, "june");
	await june.arrive();
	await june.start();
	await daemon.end("SIGKILL"); // the line is long on a slow machine
});

/* The link is used up, and the password it was for is not written: said, and a new link does it. */
test("a first password whose own write fails", async () => {
	const { daemon, disk, operator } = await open();
	const { secret } = await operator.ask({ type: "account.add", login: "sol", alias: "Sol", role: "supporter" });
	disk.order("sync", Disk.EIO, { skip: 1 });
	const enrolled = await daemon.post("/enrol", { type: "sign.enrol", secret, password: "a first password" });
	assert.equal(enrolled.code, "unavailable");
	assert.equal(enrolled.cookie, undefined);
	disk.release();
	await ready(daemon);
	assert.equal((await signIn(daemon, "sol", "a first password")).code, "wrong_password");
	const again = await operator.ask({ type: "account.reset", login: "sol" });
	assert.equal((await daemon.post("/enrol", { type: "sign.enrol", secret: again.secret, password: "a first password" })).status, 204);

	/* And the same for one that the operator gives. */
	disk.order("sync", Disk.EIO, { skip: 1 });
	const ada = { type: "account.add", login: "luz", alias: "Luz", role: "supporter", password: "a given password" };
	assert.equal((await operator.ask(ada)).code, "unavailable");
	disk.release();
	await ready(daemon);
	assert.equal((await signIn(daemon, "luz", "a given password")).code, "wrong_password");
	await daemon.stop();
});

/* Each is refused, and what was before holds. */
test("what the file does not take has not happened", async () => {
	const { daemon, disk } = await open();
	const juniper = new Person(daemon, "juniper", cookies);
	await juniper.arrive();
	const failing = async (skip, run) => {
		disk.order("sync", Disk.EIO, { skip });
		const answer = await run();
		disk.release();
		await ready(daemon);
		return answer;
	};
	const change = (old, next) => juniper.ask({ type: "staff.password", old, new: next });
	const own = password("juniper");

	assert.equal((await failing(0, () => change(own, "another password"))).code, "unavailable");
	assert.equal((await signIn(daemon, "juniper", "another password")).code, "wrong_password");
	const { cookie } = await signIn(daemon, "juniper");
	assert.ok(cookie);
	/* The password is written, and that the others are signed out is not: said, for they may be back. */
	assert.equal((await failing(1, () => change(own, "another password"))).code, "unavailable");
	assert.equal((await signIn(daemon, "juniper")).code, "wrong_password");

	const again = await signIn(daemon, "juniper", "another password");
	assert.equal(again.status, 204);
	const unsigned = await failing(0, () => signIn(daemon, "juniper", "another password"));
	assert.deepEqual([unsigned.status, unsigned.code, unsigned.cookie], [503, "unavailable", undefined]);
	const out = await failing(0, () => daemon.post("/logout", null, again.cookie));
	assert.deepEqual([out.status, out.code], [503, "unavailable"]);
	assert.equal((await failing(0, () => juniper.ask({ type: "staff.sign_out_all" }))).code, "unavailable");
	await juniper.done({ type: "ping" });
	await daemon.stop();
});

test("one link, used by two at once", async () => {
	const { daemon, operator } = await open();
	const { secret } = await operator.ask({ type: "account.add", login: "sol", alias: "Sol", role: "supporter" });
	const both = await Promise.all(["the first password", "the other password"].map(async (text) => {
		const { status, code } = await daemon.post("/enrol", { type: "sign.enrol", secret, password: text });
		return { text, status, code };
	}));
	const [used, late] = both[0].status === 204 ? both : [both[1], both[0]];
	assert.deepEqual([used.status, late.code], [204, "no_such"]);
	assert.equal((await signIn(daemon, "sol", used.text)).status, 204);
	assert.equal((await signIn(daemon, "sol", late.text)).code, "wrong_password");
	await daemon.stop();
});

/* Whichever comes first, in the end nobody who is disabled is signed in. */
test("disabled while the password is looked at", async () => {
	const { daemon, operator } = await open();
	const robin = new Person(daemon, "robin", cookies);
	await robin.arrive();
	const { secret } = await operator.ask({ type: "account.reset", login: "sage" });
	const before = Array.from({ length: 6 }, (_, i) => signIn(daemon, `nobody${i}`, "a wrong password"));
	const asked = [
		signIn(daemon, "juniper"),
		daemon.post("/enrol", { type: "sign.enrol", secret, password: "another password" }),
	];
	robin.socket.send(JSON.stringify({ type: "staff.password", ref: 900, old: password("robin"), new: "another password" }));
	for (const login of ["juniper", "robin", "sage"]) {
		assert.equal((await operator.ask({ type: "account.disable", login, disabled: true })).type, "ok");
	}
	await Promise.all(before);
	for (const { cookie } of await Promise.all(asked)) {
		if (cookie !== undefined) { /* Argon2 was faster: then the cookie was taken back */
			assert.equal((await daemon.post("/export", { type: "export", format: "csv", reason: "none" }, cookie)).status, 401);
		}
	}
	for (const login of ["juniper", "robin", "sage"]) {
		for (const text of [password(login), "another password"]) {
			assert.notEqual((await signIn(daemon, login, text)).status, 204, login);
		}
	}
	await daemon.stop();
});

/* A tab that is gone, an oversight that was never begun. */
for (const [what, error] of [["is noted", undefined], ["cannot be noted", Disk.EIO]]) {
	test(`an overseer says hello while the disk waits, and it ${what}`, async () => {
		const { daemon, disk, operator } = await open();
		const [rivera, okafor] = ["rivera", "okafor"].map((name) => new Person(daemon, name, cookies));
		await rivera.connect();
		await okafor.connect();
		const finn = new Person(daemon, "finn");
		await finn.arrive();
		const room = await finn.start();
		disk.order("sync", Disk.WAIT);
		const held = finn.ask(finn.say(room, "held"));
		await disk.hit();
		const hello = { type: "hello", page: "oversight", schema: schema.hash };
		rivera.socket.send(JSON.stringify({ ref: 900, ...hello }));
		const answer = okafor.ask(hello);
		rivera.leave();
		await becomes("somebody gone", async () => (await operator.ask({ type: "status" })).connections <= 3);
		if (error !== undefined) {
			disk.order("sync", error);
			await disk.hit();
		}
		disk.release();
		await held;
		const { type, code } = await answer;
		assert.ok(error === undefined ? type === "welcome" : code === "unavailable" || type === "lost", `${type} ${code}`);
		await ready(daemon);
		const next = new Person(daemon, "rivera", cookies);
		await next.arrive();
		await daemon.stop();
	});
}

/* Behind other words in the one line: whoever is answered those knows that these were hashed. */
for (const [what, error, stays] of [["fails", Disk.EIO, true], ["is done, and who asked is gone", undefined, false]]) {
	test(`words to come back with, whose writing ${what}`, async () => {
		const { daemon, disk, operator } = await open();
		const [ada, finn, june] = ["ada", "finn", "june"].map((name) => new Person(daemon, name));
		for (const person of [ada, finn, june]) {
			await person.arrive();
		}
		const room = await ada.start();
		const own = await finn.start();
		await finn.done(finn.say(own, "before"));
		disk.order("sync", Disk.WAIT);
		const held = ada.ask(ada.say(room, "held"));
		await disk.hit();
		const words = finn.ask({ type: "codename.make", room: own });
		await finn.done({ type: "ping" });
		await june.refused({ type: "codename.open", words: "acorn lantern maple zoom" }, "wrong_words");
		if (!stays) {
			finn.leave();
			await becomes("somebody gone", async () => (await operator.ask({ type: "status" })).connections <= 3);
		}
		if (error !== undefined) {
			disk.order("sync", error);
			await held;
			await words; /* written after it: the disk must fail until then */
		}
		disk.release();
		const { type, code } = await words;
		assert.deepEqual([type, code], stays ? ["error", "unavailable"] : ["lost", undefined]);
		await held;
		await ready(daemon);
		const back = new Person(daemon, "finn");
		await back.arrive();
		assert.equal((await back.ask({ type: "codename.make", room: own })).type, "codename");
		await daemon.stop();
	});
}

/* What the daemon may take from now on beyond what it has, in MiB. */
function leave(daemon, more) {
	const { pid } = daemon.process;
	const has = Number(/^VmData:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))[1]) * 1024;
	const limit = more === undefined ? "unlimited" : String(has + more * 1024 * 1024);
	execFileSync("prlimit", ["--pid", String(pid), `--data=${limit}:`]);
}

/* Said, to everybody whom it concerns; nothing is used up, and talking goes on. */
test("no memory for Argon2", async () => {
	const { daemon, operator } = await open();
	const [ada, june] = ["ada", "june"].map((name) => new Person(daemon, name));
	await ada.arrive();
	await june.arrive();
	const room = await ada.start();
	const { words } = await ada.ask({ type: "codename.make", room });
	assert.equal((await signIn(daemon, "juniper")).status, 204);
	const { secret } = await operator.ask({ type: "account.add", login: "sol", alias: "Sol", role: "supporter" });
	const luz = { type: "account.add", login: "luz", alias: "Luz", role: "supporter", password: "a given password" };
	const enrol = () => daemon.post("/enrol", { type: "sign.enrol", secret, password: "a first password" });
	const come = { type: "codename.open", words };

	leave(daemon, 32);
	assert.equal((await enrol()).code, "unavailable");
	assert.equal((await operator.ask(luz)).code, "unavailable");
	const refused = await signIn(daemon, "juniper");
	assert.deepEqual([refused.status, refused.cookie], [401, undefined]);
	await ada.refused({ type: "codename.make", room }, "unavailable");
	await june.refused(come, "unavailable");
	await ada.done(ada.say(room, "still here"));

	leave(daemon);
	assert.equal((await enrol()).status, 204);
	assert.equal((await signIn(daemon, "juniper")).status, 204);
	await june.done(come);
	await june.sees("chat.posted", { room, body: "still here" });
	await daemon.stop();
});

await runTests();
