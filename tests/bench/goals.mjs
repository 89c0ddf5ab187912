// The goals of the design, G1 to G14, against the figures of one run. What the run has no figure
// for (a peer that is not installed, a program of its own that did not run) says so.

import { existsSync, readFileSync } from "node:fs";

const servers = (figures) => Object.fromEntries(figures.servers.map((server) => [server.name, server]));

/* A figure by its path; undefined where anything on the way is missing. */
function at(server, load, ...path) {
	return path.reduce((value, key) => value?.[key], server?.loads?.[load]);
}

/* ours over theirs is to be at least, or at most, so much. */
function over(what, ours, theirs, sign, goal, name) {
	const value = ours === undefined || theirs === undefined || theirs === 0 ? undefined : ours / theirs;
	return part(what, value, sign, goal, `x ${name}`);
}

function part(what, value, sign, goal, unit = "") {
	const known = value !== undefined && Number.isFinite(value);
	return {
		what, goal: `${sign} ${goal}${unit.startsWith("x") ? "" : " "}${unit}`.trim(),
		value: known ? Number(value.toPrecision(3)) : null,
		unit: unit.startsWith("x") ? unit.slice(1).trim() : unit,
		reached: known ? (sign === ">=" ? value >= goal : value <= goal) : null,
	};
}

function throughput(load, { hark, p, mosquitto, full }, ofMosquitto) {
	const perS = (server) => at(server, load, "per_s");
	return [
		over(`messages/s, ${load.replace("1600", "1,600")}`, perS(hark), perS(p), ">=", 0.6, "P"),
		over(`messages/s, ${load.replace("1600", "1,600")}`, perS(hark), perS(full), ">=", 10, "socket.io FULL"),
		over(`messages/s, ${load.replace("1600", "1,600")}`, perS(hark), perS(mosquitto), ">=", ofMosquitto, "mosquitto"),
	];
}

function latency1000({ hark, p, relay, full }, fdatasync) {
	const load = "1000 a second";
	const of = (server, which) => at(server, load, "delivery", which);
	const floor = of(relay, "p50_ms") === undefined ? undefined : of(relay, "p50_ms") + fdatasync.p50_ms;
	return [
		over("p50 at 1,000/s", of(hark, "p50_ms"), of(p, "p50_ms"), "<=", 1.25, "P"),
		over("p50 at 1,000/s", of(hark, "p50_ms"), floor, "<=", 1.3, "(relay + one fdatasync)"),
		over("p99 at 1,000/s", of(hark, "p99_ms"), of(p, "p99_ms"), "<=", 1.5, "P"),
		over("p99 at 1,000/s", of(hark, "p99_ms"), of(full, "p99_ms"), "<=", 0.4, "socket.io FULL"),
	];
}

const load200 = "200 a second";

/* The best figure of all peers that make a message durable before they deliver it. */
function bestDurable({ full, prosody, ejabberd }, best, load, ...path) {
	const known = [full, prosody, ejabberd].map((server) => at(server, load, ...path)).filter((value) => value !== undefined);
	return known.length === 0 ? undefined : best(...known);
}

function ahead(named) {
	const most = (load) => over(`messages/s, ${load.replace("1600", "1,600")}`, at(named.hark, load, "per_s"),
		bestDurable(named, Math.max, load, "per_s"), ">=", 1, "best durable peer");
	const least = (load, what) => over(`p99 at ${what}`, at(named.hark, load, "delivery", "p99_ms"),
		bestDurable(named, Math.min, load, "delivery", "p99_ms"), "<=", 1, "best durable peer");
	return [most("100 in flight"), most("1600 in flight"), least(load200, "200/s"), least("1000 a second", "1,000/s")];
}

function latency200(named) {
	const of = (server, which, kind = "delivery") => at(server, load200, kind, which);
	const { hark, p } = named;
	const best = bestDurable(named, Math.min, load200, "delivery", "p50_ms");
	return [
		over("p50 at 200/s", of(hark, "p50_ms"), of(p, "p50_ms"), "<=", 1.15, "P"),
		over("p50 at 200/s", of(hark, "p50_ms"), best, "<=", 1, "best durable peer"),
		over("p99 at 200/s", of(hark, "p99_ms"), of(p, "p99_ms"), "<=", 1.5, "P"),
		over("p50 of the sender's answer", of(hark, "p50_ms", "answer"), of(p, "p50_ms", "answer"), "<=", 1.15, "P"),
		over("p99 of the sender's answer", of(hark, "p99_ms", "answer"), of(p, "p99_ms", "answer"), "<=", 1.5, "P"),
	];
}

function heavy({ hark, p }, figures) {
	const load = "10000 a second";
	const of = (server, which) => at(server, load, "delivery", which);
	return [
		part("held of 10,000/s", at(hark, load, "per_s"), ">=", 9900, "messages/s"),
		over("p99 at 10,000/s", of(hark, "p99_ms"), of(p, "p99_ms"), "<=", 2, "P"),
		over("p99.9 at 10,000/s", of(hark, "p999_ms"), of(p, "p999_ms"), "<=", 2, "P"),
		part("log at most", figures.hark.wal_bytes_max / 2 ** 20, "<=", 64, "MiB"),
	];
}

function processor({ hark, p, mosquitto, full }) {
	const of = (server, load) => at(server, load, "cpu_us_per_message");
	const most = "1600 in flight";
	return [
		over("CPU a message, saturated", of(hark, most), of(p, most), "<=", 2, "P"),
		over("CPU a message, saturated", of(hark, most), of(mosquitto, most), "<=", 2, "mosquitto"),
		over("CPU a message, 200/s", of(hark, load200), of(p, load200), "<=", 1.25, "P"),
		over("CPU a message, 200/s", of(hark, load200), of(full, load200), "<=", 0.5, "socket.io FULL"),
	];
}

