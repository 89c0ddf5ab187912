// A damaged and a truncated file and log: node damage.mjs build/plain. TAP. HARK_SEED: which places.
//
// A bit of every page, and of every frame of the log, is turned; the file and the log are cut at many
// places, at the edges of pages and frames and within them; pages change places. The daemon then
// starts closed with the sentence for the operator, or it does not start and says why, or everything
// it shows is exactly what was said: of a damaged log's end, up to a commit.

import "./in_memory.mjs";
import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchOnce, runTests, test } from "../wire/client.mjs";
import { newDaemon, prepare } from "../wire/school.mjs";
import { chosen, long, randomFrom, say, seed, timeFor } from "./figures.mjs";
import { Person, writtenOf } from "./people.mjs";
import { Talk } from "./talk.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const random = randomFrom(seed);
const page = 4096, frame = 4120, logHeader = 32;
const tried = {};
const lost = { "wrong data shown": 0 };
const ends = {};
console.log(`# seed ${seed}`);

const count = (counts, name) => (counts[name] = (counts[name] ?? 0) + 1);

/* ---- what is damaged: a school with some of its talk in the file, and the rest in the log ---- */

let base, wholeFile, wholeLog, frames, bodies;

test("a school with a log", async () => {
	base = await new Talk(cookies).begin();
	await base.write(40);
	await base.daemon.stop(); /* into the file */
	await base.daemon.start();
	await base.comeBack();
	await base.write(40);
	await base.daemon.end("SIGKILL");
	const data = join(base.daemon.directory, "data");
	wholeFile = readFileSync(join(data, "hark.db"));
	wholeLog = readFileSync(join(data, "hark.db-wal"));
	frames = Math.ceil((writtenOf(wholeLog) - logHeader) / frame);
	bodies = [...base.sent.values()].sort((a, b) => a.answer.n - b.answer.n).map((one) => one.message.body);
	console.log(`# ${wholeFile.length / page} pages, ${frames} frames in the log`);
});

async function bodiesOf(daemon) {
	const reader = new Person(daemon, "ada");
	await reader.arrive();
	await reader.until("all of the room", () => reader.caughtUp.size > 0 || reader.socket.closed || null);
	const all = reader.said();
	reader.leave();
	return all.map((one) => one.body);
}

/* `inLog`: the end of the log may be missing, not known to anyone. */
async function judge(what, inLog, damage) {
	const daemon = newDaemon();
	rmSync(join(daemon.directory, "data"), { recursive: true });
	cpSync(join(base.daemon.directory, "data"), join(daemon.directory, "data"),
		{ recursive: true, filter: (path) => !path.endsWith("/control") });
	damage(join(daemon.directory, "data"));
	count(tried, what);
	let started = true;
	try {
		await daemon.start();
	} catch (error) {
		assert.ok(daemon.exit, error);
		started = false;
	}
	if (!started) {
		assert.equal(daemon.exit.code, 78, daemon.output);
		assert.match(daemon.output, /^<3>.*\/hark\.db: .+$/m);
		count(ends, "not started, and said why");
	} else if (daemon.output.includes("closed, with the crisis contacts alone")) {
		assert.match(daemon.output, /^<3>.*\/hark\.db: .*(damaged|log)/m);
		assert.ok((await fetchOnce(daemon.port, "GET", "/")).body.toString().includes("Call or text 988"));
		count(ends, "closed, and said why");
	} else {
		const shown = await bodiesOf(daemon);
		const prefix = shown.every((body, i) => body === bodies[i]);
		const saysWhy = /^<3>.*damaged/m.test(daemon.output);
		const right = prefix && (inLog ? shown.length >= 40 : shown.length === bodies.length || (shown.length === 0 && saysWhy));
		lost["wrong data shown"] += !right;
		assert.ok(right, `${shown.length} of ${bodies.length} messages`);
		count(ends, shown.length === bodies.length ? "exactly right"
			: inLog ? "right up to a commit" : "a page that cannot be read is not shown");
	}
	await daemon.end("SIGTERM");
	await daemon.destroy();
}

async function each(places, what, inLog, damageAt) {
	const order = long ? places.map((place) => [random(1e6), place]).sort((a, b) => a[0] - b[0]).map(([, one]) => one)
		: places;
	const until = performance.now() + 0.17 * 1000 * Number(process.env.HARK_SOAK_SECONDS ?? 0);
	for (const [at, place] of order.entries()) {
		if (long && at > 0 && (performance.now() > until || !timeFor(2))) {
			return;
		}
		try {
			await judge(what, inLog, (data) => damageAt(place, data));
		} catch (error) {
			throw new Error(`at ${place}`, { cause: error });
		}
	}
}

function turnBit(path, whole, at) {
	const bytes = Buffer.from(whole);
	bytes[at] ^= 1 << random(8);
	writeFileSync(path, bytes);
}

const numbersOf = (most, howMany) => chosen(most, howMany, random).map((n) => n - 1);

test("a bit of every page is turned", async () => {
	await each(numbersOf(wholeFile.length / page, 8), "pages with a turned bit", false, (n, data) =>
		turnBit(join(data, "hark.db"), wholeFile, n * page + random(page)));
});

test("a bit of every frame of the log is turned", async () => {
	await each(numbersOf(frames, 8), "frames with a turned bit", true, (n, data) =>
		turnBit(join(data, "hark.db-wal"), wholeLog, logHeader + n * frame + random(frame)));
	await each([0, 9, 20, 31], "log headers with a turned bit", true, (at, data) =>
		turnBit(join(data, "hark.db-wal"), wholeLog, at));
});

test("the file is cut", async () => {
	await each(numbersOf(wholeFile.length / page, 6), "cuts of the file", false, (n, data) =>
		truncateSync(join(data, "hark.db"), n * page + (random(2) ? random(page) : 0)));
});

test("the log is cut", async () => {
	await each(numbersOf(frames, 6), "cuts of the log", true, (n, data) =>
		truncateSync(join(data, "hark.db-wal"), n === 0 ? random(logHeader)
			: logHeader + n * frame + (random(2) ? random(frame) : 0)));
});

test("two pages change places", async () => {
	const pages = wholeFile.length / page;
	await each(numbersOf(pages - 1, 3), "pages that changed places", false, (n, data) => {
		const bytes = Buffer.from(wholeFile);
		wholeFile.copy(bytes, n * page, (n + 1) * page, (n + 2) * page);
		wholeFile.copy(bytes, (n + 1) * page, n * page, (n + 1) * page);
		writeFileSync(join(data, "hark.db"), bytes);
	});
});

test("figures", async () => say("damage", tried, lost, ends));

await runTests();
