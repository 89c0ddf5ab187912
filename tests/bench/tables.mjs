// The tables of a run: on the terminal, and as Markdown for the README.

import { cpuPerFeed } from "./goals.mjs";

const number = (value, digits) => value.toLocaleString("en-US",
	{ minimumFractionDigits: digits, maximumFractionDigits: digits });

/* Three digits that say something; "-" where nothing was measured. */
export function short(value) {
	if (value === undefined || value === null || !Number.isFinite(value)) {
		return "-";
	}
	const size = Math.abs(value);
	return number(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

const times = (latency) => latency === undefined ? "-"
	: [latency.p50_ms, latency.p99_ms, latency.p999_ms].map(short).join(" / ");

function ratio(of, over) {
	return of === undefined || over === undefined || over === 0 ? undefined : of / over;
}

const durable = (disk) => disk === undefined ? "-" : disk.waits ? "yes" : "no";

/* [heading, a server's cell] */
const throughputColumns = [
	["waits for the disk", (server) => durable(server.disk)],
	["syncs a message", (server) => short(server.disk?.syncs_per_message)],
	["messages/s, 100 in flight", (server) => short(server.loads["100 in flight"]?.per_s)],
	["1,600 in flight", (server) => short(server.loads["1600 in flight"]?.per_s)],
	["p50 / p99 / p99.9 ms at 200/s", (server) => times(server.loads["200 a second"]?.delivery)],
	["at 1,000/s", (server) => times(server.loads["1000 a second"]?.delivery)],
];

const costColumns = [
	["µs CPU a message, saturated", (server) => short(server.loads["1600 in flight"]?.cpu_us_per_message)],
	["at 200/s", (server) => short(server.loads["200 a second"]?.cpu_us_per_message)],
	["bytes written a message, 100 in flight", (server) => short(server.loads["100 in flight"]?.written_bytes_per_message)],
	["at 200/s", (server) => short(server.loads["200 a second"]?.written_bytes_per_message)],
	["MiB with 100 rooms", (server) => short(server.loads["200 a second"]?.rss_kib / 1024)],
	["KiB an idle connection", (server) => short(server.idle?.kib_per_connection)],
	["1,000 connect in 1 s, p50 / p99 ms", (server) => server.storm === undefined ? "-"
		: [server.storm.connect.p50_ms, server.storm.connect.p99_ms].map(short).join(" / ")],
	["µs CPU a connect", (server) => short(server.storm?.cpu_us_per_connect)],
	["CPU at 5,000 rooms over 100", (server) => short(server.over_100_rooms?.cpu)],
	["messages/s at 5,000 rooms over 100", (server) => short(server.over_100_rooms?.per_s)],
	["µs CPU a message and feed, 200/s", (server) => short(cpuPerFeed(server))],
	["2,000/s", (server) => short(cpuPerFeed(server, "2000 a second", 32))],
	["p50 with 256 feeds over none", (server) => short(ratio(
		server.loads["200 a second, 256 feeds"]?.delivery.p50_ms, server.loads["200 a second"]?.delivery.p50_ms))],
];

function rowsOf(figures, columns) {
	const filled = columns.filter(([, cell]) => figures.servers.some((server) => cell(server) !== "-"));
	return [["server", ...filled.map(([heading]) => heading)],
		...figures.servers.map((server) => [server.title, ...filled.map(([, cell]) => cell(server))])];
}

/* What no goal was set for is told all the same. */
function judgement(reached) {
	return { true: "reached", false: "**not reached**", undefined: "" }[reached] ?? "not measured";
}

function goalRows(figures) {
	const rows = [["", "what", "goal", "figure", ""]];
	for (const [id, parts] of Object.entries(figures.goals)) {
		for (const { what, goal, value, reached, unit = "" } of parts) {
			const figure = typeof value === "number" ? `${short(value)} ${unit}`.trim() : value ?? "-";
			rows.push([id, what, goal, figure, judgement(reached)]);
		}
		if (parts.length === 0) {
			rows.push([id, "measured by a program of its own", "", "-", "not measured"]);
		}
	}
	return rows;
}

/* Of the store by itself and of the daemon, as name and figure. */
function otherRows({ hark, vault, plain_sqlite: plain }) {
	return [
		["", "Hark", "plain SQLite"],
		["rows/s into the sealed file alone, 100 / 1,600 in flight",
			`${short(vault.group_commit_per_s_100)} / ${short(vault.group_commit_per_s)}`,
			`${short(plain.group_commit_per_s_100)} / ${short(plain.group_commit_per_s)}`],
		["single commits/s", short(vault.single_commit_per_s), short(plain.single_commit_per_s)],
		["rooms of 50 read again from the cache, /s", short(vault.cached_reads_per_s), short(plain.cached_reads_per_s)],
		["written a message, 16 a commit", `${short(vault.log_pages_per_message_16)} pages, ${short(vault.written_bytes_per_message_16)} bytes`, ""],
		["ready after start", `${short(hark.start_ms)} ms`, ""],
		["longest delay of the loop, in all of the run", `${short(hark.loop_block_max_ms)} ms`, ""],
		["size of `harkd`, pages included", `${short(hark.binary_bytes / 1024)} KiB`, ""],
	];
}

/* On rented machines a host may give processors to others meanwhile, by the minute. */
function disturbance(host) {
	return host === undefined ? "" : ` Of ${host.measurements} measurements the machine's host disturbed ${host.disturbed} ` +
		"(it gave more than 3 % of the processors' time to others); where another round was calm, they are not in the medians.";
}

export function sentence({ command, machine, settings, fdatasync, versions, limits, commit, host }) {
	const rates = settings.rate_seconds === undefined ? "" : ` (${settings.rate_seconds} s at 200 and 1,000 a second)`;
	const named = (list) => Object.entries(list).filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${name} ${value}`).join(", ");
	return `\`${command}\` on ${machine.date}, commit ${commit}: ${machine.cores} cores (${machine.cpu}), ` +
		`${machine.memory_gib} GiB, ${machine.system}, Linux ${machine.kernel}; the load client runs on the same cores; ` +
		`${settings.rooms} rooms, ${settings.body_bytes}-byte messages, medians of ${settings.rounds} interleaved rounds ` +
		`of ${settings.seconds} s${rates}; ` +
		`one fdatasync ${short(fdatasync.p50_ms)} ms (p99 ${short(fdatasync.p99_ms)}). ` +
		`Hark ran with ${named(limits)}. Versions: ${named(versions)}.${disturbance(host)}`;
}

function notDoneRows(figures) {
	const title = (name) => figures.servers.find((server) => server.name === name)?.title ?? name;
	const grouped = {};
	for (const { server, what, why } of figures.not_done) {
		((grouped[server] ??= {})[why] ??= []).push(what);
	}
	return Object.entries(grouped).flatMap(([server, whys]) => Object.entries(whys)
		.map(([why, what]) => `not done: ${title(server)}, ${what.join("; ")}: ${why}`));
}

function print(rows) {
	const plain = rows.map((row) => row.map((cell) => String(cell).replaceAll("**", "").replaceAll("`", "")));
	const widths = plain[0].map((_, i) => Math.max(...plain.map((row) => row[i].length)));
	plain.forEach((row) => console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
		.join("  ").trimEnd()));
	console.log();
}

export function printTables(figures) {
	console.log(`\n${sentence(figures).replaceAll("`", "")}\n`);
	print(rowsOf(figures, throughputColumns));
	print(rowsOf(figures, costColumns));
	print(otherRows(figures));
	print(goalRows(figures));
	notDoneRows(figures).forEach((line) => console.log(line));
	console.log(`took ${figures.settings.took_s} s`);
}

function table(rows) {
	const line = (row) => `| ${row.join(" | ")} |`;
	return [line(rows[0]), line(rows[0].map(() => "---")), ...rows.slice(1).map(line)].join("\n");
}

export function markdown(figures, pictures) {
	const lines = notDoneRows(figures);
	return [
		sentence(figures),
		...pictures.map(({ file, alt }) => `![${alt}](${file})`),
		table(rowsOf(figures, throughputColumns)),
		table(rowsOf(figures, costColumns)),
		"A `-` stands where a server cannot do it, or was not asked to." +
			(lines.length > 0 ? `\n\n${lines.map((line) => `- ${line}`).join("\n")}` : ""),
		table(otherRows(figures)),
		table(goalRows(figures)),
	].join("\n\n");
}
