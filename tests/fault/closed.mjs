// A damaged file or log: harkd stays up for the crisis contacts and shuts everything else, says so
// to the operator, and opens once the file is whole again: node closed.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchOnce, runTests, test } from "../wire/client.mjs";
import { Control, Socket, newDaemon, password, prepare, schema } from "../wire/school.mjs";
import { Person, readRoom, writtenOf } from "./people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const page_size = 4096;

const file = (daemon, name) => join(daemon.directory, "data", name);
const hark = (daemon, ...words) => spawnSync(join(built, "hark"), ["--config", daemon.config, ...words], { encoding: "utf8" });

function flip(daemon, name, at) {
	const bytes = readFileSync(file(daemon, name));
	bytes[at] ^= 1;
	writeFileSync(file(daemon, name), bytes);
}

async function ask(socket, message) {
	socket.send(JSON.stringify({ ref: 1, ...message }));
	return socket.wait(`the answer to ${message.type}`, () => {
		const [text] = socket.take();
		assert.ok(text || socket.closed === undefined, `closed with ${socket.closed}`);
		return text && JSON.parse(text);
	});
}

const errors = (daemon) => daemon.output.split("\n").filter((line) => line.startsWith("<3>"));

/* Everything a closed daemon does, and all it must not do. */
async function staysShut(daemon, sentence, contact = "Call or text 988") {
	await daemon.start();
	assert.match(daemon.output, /closed, with the crisis contacts alone, on /);
	const get = (path, cookie) => fetchOnce(daemon.port, "GET", path, { Cookie: cookie && `hark=${cookie}` });

	const page = await get("/");
	assert.equal(page.status, 200);
	assert.ok(page.body.toString().includes(contact), "no crisis contacts");
	assert.equal((await get("/healthz")).status, 200);
	assert.equal((await get("/readyz")).status, 503);
	assert.equal((await get("/login")).status, 200);
	for (const path of ["/console", "/oversight"]) {
		const answer = await get(path, cookies.juniper);
		assert.deepEqual([answer.status, answer.headers.location], [303, "/login"]);
	}

	for (const [path, message] of [
		["/login", { type: "sign.in", login: "juniper", password: password("juniper") }],
		["/enrol", { type: "sign.enrol", secret: "5a".repeat(32), password: password("juniper") }],
		["/logout", null],
	]) {
		const answer = await daemon.post(path, message, cookies.juniper);
		assert.deepEqual([answer.status, answer.code, answer.cookie], [503, "unavailable", undefined], path);
	}

	for (const open of [
		() => Socket.open(daemon.port), () => Socket.open(daemon.port, cookies.juniper),
		() => Socket.open(daemon.port, cookies.rivera), () => Control.open(daemon.control),
	]) {
		const socket = await open();
		for (const type of Object.keys(schema.requests).filter((type) => type !== "ping")) {
			const answer = await ask(socket, { type });
			assert.deepEqual([answer.type, answer.code], ["error", "unavailable"], type);
		}
		socket.drop();
	}

	const status = hark(daemon, "status");
	assert.notEqual(status.status, 0);
	assert.match(status.stderr, /The file is damaged and stays shut/);
	assert.match(hark(daemon, "check").stdout, /hark\.db: The file is damaged and stays shut/);

	daemon.process.kill("SIGHUP");
	await daemon.wait("the configuration", () => daemon.output.includes("configuration read again"));
	assert.equal((await get("/")).status, 200);
	await daemon.stop();
	assert.equal(errors(daemon).length, 1, daemon.output);
	assert.match(errors(daemon)[0], sentence);
}

for (const at of [200, page_size - 1]) {
	test(`the first page is damaged at ${at}`, async () => {
		const daemon = newDaemon();
		flip(daemon, "hark.db", at);
		const damaged = readFileSync(file(daemon, "hark.db"));
		await staysShut(daemon, /\/hark\.db: A page of the file is damaged or was changed\. \(number 1\)$/);
		assert.ok(readFileSync(file(daemon, "hark.db")).equals(damaged), "left as it was");
		flip(daemon, "hark.db", at);
		await daemon.start();
		assert.equal((await daemon.post("/login", {
			type: "sign.in", login: "juniper", password: password("juniper"),
		})).status, 204);
		await daemon.stop();
		await daemon.destroy();
	});
}

