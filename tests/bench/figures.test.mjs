// The bench's own figures: goals are judged rightly, what is missing says so, tables and charts
// hold what was measured; and the load client gets every message through the relays.
//
//	node --test-reporter=tap tests/bench/figures.test.mjs BUILD_DIRECTORY

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chartsOf } from "./chart.mjs";
import { goalsOf } from "./goals.mjs";
import { calm, median, ratiosOfPairs } from "./measuring.mjs";
import { stop } from "./processes.mjs";
import { heldGoal, historyGoals, stalledGoal } from "./scale_goals.mjs";
import { allServers } from "./servers.mjs";
import { markdown, sentence } from "./tables.mjs";

const built = process.argv[2];

function result(perS, p50) {
	return {
		per_s: perS, delivery: { p50_ms: p50, p99_ms: 2 * p50, p999_ms: 3 * p50 }, answer: { p50_ms: p50, p99_ms: 2 * p50 },
		cpu_us_per_message: 10, written_bytes_per_message: 700, rss_kib: 10240,
	};
}

function server(name, title, perS, waits) {
	const loads = { "100 in flight": result(perS, 1), "1600 in flight": result(perS, 1), "200 a second": result(200, 0.5) };
	return { name, title, loads, disk: { waits, syncs_per_message: waits ? 1 : 0 } };
}

function figures() {
	const store = { group_commit_per_s: 1, group_commit_per_s_100: 90, single_commit_per_s: 1, p50_ms_1000: 1,
		log_pages_per_message_16: 0.4 };
	return {
		command: "make bench-peers", commit: "0",
		machine: { cores: 2, cpu: "C", memory_gib: 4, system: "S", kernel: "6", date: "2026-01-01" },
		versions: {}, limits: {},
		settings: { rounds: 3, seconds: 2, rate_seconds: 6, rooms: 100, body_bytes: 200 }, fdatasync: { p50_ms: 0.2, p99_ms: 0.4 },
		servers: [server("hark", "Hark", 6000, true), server("p", "P", 10000, true),
			server("mosquitto", "mosquitto <&>", 40000, false)],
		not_done: [{ server: "p", what: "idle", why: "it took more than 45 s" }],
		hark: { wal_bytes_max: 2 ** 20 }, vault: store, plain_sqlite: { ...store, group_commit_per_s_100: 100 },
	};
}

const parts = (found, goal) => found[goal].map(({ value, reached }) => [value, reached]);

test("a goal is reached, missed, or not measured", () => {
	const found = goalsOf(figures(), {});
	assert.deepEqual(parts(found, "G1"), [[0.6, true], [null, null], [0.15, false]]);
	assert.deepEqual(parts(found, "G10"), [[0.9, true], [1, true], [0.4, false]]);
	assert.deepEqual(parts(found, "G12"), []);
});

test("ahead means ahead of the best of those that wait for the disk", () => {
	assert.deepEqual(parts(goalsOf(figures(), {}), "ahead")[0], [null, null]);
	const all = figures();
	all.servers.push(server("prosody", "prosody", 400, true), server("socketio-full", "FULL", 8000, true));
	assert.deepEqual(parts(goalsOf(all, {}), "ahead"), [[0.75, false], [0.75, false], [1, true], [null, null]]);
});

test("what other programs measured is among the goals", () => {
	const found = goalsOf(figures(), { G12: { value: 1.05, goal: "<= 1.1", reached: true } });
	assert.deepEqual(parts(found, "G12"), [[1.05, true]]);
	const nested = { goal: "<= 1.5", figure: { growth: { open_warm: 0.7244 }, pasts: [] }, reached: true };
	assert.deepEqual(parts(goalsOf(figures(), { G12: nested }), "G12"), [["open warm 0.724", true]]);
});

