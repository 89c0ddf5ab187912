// Real browsers against the real daemon: node tests/browser/run.mjs build/plain [--over http]
// [SPEC...]. TAP. Every spec of this directory, or those named (talk, resume, ...). Each test has a
// school and browser profiles of its own; some run at the same time, for they mostly wait. Over
// http, each school is behind a proxy that refuses WebSockets.

import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { launch, play, quit } from "./browser.mjs";
import { closeSchool, prepareSchool } from "./school.mjs";
import { tests } from "./tests.mjs";

const together = 3;
const over = process.argv[3] === "--over" ? process.argv[4] : "";
const named = process.argv.slice(over ? 5 : 3);
const specs = readdirSync("tests/browser").filter((name) => name.endsWith(".spec.mjs")).sort();
const chosen = named.length > 0 ? named.map((name) => `${basename(name, ".spec.mjs")}.spec.mjs`) : specs;

let number = 0;
let failed = 0;

function report(name, started, error) {
	console.log(`${error ? "not ok" : "ok"} ${++number} - ${over && `over ${over}: `}${name}`);
	if (error) {
		failed++;
		console.log(`# ${String(error.stack ?? error).split("\n").slice(0, 40).join("\n# ")}`);
	}
	console.log(`# ${Date.now() - started} ms`);
}

async function playAll(list) {
	for (const [at, { name, body }] of list) {
		const started = Date.now();
		await play(at + 1, body).then(() => report(name, started), (error) => report(name, started, error));
	}
}

await prepareSchool(over);
await launch();
for (const spec of chosen) {
	await import(`./${spec}`);
}
/* The longest first. */
const list = tests.sort((one, other) => other.weight - one.weight).entries();
await Promise.all(Array.from({ length: together }, () => playAll(list)));
console.log(`1..${tests.length}`);
await quit();
closeSchool();
process.exit(failed === 0 ? 0 : 1);
