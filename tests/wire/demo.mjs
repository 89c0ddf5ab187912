// What `make run` starts, from its first run over a second to FRESH=1: node demo.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { Waiter, runTests, scratchDirectory, test } from "./client.mjs";

const built = process.argv[2];
const directory = join(scratchDirectory(), "demo");
const signInsFile = join(directory, "sign-ins.txt");
const port = await new Promise((resolve) => {
	const server = net.createServer().listen(0, "127.0.0.1", () => {
		const { port: free } = server.address();
		server.close(() => resolve(free));
	});
});
const url = `http://127.0.0.1:${port}`;

class Demo extends Waiter {
	output = "";
	exit = null;

	constructor(extra = {}) {
		super();
		const env = { ...process.env, PORT: String(port), DEMO_DIR: directory, FRESH: "", ...extra };
		this.process = spawn(process.execPath, ["tools/demo.mjs", built], { env });
		for (const stream of [this.process.stdout, this.process.stderr]) {
			stream.on("data", (bytes) => {
				this.output += bytes;
				this.poke();
			});
		}
		this.process.on("close", (code, signal) => {
			this.exit = { code, signal };
			this.poke();
		});
	}

	async open() {
		await this.wait("the welcome", () => {
			assert.equal(this.exit, null, this.output);
			return this.output.includes("Ctrl-C stops it.");
		});
		return this;
	}

	async stop() {
		this.process.kill("SIGINT");
		assert.deepEqual(await this.wait("the end", () => this.exit), { code: 0, signal: null });
	}
}

function signIns() {
	const lines = readFileSync(signInsFile, "utf8").trim().split("\n");
	return lines.map((line) => line.split(/ +/));
}

async function signIn(login, password) {
	const answer = await fetch(`${url}/login`, {
		method: "POST",
		headers: { "content-type": "application/json", origin: url },
		body: JSON.stringify({ type: "sign.in", login, password }),
	});
	return answer.status;
}

let kept;

test("the first run makes a school whose sign-ins are good", async () => {
	const demo = await new Demo().open();
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
	const second = new Demo();
	assert.equal((await second.wait("the second one's end", () => second.exit)).code, 1);
	assert.match(second.output, /already: stop it first/);
	await demo.stop();
});

test("a second run has the same school", async () => {
	const demo = await new Demo().open();
	assert.match(demo.output, /open again/);
	assert.deepEqual(signIns(), kept);
	assert.equal(await signIn(kept[2][0], kept[2][1]), 204);
	await demo.stop();
});

test("a port that is taken is said, with what to do", async () => {
	const other = net.createServer().listen(port, "127.0.0.1");
	const demo = new Demo();
	assert.equal((await demo.wait("the end", () => demo.exit)).code, 1);
	assert.match(demo.output, new RegExp(`port ${port}: Address already in use`));
	assert.match(demo.output, /make run PORT=/);
	other.close();
});

test("FRESH=1 makes another", async () => {
	const demo = await new Demo({ FRESH: "1" }).open();
	assert.notDeepEqual(signIns(), kept);
	assert.equal(await signIn(kept[2][0], kept[2][1]), 401);
	await demo.stop();
});

await runTests();
