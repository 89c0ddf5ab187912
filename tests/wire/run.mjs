// Plays the transcripts against harkd: node run.mjs build/plain [--over http|poll] [FILE...]. TAP.
// Without files, all of this directory, and besides: is there one for each message?

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { carried, carryOver, prepare, schema } from "./school.mjs";
import { play, readTranscript } from "./transcript.mjs";

const over = process.argv.indexOf("--over");
if (over > 0) {
	carryOver(process.argv.splice(over, 2)[1]);
}
const [built, ...named] = process.argv.slice(2);
const directory = "tests/wire";
const files = named.length > 0 ? named
	: readdirSync(directory).filter((name) => name.endsWith(".txt") && name !== "matrix.txt").sort()
		.map((name) => join(directory, name));

let number = 0, failed = 0;

function report(name, error) {
	number++;
	if (!error) {
		console.log(`ok ${number} - ${name}`);
		return;
	}
	failed++;
	console.log(`not ok ${number} - ${name}`);
	const text = error.placed || error.code === "ERR_ASSERTION" ? error.message : error.stack;
	console.log(`# ${text.split("\n").slice(0, 60).join("\n# ")}`);
}

async function playAll(cookies) {
	const cases = files.flatMap((file) => readTranscript(file).map((one) => ({ file, ...one })))
		.filter((one) => one.only === undefined || one.only === carried());
	const next = cases[Symbol.iterator]();
	const worker = async () => {
		for (const one of next) {
			const name = `${basename(one.file, ".txt")}: ${one.title}`;
			await play(one, cookies).then(() => report(name), (error) => report(name, error));
		}
	};
	await Promise.all(Array.from({ length: 2 * availableParallelism() }, worker));
}

function check(name, run) {
	try {
		run();
		report(name);
	} catch (error) {
		report(name, error);
	}
}

function checkRows() {
	const texts = new Map(files.map((file) => [basename(file, ".txt"), readFileSync(file, "utf8")]));
	const all = [...texts.values()].join("\n");
	for (const type of Object.keys(schema.requests)) {
		check(`there is a transcript of ${type}`, () => {
			assert.ok(texts.has(type), `tests/wire/${type}.txt is missing`);
			const quoted = type.replaceAll(".", "\\.");
			assert.match(texts.get(type), new RegExp(`^[^#\\n]*> ${quoted}( |$)|^\\S+ arrives`, "m"));
			assert.match(texts.get(type), /^[^#\n]*< (?!error)/m, "nothing succeeds in it");
		});
	}
	for (const type of Object.keys(schema.events)) {
		check(`a transcript shows ${type}`, () => {
			assert.match(all, new RegExp(`^[^#\\n]*([<&] |"type": ?")${type.replaceAll(".", "\\.")}\\b`, "m"));
		});
	}
	for (const code of schema.enumerations.code.values) {
		check(`a transcript shows the code ${code}`, () => {
			const said = new RegExp(`^[^#\\n]*< error ${code}\\b`, "m").test(all);
			assert.ok(said);
		});
	}
}

const cookies = await prepare(built);
await playAll(cookies);
if (named.length === 0) {
	checkRows();
}
console.log(`1..${number}`);
process.exit(failed === 0 ? 0 : 1);
