// The store by itself, sealed and plain, as bench_store measures it.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "./measuring.mjs";

const limitMs = 240000;

function run(build, args) {
	const run = spawnSync(join(build, "tests/bench/bench_store"), args,
		{ encoding: "utf8", timeout: limitMs, killSignal: "SIGKILL" });
	if (run.status !== 0) {
		throw new Error(`bench_store: ${run.stderr || run.signal}`);
	}
	return run.stdout;
}

/* Rooms opened again at once, from the cache, out of a history of 20,200 rows; medians of p50. */
function cachedReads(build, directory, rounds) {
	const found = { plain: [], sealed: [] };
	for (let round = 0; round < rounds; round++) {
		const said = run(build, ["--history", "20200", "--directory", directory]);
		for (const [, store, p50] of said.matchAll(/^open a room, again: (\w+), .* p50 ([\d.]+) ms/gm)) {
			found[store].push(1000 / Number(p50));
		}
	}
	return { plain: median(found.plain), sealed: median(found.sealed) };
}

export function measureStore({ build, scratch, rounds }) {
	const file = join(scratch, "store.json");
	const common = ["--json", file, "--rounds", String(rounds), "--directory", scratch];
	run(build, [...common, "--seconds", "0.8"]);
	const rows = JSON.parse(readFileSync(file, "utf8"));
	run(build, [...common, "--seconds", "1", "--paced", "1000"]);
	rows.push(...JSON.parse(readFileSync(file, "utf8")));
	const reads = cachedReads(build, scratch, rounds);
	const of = (store, load) => rows.find((row) => row.store === store && row.load === load);
	const inFlight = (store, count) => of(store, `${count} in flight`);
	const figuresOf = (store) => ({
		group_commit_per_s: inFlight(store, 1600).rows_per_s,
		group_commit_per_s_100: inFlight(store, 100).rows_per_s,
		single_commit_per_s: inFlight(store, 1).rows_per_s,
		p50_ms_1000: of(store, "1000/s").p50_ms,
		cached_reads_per_s: reads[store],
	});
	return {
		vault: {
			...figuresOf("sealed"),
			single_commit_p50_ms: inFlight("sealed", 1).p50_ms,
			log_pages_per_message_16: inFlight("sealed", 16).log_pages_per_row,
			written_bytes_per_message_16: inFlight("sealed", 16).written_bytes_per_row,
		},
		plain_sqlite: figuresOf("plain"),
		store: rows,
	};
}