function memory({ hark, relay, mosquitto }) {
	const of = (server) => server?.idle?.kib_per_connection;
	return [
		over("an idle connection", of(hark), of(relay), "<=", 1.5, "relay"),
		over("an idle connection", of(hark), of(mosquitto), "<=", 0.5, "mosquitto"),
		part("the daemon with 1,000 live rooms", at(hark, "200 a second, 1000 rooms", "rss_kib") / 1024, "<=", 20, "MiB"),
	];
}

/* Of pairs of runs side by side, which is why the run gives the ratios itself. */
function rooms({ hark }) {
	const { cpu, per_s: perS } = hark?.over_100_rooms ?? {};
	return [
		part("CPU a message at 5,000 rooms, 2,000/s", cpu, "<=", 1.1, "x 100 rooms"),
		part("messages/s at 5,000 rooms, 1,600 in flight", perS, ">=", 0.6, "x 100 rooms"),
	];
}

/* What a message costs for each feed that it goes to as well. */
export function cpuPerFeed(server, load = load200, feeds = 256) {
	const without = at(server, load, "cpu_us_per_message");
	const having = at(server, `${load}, ${feeds} feeds`, "cpu_us_per_message");
	return without === undefined || having === undefined ? undefined : (having - without) / feeds;
}

/*
 * 2,000 messages a second for 256 feeds are half a million frames a second, which the bare relay
 * cannot send while the client reads them on the same two cores: it would be late, and what a feed
 * costs it would be what there was to spend. 32 feeds it holds, and that it did is judged: beside a
 * relay that was late nothing counts.
 */
function feeds({ hark, relay }) {
	const p50 = (server, load) => at(server, load, "delivery", "p50_ms");
	const fast = (server) => cpuPerFeed(server, "2000 a second", 32);
	const held = part("p50 of the relay's talk beside 32 feeds, 2,000/s", p50(relay, "2000 a second, 32 feeds"), "<=", 10, "ms");
	return [
		held,
		over("CPU a message and feed, 2,000/s", fast(hark), held.reached ? fast(relay) : undefined, "<=", 0.5, "relay"),
		over("CPU a message and feed, 200/s", cpuPerFeed(hark), cpuPerFeed(relay), "<=", 1.25, "relay"),
		over("p50 of the talk beside 256 feeds", p50(hark, "200 a second, 256 feeds"), p50(hark, load200), "<=", 1.1, "without"),
	];
}

function encryption({ vault, plain_sqlite: plain }) {
	return [
		over("rows/s, 100 in flight, sealed", vault.group_commit_per_s_100, plain.group_commit_per_s_100, ">=", 0.85, "plain"),
		over("p50 of a row at 1,000/s, sealed", vault.p50_ms_1000, plain.p50_ms_1000, "<=", 1.05, "plain"),
		part("pages sealed a message, 16 a commit", vault.log_pages_per_message_16, "<=", 0.35, "pages"),
	];
}

function written({ hark, p }) {
	const of = (server, load) => at(server, load, "written_bytes_per_message");
	return [
		over("bytes written a message, 100 in flight", of(hark, "100 in flight"), of(p, "100 in flight"), "<=", 2, "P"),
		over("bytes written a message, 200/s", of(hark, load200), of(p, load200), "<=", 1.2, "P"),
	];
}

/* Without what was missed meanwhile: that is measured with the daemon alone. */
function storm({ hark, relay, full }) {
	const cpu = (server) => server?.storm?.cpu_us_per_connect;
	const p99 = (server) => server?.storm?.connect.p99_ms;
	return [
		over("p99 of 1,000 connects in 1 s", p99(hark), p99(full), "<=", 1, "socket.io FULL"),
		over("CPU a connect", cpu(hark), cpu(relay), "<=", 4, "relay"),
		over("CPU a connect", cpu(hark), cpu(full), "<=", 0.5, "socket.io FULL"),
	];
}

/* The numbers of a figure by name, from the first level that has some. */
function inWords(figure) {
	if (typeof figure !== "object" || figure === null) {
		return figure;
	}
	const numbers = Object.entries(figure).filter(([, value]) => typeof value === "number");
	if (numbers.length > 0) {
		return numbers.map(([name, value]) => `${name.replaceAll("_", " ")} ${Number(value.toPrecision(3))}`).join(", ");
	}
	return inWords(Object.values(figure).find((value) => typeof value === "object" && value !== null) ?? null);
}

const listed = (value) => (Array.isArray(value) ? value : [value]);

/* Goals that make bench-scale measures, by id, if it has run. */
export function scaleGoals() {
	const file = "build/bench-scale.json";
	return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

/* By goal, a list of parts. What other programs measured (`scale`, by goal) comes after ours. */
export function goalsOf(figures, scale) {
	const by = servers(figures);
	const named = { ...by, full: by["socketio-full"] };
	const goals = {
		G1: throughput("100 in flight", named, 0.45),
		G2: throughput("1600 in flight", named, 0.6),
		G3: latency1000(named, figures.fdatasync),
		G4: latency200(named),
		G5: heavy(named, figures),
		G6: processor(named),
		G7: memory(named),
		G8: rooms(named),
		G9: feeds(named),
		G10: encryption(figures),
		G11: written(named),
		G12: [],
		G13: storm(named),
		G14: [],
		ahead: ahead(named),
	};
	for (const [id, found] of Object.entries(scale)) {
		(goals[id] ??= []).push(...listed(found).map(({ figure, ...one }) =>
			({ what: "make bench-scale", unit: "", value: inWords(figure) ?? null, ...one })));
	}
	return goals;
}