/* While it is opened, or by the first part that reads the page. */
const damaged = /\/hark\.db: (A page of the file is damaged or was changed\. \(number \d+\)|the [\w ]+ cannot be read: the file or its log is damaged)$/;

test("a damaged page anywhere is found at the start or is in nobody's way", async () => {
	const pages = statSync(file(newDaemon(), "hark.db")).size / page_size;
	let found = 0;
	for (let page = 2; page <= pages; page++) {
		const daemon = newDaemon();
		flip(daemon, "hark.db", (page - 1) * page_size + 1000);
		await daemon.start();
		const ready = (await fetchOnce(daemon.port, "GET", "/readyz")).status === 200;
		assert.ok((await fetchOnce(daemon.port, "GET", "/")).body.toString().includes("Call or text 988"));
		await daemon.stop();
		assert.equal(errors(daemon).length, ready ? 0 : 1, daemon.output);
		if (!ready) {
			found++;
			assert.match(errors(daemon)[0], damaged);
		}
		await daemon.destroy();
	}
	assert.ok(found >= 3, `${found} of ${pages - 1}`);
});

test("a damaged log stays as it is, until the operator says that its end may be lost", async () => {
	const daemon = await newDaemon().start();
	const ada = new Person(daemon, "ada", cookies);
	await ada.arrive();
	const room = await ada.start();
	for (let i = 0; i < 40; i++) {
		await ada.done(ada.say(room, `message ${i}`));
	}
	await daemon.end("SIGKILL");
	flip(daemon, "hark.db-wal", Math.floor(writtenOf(readFileSync(file(daemon, "hark.db-wal"))) / 2));
	const damaged = readFileSync(file(daemon, "hark.db-wal"));
	await staysShut(daemon, /\/hark\.db: .*log.*\(number \d+\)$/);
	assert.ok(readFileSync(file(daemon, "hark.db-wal")).equals(damaged), "left as it was");
	daemon.environment = { HARK_STORAGE_RELAXED: "yes" };
	await daemon.start();
	assert.equal((await fetchOnce(daemon.port, "GET", "/readyz")).status, 200);
	const kept = (await readRoom(daemon, "ada")).filter((one) => one.type === "chat.posted");
	assert.ok(kept.length > 0 && kept.length < 40, `${kept.length} of 40`);
	kept.forEach((one, i) => assert.equal(one.body, `message ${i}`));
	await daemon.stop();
	const aside = readdirSync(join(daemon.directory, "data")).filter((name) => name.includes("damaged"));
	assert.deepEqual(aside, ["hark.db-wal.damaged-1"]);
	assert.ok(readFileSync(file(daemon, aside[0])).equals(damaged));
	await daemon.destroy();
});

test("the school's own contacts, where they can still be read", async () => {
	const daemon = await newDaemon().start();
	assert.equal(hark(daemon, "setting", "set", "contacts", "A bad day | Ask for Ms. Oak | tel:555").status, 0);
	await daemon.stop();
	const pages = statSync(file(daemon, "hark.db")).size / page_size;
	let own = 0;
	for (let page = 2; page <= pages; page++) {
		const at = (page - 1) * page_size + 1000;
		flip(daemon, "hark.db", at);
		await daemon.start();
		const answers = await Promise.all(["/", "/readyz"].map((path) => fetchOnce(daemon.port, "GET", path)));
		const shown = answers[0].body.toString();
		assert.ok(shown.includes("Ask for Ms. Oak") || shown.includes("Call or text 988"));
		own += answers[1].status === 503 && shown.includes("Ask for Ms. Oak") ? 1 : 0;
		await daemon.stop();
		flip(daemon, "hark.db", at);
	}
	assert.ok(own >= 1, "never its own");
	await daemon.destroy();
});

await runTests();
