// A proxy in front that nobody told Hark of: it is said, once: node proxy.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { fetchOnce, runTests, test } from "./client.mjs";
import { newDaemon, prepare } from "./school.mjs";

await prepare(process.argv[2]);

const address = "203.0.113.77";
const warnings = (daemon) => daemon.output.split("\n").filter((line) => line.startsWith("<4>"));

async function visit(daemon, times) {
	await daemon.start();
	for (let i = 0; i < times; i++) {
		const answer = await fetchOnce(daemon.port, "GET", "/", { "X-Forwarded-For": address });
		assert.equal(answer.status, 200);
	}
	await fetchOnce(daemon.port, "GET", "/", {});
	await daemon.stop();
	assert.ok(!daemon.output.includes(address));
	await daemon.destroy();
}

test("a proxy that is not named is said once, without an address", async () => {
	const daemon = newDaemon();
	await visit(daemon, 3);
	assert.equal(warnings(daemon).length, 1, daemon.output);
	assert.match(warnings(daemon)[0], /server\.trusted_proxies does not name/);
});

test("one that is named, or none, is nothing to speak of", async () => {
	for (const [options, times] of [[{ "server.trusted_proxies": "127.0.0.1" }, 2], [{}, 0]]) {
		const daemon = newDaemon(options);
		await visit(daemon, times);
		assert.deepEqual(warnings(daemon), []);
	}
});

await runTests();
