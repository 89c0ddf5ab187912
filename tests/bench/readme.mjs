// Puts a run's tables, and what make bench-scale found last, between the two comments in the README,
// and draws its charts anew. A run without other servers does not replace one with them, unless told to.
//
//	node tests/bench/readme.mjs [FIGURES.json] [--anyway]

import { readFileSync, writeFileSync } from "node:fs";
import { chartsOf } from "./chart.mjs";
import { goalsOf, scaleGoals } from "./goals.mjs";
import { markdown } from "./tables.mjs";

const words = process.argv.slice(2);
const anyway = words.includes("--anyway");
const [file = "build/bench.json"] = words.filter((word) => word !== "--anyway");
const figures = JSON.parse(readFileSync(file, "utf8"));
figures.goals = goalsOf(figures, scaleGoals());

const readme = readFileSync("README.md", "utf8");
const pattern = /(<!-- bench:begin -->\n)([\s\S]*)(<!-- bench:end -->)/;
const [, begin, before, end] = pattern.exec(readme) ?? [];
if (begin === undefined) {
	throw new Error("README.md has no <!-- bench:begin --> and <!-- bench:end -->");
}
if (before.includes("make bench-peers") && figures.command !== "make bench-peers" && !anyway) {
	console.log("README.md keeps its run with other servers (node tests/bench/readme.mjs --anyway replaces it)");
} else {
	const charts = chartsOf(figures);
	charts.forEach((chart) => writeFileSync(chart.file, chart.svg));
	const text = markdown(figures, charts);
	writeFileSync("README.md", readme.replace(pattern, () => `${begin}${text}\n${end}`));
}
