// Real browsers against the real daemon: node tests/browser/run.mjs build/plain [SPEC...]. TAP.
// Every spec of this directory, or those named (talk, resume, ...).

import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { everybodyLeaves, launch, picturesOfFailure, quit } from "./browser.mjs";
import { closeSchool, prepareSchool } from "./school.mjs";
import { tests } from "./tests.mjs";

const named = process.argv.slice(3);
const specs = readdirSync("tests/browser").filter((name) => name.endsWith(".spec.mjs")).sort();
const chosen = named.length > 0 ? named.map((name) => `${basename(name, ".spec.mjs")}.spec.mjs`) : specs;

let failed = 0;

async function run({ name, body }, number) {
	const started = Date.now();
	try {
		await body();
		await everybodyLeaves();
		console.log(`ok ${number} - ${name}`);
	} catch (error) {
		failed++;
		await picturesOfFailure(number);
		console.log(`not ok ${number} - ${name}`);
		console.log(`# ${String(error.stack ?? error).split("\n").slice(0, 40).join("\n# ")}`);
		await everybodyLeaves().catch((more) => console.log(`# ${more.message.split("\n").join("\n# ")}`));
	}
	console.log(`# ${Date.now() - started} ms`);
}

await prepareSchool();
await launch();
for (const spec of chosen) {
	await import(`./${spec}`);
}
for (const [at, one] of tests.entries()) {
	await run(one, at + 1);
}
console.log(`1..${tests.length}`);
await quit();
closeSchool();
process.exit(failed === 0 ? 0 : 1);
