// make bench, make bench-peers: Hark, the limits of its shape and, with --peers, other servers, in
// interleaved rounds of one run on this machine. Prints tables and writes the figures. Loopback
// only; ends by itself: each measurement has a limit, the run has a budget, and what could not be
// measured is a line that says why.
//
//	node tests/bench/run.mjs BUILD_DIRECTORY OUT.json [--peers] [--rounds N] [--seconds S]
//		[--only NAME,NAME] [--budget MINUTES]

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { goalsOf, scaleGoals } from "./goals.mjs";
import { atRisk, commit, machine, versions } from "./machine.mjs";
import { calm, isDisturbed, Measuring, median, ratiosOfPairs } from "./measuring.mjs";
import { limits } from "./school.mjs";
import { allServers } from "./servers.mjs";
import { measureStore } from "./store.mjs";
import { printTables } from "./tables.mjs";

const { values: options, positionals: [built, out] } = parseArgs({
	allowPositionals: true,
	options: {
		peers: { type: "boolean", default: false },
		rounds: { type: "string", default: "3" },
		seconds: { type: "string", default: "2" },
		only: { type: "string" },
		budget: { type: "string" }, // minutes
	},
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
/* For loads; the store by itself takes a minute or so more. */
const budgetMinutes = Number(options.budget ?? (options.peers ? 15.5 : 7));
const someRooms = 1000, manyRooms = options.peers ? 5000 : someRooms, manyFeeds = 256, someFeeds = 32;
const stormOf = 1000, inPairs = ["hark", "relay"];

const build = resolve(built);
const scratch = mkdtempSync(join(process.env.TMPDIR ?? "/var/tmp", "hark-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

/* Where latencies are counted, so long that one pause of the machine is not their 99th percentile. */
const rateSeconds = 3 * seconds;

const loads = [
	{ kind: "saturate", amount: 100 },
	{ kind: "saturate", amount: 1600 },
	{ kind: "rate", amount: 200, seconds: rateSeconds },
	{ kind: "rate", amount: 1000, seconds: rateSeconds },
	{ kind: "rate", amount: 10000, ofPeers: false }, /* none of those that are durable holds it */
];
const nameOf = ({ kind, amount }) => (kind === "rate" ? `${amount} a second` : `${amount} in flight`);

/* Medians of every figure, over rounds. */
function medians(list) {
	if (typeof list[0] !== "object") {
		return median(list);
	}
	return Object.fromEntries(Object.keys(list[0]).map((key) => [key, medians(list.map((one) => one[key]))]));
}

async function inRounds(measuring, servers, from, to) {
	for (let round = from; round < to; round++) {
		measuring.oneSync();
		for (const load of loads) {
			process.stderr.write(`round ${round + 1} of ${rounds}: ${nameOf(load)}\n`);
			for (const server of servers.filter((one) => load.ofPeers !== false || !one.peer)) {
				await measuring.load(server, nameOf(load), load);
			}
		}
	}
}

/* Few rooms and many, now the ones first and then the others: of one run each, luck is the larger part. */
async function fewAndMany(measuring, server) {
	const rate = { kind: "rate", amount: 2000, staffFor: manyRooms }; /* as many people with few rooms as with many */
	const both = [["2000 a second", rate], [`2000 a second, ${manyRooms} rooms`, { ...rate, rooms: manyRooms }]];
	for (let round = 0; round < (inPairs.includes(server.name) ? rounds : 1); round++) {
		for (const [name, load] of both) {
			await measuring.load(server, name, load);
		}
		both.reverse();
		if (server.name === "hark" || (!server.peer && round === 0)) {
			await measuring.load(server, `1600 in flight, ${manyRooms} rooms`, { kind: "saturate", amount: 1600, rooms: manyRooms });
		}
	}
}

/* How a server does with 5,000 rooms, over itself with 100. */
function over100Rooms(loads = {}) {
	const of = (name) => loads[name] ?? [];
	const ratio = median(ratiosOfPairs(of("2000 a second, 5000 rooms"), of("2000 a second"), (one) => one.cpu_us_per_message));
	const perS = (name) => median(of(name).map((one) => one.per_s));
	return { cpu: ratio, per_s: perS("1600 in flight, 5000 rooms") / perS("1600 in flight") };
}

/* What is looked at once, or twice to compare; only where a server can do it. */
async function once(measuring, servers) {
	for (const server of servers) {
		process.stderr.write(`${server.title}: disk, memory, many rooms, feeds\n`);
		await measuring.disk(server);
		await measuring.idle(server, server.slow ? 1000 : server.peer ? 5000 : 10000);
		if (server.slow) {
			await measuring.storm(server, stormOf);
			continue;
		}
		for (let round = 0; round < rounds; round++) { /* one second alone is a matter of luck */
			await measuring.storm(server, stormOf);
		}
		await fewAndMany(measuring, server);
		for (let round = 0; round < (server.peer ? 1 : rounds); round++) {
			await measuring.load(server, `200 a second, ${manyFeeds} feeds`, { kind: "rate", amount: 200, feeds: manyFeeds });
		}
		if (!server.peer) {
			await measuring.load(server, `2000 a second, ${someFeeds} feeds`, { kind: "rate", amount: 2000, feeds: someFeeds });
		}
		if (server.name === "hark") { /* whose memory is held to a bound of its own */
			await measuring.load(server, `200 a second, ${someRooms} rooms`, { kind: "rate", amount: 200, rooms: someRooms });
		}
	}
}

/* The flat figures that other programs read, under the names they have had from the beginning. */
function flat(servers, measuring, store) {
	const of = (name) => servers.find((server) => server.name === name)?.loads ?? {};
	const hark = of("hark"), relay = of("relay");
	const idle = servers.find((server) => server.name === "hark")?.idle;
	return {
		hark: {
			durable_per_s: hark["1600 in flight"]?.per_s,
			durable_per_s_100_in_flight: hark["100 in flight"]?.per_s,
			p50_ms: hark["200 a second"]?.delivery.p50_ms,
			p99_ms: hark["200 a second"]?.delivery.p99_ms,
			p999_ms: hark["200 a second"]?.delivery.p999_ms,
			p50_ms_1000: hark["1000 a second"]?.delivery.p50_ms,
			p99_ms_1000: hark["1000 a second"]?.delivery.p99_ms,
			cpu_us_per_message: hark["1600 in flight"]?.cpu_us_per_message,
			cpu_us_per_message_200: hark["200 a second"]?.cpu_us_per_message,
			idle_rss_kib_per_connection: idle?.kib_per_connection,
			idle_connections: idle?.connections,
			start_ms: median(measuring.harkStarts),
			loop_block_max_ms: Math.max(...measuring.harkLateness),
			binary_bytes: statSync(join(build, "harkd")).size,
			wal_bytes_max: Math.max(...measuring.harkLogBytes),
		},
		relay: {
			per_s: relay["1600 in flight"]?.per_s,
			per_s_100_in_flight: relay["100 in flight"]?.per_s,
			p50_ms: relay["200 a second"]?.delivery.p50_ms,
			p99_ms: relay["200 a second"]?.delivery.p99_ms,
			p50_ms_1000: relay["1000 a second"]?.delivery.p50_ms,
			p99_ms_1000: relay["1000 a second"]?.delivery.p99_ms,
			cpu_us_per_message: relay["1600 in flight"]?.cpu_us_per_message,
		},
		...store,
	};
}

/* How many measurements the machine's host disturbed, of how many. */
function disturbed(results) {
	const all = Object.values(results).flatMap((loads) => Object.values(loads).flat());
	return { measurements: all.length, disturbed: all.filter(isDisturbed).length };
}

function present(servers, measuring) {
	return servers.map(({ name, title, version }) => ({
		name, title, version,
		loads: Object.fromEntries(Object.entries(measuring.results[name] ?? {})
			.map(([load, list]) => [load, medians(calm(list))])),
		over_100_rooms: over100Rooms(measuring.results[name]),
		idle: measuring.idles[name],
		storm: measuring.storms[name] && medians(measuring.storms[name]),
		disk: measuring.disks[name],
	}));
}

async function main() {
	const began = Date.now();
	let servers = allServers(build, scratch, options.peers);
	if (options.only !== undefined) {
		servers = servers.filter((server) => options.only.split(",").includes(server.name));
	}
	atRisk();
	const measuring = new Measuring({ build, scratch, seconds, until: began + budgetMinutes * 60000 });
	process.stderr.write("setting up\n");
	await servers.find((server) => server.school)?.school.make(manyRooms, manyFeeds);
	servers = servers.filter((server) => measuring.has(server));
	await inRounds(measuring, servers, 0, 1);
	await once(measuring, servers); /* before the other rounds: if time is short, some of those go */
	await inRounds(measuring, servers, 1, rounds);
	process.stderr.write("the store by itself\n");
	const store = measureStore({ build, scratch, rounds });
	const command = options.peers ? "make bench-peers" : "make bench";
	const list = present(servers, measuring);
	const figures = {
		command,
		machine: machine(),
		versions: versions(list),
		commit: commit(),
		settings: { rounds, seconds, rate_seconds: rateSeconds, rooms: 100, body_bytes: 200, took_s: Math.round((Date.now() - began) / 1000) },
		limits,
		fdatasync: medians(measuring.syncs),
		servers: list,
		not_done: measuring.notDone,
		host: disturbed(measuring.results),
		...flat(list, measuring, store),
		rounds: measuring.results,
	};
	figures.goals = goalsOf(figures, scaleGoals());
	writeFileSync(out, `${JSON.stringify(figures, null, "\t")}\n`);
	printTables(figures);
}

await main();