test("a goal in parts has each of them, and what is only told is not judged", () => {
	const all = figures();
	const measured = [{ goal: "<= 1.5", figure: { growth: { commit: 1.2 } }, reached: true },
		{ goal: "<= 1.1", figure: { commit: 1.2 }, reached: false }, { goal: "bytes", figure: { all: 400 } }];
	all.goals = goalsOf(all, JSON.parse(JSON.stringify({ G12: measured })));
	assert.equal(all.goals.G12.length, 3);
	const text = markdown(all, []);
	assert.match(text, /^\| G12 \| make bench-scale \| <= 1\.5 \| commit 1\.2 \| reached \|$/m);
	assert.match(text, /^\| G12 \| make bench-scale \| <= 1\.1 \| commit 1\.2 \| \*\*not reached\*\* \|$/m);
	assert.match(text, /^\| G12 \| make bench-scale \| bytes \| all 400 \|  \|$/m);
});

test("10,000 a second are held if they were answered in time, and the log is short", () => {
	const of = (perS, mib) => heldGoal({ per_s: perS, wal_bytes_max: mib * 2 ** 20 }).reached;
	assert.deepEqual([of(9990, 64), of(9890, 64), of(9990, 65), of(undefined, 6)], [true, false, false, false]);
});

test("a stalled counselor may change the p99 neither way", () => {
	const of = (...ratios) => stalledGoal({ ratios, seconds: 6, without: 1, with: 1 });
	assert.deepEqual([of(1.09).reached, of(1.11).reached, of(0.89).reached], [true, false, false]);
	const { figure, reached } = of(2, 1, 0.5);
	assert.deepEqual([figure, reached], [{ without: 1, with: 1, ratio: 1, lowest_pair: 0.5, highest_pair: 2 }, true]);
});

test("a long past is held to the issue's bounds, to the design's, and told in bytes", () => {
	const past = (events, [p50, p99], bytes) => ({ events, open_warm: { p50_ms: 1, p99_ms: 2 },
		page: { p50_ms: p50, p99_ms: p99 }, bytes_per_event: bytes, bytes_per_event_without_index: 270 });
	const steady = { wall: 1, open_cold: 1, open_warm: 1, catch_up: 1, page: 1, commit: 1, start_accept: 1, start_ready: 1 };
	const judged = (growth, page = [0.2, 1]) => historyGoals([past(1e4, [9, 9], 480), past(1e7, page, null)], { ...steady, ...growth })
		.map(({ reached }) => reached);
	assert.deepEqual(judged({}), [true, true, true, undefined]);
	assert.deepEqual(judged({ commit: 1.2 }), [true, false, true, undefined]);
	assert.deepEqual(judged({ catch_up: 1.2 }), [true, false, true, undefined]);
	assert.deepEqual(judged({ start_accept: 1.3 }), [true, false, true, undefined]);
	assert.deepEqual(judged({ open_warm: 1.6 }), [false, false, true, undefined]);
	assert.deepEqual(judged({ wall: 1.6 }), [false, true, true, undefined]);
	assert.deepEqual(judged({}, [0.21, 1]), [true, true, false, undefined]);
	assert.deepEqual(judged({}, [0.2, 1.1]), [true, true, false, undefined]);
	assert.deepEqual(historyGoals([past(1e4, [1, 1], 480), past(1e7, [1, 1], null)], steady).at(-1).figure,
		{ "10000_indexed": 480, "10000_without": 270, "10000000_without": 270 });
});

test("the sender's answer is held to P at the 99th percentile, too", () => {
	const all = figures();
	all.servers[0].loads["200 a second"].answer.p99_ms = 1.6;
	assert.deepEqual(parts(goalsOf(all, {}), "G4").slice(-2), [[1, true], [1.6, false]]);
});

