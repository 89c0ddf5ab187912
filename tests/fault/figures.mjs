// What a fault program tried and what was lost, said in one line that make soak reads; and how long
// it may go on. HARK_SOAK_SECONDS: until then it begins anew what it can; without it, the short
// version, as in make test.

import { Random } from "../wire/sample.mjs";

const seconds = Number(process.env.HARK_SOAK_SECONDS ?? 0);
const started = performance.now();

export const long = seconds > 0;

/* Whether there is time for another round, which takes about so many seconds. */
export function timeFor(round = 0) {
	return long && (performance.now() - started) / 1000 + round < seconds;
}

/* Every `stride`-th from 1 to `most`, from another beginning in each round; all of them in soak. */
export function chosen(most, howMany, random) {
	const stride = long ? 1 : Math.max(1, Math.floor(most / howMany));
	const first = 1 + random(stride);
	return Array.from({ length: most }, (_, i) => i + 1).filter((n) => n >= first && (n - first) % stride === 0);
}

/* Of each count a line; [done, asked] where fewer may have been done than asked. */
export function lines(counts) {
	return Object.entries(counts).map(([name, count]) => `${Array.isArray(count) ? count.join(" of ") : count} ${name}`);
}

/* `tried` and `lost` are counts by name; what else is measured stands in `measured`. */
export function say(program, tried, lost, measured = {}) {
	const text = (counts) => lines(counts).join(", ");
	console.log(`# ${program}: tried ${text(tried)}; lost ${text(lost) || "nothing"}` +
		`${Object.keys(measured).length > 0 ? `; ${text(measured)}` : ""}`);
	console.log(`# figures ${JSON.stringify({ program, tried, lost, measured })}`);
}

/* The same seed gives the same choices. Gives a function of `below`. */
export function randomFrom(seed) {
	const random = new Random(seed);
	return (below) => random.below(below);
}

export const seed = Number(process.env.HARK_SEED ?? Date.now() % 1000000);
