// Leaving without a trace: node leave.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { fetchOnce, runTests, test } from "./client.mjs";
import { newDaemon, prepare } from "./school.mjs";

await prepare(process.argv[2]);

const leave = (daemon, origin) =>
	fetchOnce(daemon.port, "POST", "/leave", {
		Host: `127.0.0.1:${daemon.port}`,
		Origin: origin ?? `http://127.0.0.1:${daemon.port}`,
		"Content-Length": "0",
	});

test("who leaves has the browser drop what the page kept, and nobody is signed out", async () => {
	const daemon = newDaemon();
	await daemon.start();
	const answer = await leave(daemon);
	assert.equal(answer.status, 204);
	assert.equal(answer.headers["clear-site-data"], '"storage"');
	assert.equal(answer.headers["set-cookie"], undefined);
	await daemon.destroy();
});

test("no other site can do it to somebody", async () => {
	const daemon = newDaemon();
	await daemon.start();
	const answer = await leave(daemon, "http://elsewhere.example");
	assert.equal(answer.status, 403);
	assert.equal(answer.headers["clear-site-data"], undefined);
	await daemon.destroy();
});

await runTests();