test("5,000 rooms are judged by pairs of runs, or not measured", () => {
	assert.deepEqual(parts(goalsOf(figures(), {}), "G8"), [[null, null], [null, null]]);
	const all = figures();
	all.servers[0].over_100_rooms = { cpu: 1.1, per_s: 0.59 };
	assert.deepEqual(parts(goalsOf(all, {}), "G8"), [[1.1, true], [0.59, false]]);
	assert.deepEqual(ratiosOfPairs([2, 9, 4], [1, 3], (one) => one), [2, 3]);
	assert.equal(median([]), undefined);
});

test("feeds count only beside a relay that held them", () => {
	const all = figures(), relay = server("relay", "relay", 10000, false);
	all.servers.push(relay);
	for (const { loads } of [all.servers[0], relay]) {
		loads["2000 a second"] = { ...result(2000, 0.3), cpu_us_per_message: 100 };
		loads["2000 a second, 32 feeds"] = { ...result(2000, 0.3), cpu_us_per_message: 420 };
	}
	assert.deepEqual(parts(goalsOf(all, {}), "G9").slice(0, 2), [[0.3, true], [1, false]]);
	relay.loads["2000 a second, 32 feeds"].delivery.p50_ms = 12;
	assert.deepEqual(parts(goalsOf(all, {}), "G9").slice(0, 2), [[12, false], [null, null]]);
});

test("the tables have a line for every server and say what is missing", () => {
	const all = figures();
	const text = markdown({ ...all, goals: goalsOf(all, {}) }, []);
	assert.match(text, /^\| Hark \| yes \| 1\.00 \| 6,000 \| 6,000 \| 0\.50 \/ 1\.00 \/ 1\.50 \|/m);
	assert.match(text, /^\| G1 \| messages\/s, 100 in flight \| >= 0\.45x mosquitto \| 0\.15 mosquitto \| \*\*not reached\*\* \|$/m);
	assert.match(text, /not done: P, idle: it took more than 45 s/);
	assert.doesNotMatch(text, /NaN|undefined|Infinity/);
});

test("the charts name and describe what they show", () => {
	for (const { svg } of chartsOf(figures())) {
		assert.match(svg, /<title id="title">[^<]+<\/title>\n<desc id="description">[^<]*Hark: [^<]*<\/desc>/);
		assert.match(svg, /mosquitto &lt;&amp;&gt;/);
		assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
	}
});

test("medians are of values, not of words, and of two the one between", () => {
	assert.equal(median([10, 9, 100]), 10);
	assert.equal(median([10, 9, 100, 20]), 15);
});

test("what the host disturbed is left out where something else is there, and told", () => {
	const [quiet, stolen] = [0.01, 0.4].map((share) => ({ per_s: 1, stolen_share: share }));
	assert.deepEqual(calm([stolen, quiet, stolen]), [quiet]);
	assert.deepEqual(calm([stolen, stolen]), [stolen, stolen]);
	assert.match(sentence({ ...figures(), host: { measurements: 90, disturbed: 7 } }), /Of 90 measurements .* disturbed 7 /);
	assert.doesNotMatch(sentence(figures()), /disturbed/);
});

for (const name of ["relay", "p", "dur-sql"]) {
	test(`every message gets through ${name}, and to its feeds`, async () => {
		const scratch = mkdtempSync(join(tmpdir(), "hark-test-"));
		const running = await allServers(built, scratch, true).find((one) => one.name === name).start(scratch);
		try {
			const words = ["-f", 2, running.port, "relay", "saturate", 10, 40, 1, running.child.pid];
			const run = spawnSync(join(built, "tests/bench/load"), words.map(String), { encoding: "utf8", timeout: 60000 });
			assert.equal(run.status, 0, run.stderr);
			const { sent, lost } = JSON.parse(run.stdout);
			assert.ok(sent > 40, run.stdout);
			assert.equal(lost, 0);
			const log = join(scratch, name, "p.db-wal");
			assert.equal(existsSync(log) && statSync(log).size > 200 * 40, name !== "relay");
		} finally {
			await stop(running.child);
			rmSync(scratch, { recursive: true, force: true });
		}
	});
}
