// What gcovr has added up, as one table: node tests/coverage/table.mjs build/coverage/coverage.json
// [worst]. Exit status 1 when a part's branches, or all of them, miss the aim. With "worst", every
// file as well, those with the most branches not taken first.

import { readFileSync } from "node:fs";

// The first that fits is a file's part. At least so many per cent of its branches are to be taken.
const parts = [
	{ name: "vault", aim: 95, files: /^storage\/(vault|vfs|seal|key|disk)/ },
	{ name: "protocol", aim: 95, files: /^protocol\/(?!generate)/ },
	{ name: "policy", aim: 95, files: /^daemon\/policy/ },
	{ name: "pairing", aim: 95, files: /^daemon\/(pairing|offers)/ },
	{ name: "authentication", aim: 95,
		files: /^daemon\/(signin|staff|argon|codename|rooms_tokens|handle_(hello|staff|codename))/ },
	{ name: "storage, the rest", aim: 85, files: /^storage\// },
	{ name: "daemon: network", aim: 85, files: /^daemon\/(transport|frame|assets)/ },
	{ name: "daemon: the hark command", aim: 85, files: /^daemon\/cli\// },
	{ name: "daemon, the rest", aim: 85, files: /^daemon\// },
	{ name: "picture", aim: 85, files: /^picture\// },
	{ name: "protocol: generator", aim: 85, files: /^protocol\// },
];
const aimOfAll = 85;

const [path, worst] = process.argv.slice(2);

function count(file) {
	const lines = file.lines.filter((line) => !line["gcovr/noncode"]);
	const branches = lines.flatMap((line) => line.branches);
	const taken = (list) => list.filter((one) => one.count > 0).length;
	return { file: file.file, lines: lines.length, linesTaken: taken(lines), branches: branches.length,
		branchesTaken: taken(branches) };
}

function add(counts) {
	const sum = { lines: 0, linesTaken: 0, branches: 0, branchesTaken: 0 };
	for (const one of counts) {
		for (const key of Object.keys(sum)) {
			sum[key] += one[key];
		}
	}
	return sum;
}

const perCent = (some, all) => all === 0 ? 100 : 100 * some / all;
// Rounded down: what is short of the aim never looks like it.
const shown = (value) => (Math.floor(value * 10) / 10).toFixed(1).padStart(6);

function row(name, sum, aim) {
	const branches = perCent(sum.branchesTaken, sum.branches);
	const missed = aim !== undefined && branches < aim;
	console.log(`${name.padEnd(28)} ${String(sum.lines).padStart(6)} ${shown(perCent(sum.linesTaken, sum.lines))} %`
		+ ` ${String(sum.branches).padStart(6)} ${shown(branches)} %`
		+ (aim === undefined ? "" : `  ${String(aim).padStart(4)} %`) + (missed ? "  missed" : ""));
	return !missed;
}

const counted = JSON.parse(readFileSync(path)).files.map(count);
if (counted.length === 0) {
	console.error(`${path}: no file in it`);
	process.exit(1);
}
console.log(`${"".padEnd(28)} ${"lines".padStart(6)}    taken ${"branches".padStart(5)}    taken    aim`);
const left = new Set(counted);
let reached = true;
for (const { name, aim, files } of parts) {
	const mine = [...left].filter((one) => files.test(one.file));
	mine.forEach((one) => left.delete(one));
	reached = row(name, add(mine), aim) && reached;
}
reached = row("everything", add(counted), aimOfAll) && reached;
if (left.size > 0) {
	console.log(`in no part: ${[...left].map((one) => one.file).join(" ")}`);
	reached = false;
}
if (worst) {
	console.log("");
	counted.sort((a, b) => (b.branches - b.branchesTaken) - (a.branches - a.branchesTaken));
	counted.forEach((one) => row(one.file, one));
}
process.exit(reached ? 0 : 1);
