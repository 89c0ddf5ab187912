// What `make run` starts, from its first run over a second to FRESH=1: node demo.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { runTests, scratchDirectory, test } from "./client.mjs";
import { Program, freePort, post } from "./program.mjs";

const built = process.argv[2];
const directory = join(scratchDirectory(), "demo");
const signInsFile = join(directory, "sign-ins.txt");
const port = await freePort();
const url = `http://127.0.0.1:${port}`;

function start(extra = {}) {
	const env = { ...process.env, PORT: String(port), DEMO_DIR: directory, FRESH: "", ...extra };
	return new Program(process.execPath, ["tools/demo.mjs", built], { env });
}

async function open(extra) {
	const demo = start(extra);
	await demo.says("Ctrl-C stops it.");
	return demo;
}

async function stop(demo) {
	assert.deepEqual(await demo.end("SIGINT"), { code: 0, signal: null }, demo.output);
}

function signIns() {
	const lines = readFileSync(signInsFile, "utf8").trim().split("\n");
	return lines.map((line) => line.split(/ +/));
}

async function signIn(login, password) {
	return (await post(url, "/login", { type: "sign.in", login, password })).status;
}

let kept;

test("the first run makes a school whose sign-ins are good", async () => {
	const demo = await open();
	kept = signIns();
	assert.deepEqual(kept.map(([login, , role]) => `${login} ${role}`), [
		"rivera manager",
		"tran counselor",
		"juniper supporter",
		"sol supporter",
	]);
	assert.equal(statSync(signInsFile).mode & 0o777, 0o600);
	for (const [login, password] of kept) {
		assert.ok(demo.output.includes(password));
		assert.equal(await signIn(login, password), 204, login);
	}
	for (const path of ["/", "/console", "/oversight"]) {
		assert.ok(demo.output.includes(`${url}${path}\n`));
		assert.equal((await fetch(`${url}${path}`)).status, 200);
	}
	const second = start();
	assert.equal((await second.ended()).code, 1);
	assert.match(second.output, /already: stop it first/);
	await stop(demo);
});

test("a second run has the same school", async () => {
	const demo = await open();
	assert.match(demo.output, /open again/);
	assert.deepEqual(signIns(), kept);
	assert.equal(await signIn(kept[2][0], kept[2][1]), 204);
	await stop(demo);
});

test("a port that is taken is said, with what to do", async () => {
	const other = net.createServer().listen(port, "127.0.0.1");
	const demo = start();
	assert.equal((await demo.ended()).code, 1);
	assert.match(demo.output, new RegExp(`port ${port}: Address already in use`));
	assert.match(demo.output, /make run PORT=/);
	other.close();
});

test("FRESH=1 makes another", async () => {
	const demo = await open({ FRESH: "1" });
	assert.notDeepEqual(signIns(), kept);
	assert.equal(await signIn(kept[2][0], kept[2][1]), 401);
	await stop(demo);
});

await runTests();
