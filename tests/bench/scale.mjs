// make bench-scale: how the daemon bears size. A long past, everybody coming back at once, many
// counselors at the wall, thousands of rooms. Prints a table and writes the figures by goal.
//
//	node tests/bench/scale.mjs BUILD_DIRECTORY OUT.json [EVENTS [PART...]]
//
// EVENTS is the longest past (1000000; 10000000 takes 4 GB of disk and ten minutes more); PART one
// or more of history, storm, feeds, stalled, rooms. Each figure is a ratio within this run wherever a goal
// is one. Loopback only; ends by itself.

import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Control, newDaemon, prepare } from "../wire/school.mjs";
import { median, ratiosOfPairs } from "./measuring.mjs";
import { heldGoal, historyGoals, stalledGoal } from "./scale_goals.mjs";

const [built, out, eventsText = "1000000", ...wanted] = process.argv.slice(2);
const longest = Number(eventsText);
const wants = (part) => wanted.length === 0 || wanted.includes(part);
const supporter = 2; // the account of juniper, the second that the school gets
const rounds = 3;
const startsARound = 3;
const stalledRounds = 7;
const stalledSeconds = 6;
const counselors = 32; // with eight connections each
const program = (name) => join(built, name);

/* What a school leaves at its bounds, and a measurement must not meet. */
const options = {
	"limits.connections": 12000, "limits.rooms_per_min": 100000000, "limits.waiting": 100000000,
	"talk.unanswered": "7d", "talk.token_grace": "7d", "staff.session_idle": "7d",
};

// ---- running ----

const say = (text) => process.stderr.write(`${text}\n`);
const of = (results, pick) => median(results.map(pick));
const ofPairs = (results, others, pick) => median(ratiosOfPairs(results, others, pick));

/* A program's answer, while this process goes on. */
function run(name, args) {
	return new Promise((resolve, reject) => {
		const child = spawn(program(`tests/bench/${name}`), args.map(String), { stdio: ["ignore", "pipe", "inherit"] });
		let text = "";
		child.stdout.on("data", (bytes) => (text += bytes));
		child.once("close", (code) => {
			if (code === 0) {
				resolve(JSON.parse(text));
			} else {
				reject(new Error(`${name} ${args.slice(0, 6).join(" ")} failed`));
			}
		});
	});
}

/* In a daemon of its own; `data` replaces the school's file. */
async function within(action, { data, more } = {}) {
	const daemon = newDaemon({ ...options, ...more });
	if (data !== undefined) {
		cpSync(data, join(daemon.directory, "data"), { recursive: true });
	}
	daemon.patience = 60000;
	try {
		await daemon.start();
		const result = await action(daemon);
		await daemon.stop();
		return result;
	} finally {
		await daemon.destroy();
	}
}

/* Else what came before was still being worked on, and the figures are of both. */
function restedOf(results) {
	if (!results.every((one) => one.rested)) {
		throw new Error("the daemon did not come to rest");
	}
	return results;
}

const crowd = (daemon, ...args) => run("crowd", [daemon.port, daemon.process.pid, ...args]);

// ---- the parts ----

/* From the start of the process until a connection is taken, and until it says it is ready. */
async function measureStart(daemon) {
	const began = performance.now();
	let accepted;
	const knock = () => {
		const socket = connect(daemon.fixedPort, "127.0.0.1");
		socket.once("connect", () => {
			accepted ??= performance.now() - began;
			socket.destroy();
		});
		socket.once("error", () => setTimeout(knock, 1));
	};
	knock();
	await daemon.start();
	const ready = performance.now() - began;
	while (accepted === undefined) {
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
	return { accepted, ready };
}

/*
 * What is looked at; each has its percentiles. To open a room over the wire is more than reading: its
 * row is found, an entry of the audit trail is made durable before anything is shown, and what the
 * readers had cached ends with that commit; then come the room's state and its last 50 events, each
 * as a message. To read the last 50 and nothing else is a page.
 */
const looks = ["wall", "open_cold", "open_warm", "catch_up", "page", "commit"];

/* A school with so many events behind it, and a daemon for it that does not run. */
async function makePast(events) {
	say(`a past of ${events} events`);
	const port = 20000 + Math.floor(Math.random() * 12000);
	const daemon = newDaemon({ ...options, "server.port": port });
	daemon.fixedPort = port;
	daemon.patience = 60000;
	/* The index of ten million takes ten minutes; it is said to be there. */
	const past = await run("history", [join(daemon.directory, "data"), events, supporter, ...(events > 1e6 ? ["noindex"] : [])]);
	return {
		daemon, events, ended: past.ended, open: past.open, rounds: [],
		build_s: past.write_s + past.index_s, rooms: past.rooms,
		bytes_per_event: events > 1e6 ? null : past.bytes / events,
		bytes_per_event_without_index: past.bytes_without_index / events,
	};
}

/* Starts it, and looks into it over the wire. */
async function lookAt({ daemon, ended, open, rounds: found }) {
	const data = join(daemon.directory, "data"), rooms = join(daemon.directory, "rooms");
	writeFileSync(rooms, [
		...ended.map(({ room, n }) => `ended ${room} ${n}\n`),
		...open.map(({ room, n, token }) => `open ${room} ${n} ${token}\n`),
	].join(""));
	const starts = [];
	for (let i = 0; i < startsARound; i++) {
		starts.push(await measureStart(daemon));
		if (i < startsARound - 1) {
			await daemon.stop();
		}
	}
	const look = await crowd(daemon, "look", rooms, join(data, "hark.db"), `hark=${cookies.rivera}`);
	await daemon.stop();
	open.forEach((room) => (room.n += look.said / open.length));
	found.push({ ...look, start_accept_ms: of(starts, (one) => one.accepted), start_ready_ms: of(starts, (one) => one.ready) });
}

function pastFigures({ daemon, ended, open, rounds: found, ...past }) {
	const figures = { ...past };
	for (const part of looks) {
		figures[part] = { p50_ms: of(found, (one) => one[part].p50_ms), p99_ms: of(found, (one) => one[part].p99_ms) };
	}
	for (const start of ["start_accept_ms", "start_ready_ms"]) {
		figures[start] = of(found, (one) => one[start]);
	}
	return figures;
}

/* Every round looks at all of them, so that a busy moment of the machine is nobody's past. */
async function measureHistory() {
	const sizes = [10000, 100000, 1000000, 10000000].filter((one) => one <= longest);
	const made = [];
	try {
		for (const size of sizes) {
			made.push(await makePast(size));
		}
		for (let round = 0; round < rounds; round++) {
			say(`looking back, round ${round + 1} of ${rounds}`);
			for (const past of made) {
				await lookAt(past);
			}
		}
	} finally {
		for (const past of made) {
			await past.daemon.destroy();
		}
	}
	const pasts = made.map(pastFigures), [short, ...longer] = pasts, long = longer.at(-1) ?? short;
	const [first, last] = [made[0].rounds, made.at(-1).rounds], growth = {};
	for (const part of looks) {
		growth[part] = ofPairs(last, first, (one) => one[part].p50_ms);
	}
	growth.start_accept = ofPairs(last, first, (one) => one.start_accept_ms);
	growth.start_ready = ofPairs(last, first, (one) => one.start_ready_ms);
	row(["history", ...pasts.map((one) => one.events), "growth"]);
	for (const part of Object.keys(growth)) {
		const pick = (one) => one[`${part}_ms`] ?? one[part].p50_ms;
		row([`${part}, p50 ms`, ...pasts.map((one) => pick(one).toFixed(3)), growth[part].toFixed(2)]);
	}
	for (const part of ["open_cold", "open_warm", "page"]) {
		row([`${part}, p99 ms`, ...pasts.map((one) => one[part].p99_ms.toFixed(3))]);
	}
	row(["bytes an event", ...pasts.map((one) => one.bytes_per_event?.toFixed(0) ?? "-")]);
	row(["bytes an event, no index", ...pasts.map((one) => one.bytes_per_event_without_index.toFixed(0))]);
	row(["made within, s", ...pasts.map((one) => one.build_s.toFixed(0))]);
	goals("G12", historyGoals(pasts, growth));
}

async function startRelay() {
	const port = 20000 + Math.floor(Math.random() * 12000);
	const child = spawn(program("tests/bench/limit_relay"), [String(port)], { stdio: ["ignore", "pipe", "inherit"] });
	process.on("exit", () => child.kill());
	await new Promise((resolve, reject) => {
		child.stdout.once("data", resolve);
		child.once("exit", () => reject(new Error("the relay did not start")));
	});
	return { child, port };
}

async function measureStorm() {
	const clients = 1000, missed = 20, perS = 200, patienceS = 60;
	const storms = { alone: [], crowded: [] }, handshakes = [];
	for (let round = 0; round < rounds; round++) {
		say(`storm, round ${round + 1} of ${rounds}`);
		const relay = await startRelay();
		handshakes.push(await run("crowd", [relay.port, relay.child.pid, "handshakes", clients]));
		relay.child.kill();
		storms.alone.push(await within((daemon) => crowd(daemon, "storm", clients, 0, missed, perS, 2, patienceS)));
		storms.crowded.push(await within((daemon) => crowd(daemon, "storm", clients, 9000, missed, perS, 1, patienceS)));
	}
	const lwsCpu = of(handshakes, (one) => one.cpu_us_per_connect);
	const figures = (results) => ({
		p50_ms: of(results, (one) => one.caught_up.p50_ms), p99_ms: of(results, (one) => one.caught_up.p99_ms),
		last_ms: of(results, (one) => one.last_ms),
		cpu_us_per_connect: of(restedOf(results), (one) => one.cpu_us_per_connect),
		p99_of_others: of(results, (one) => one.answers_during.p99_ms / one.answers_before.p99_ms),
	});
	const alone = figures(storms.alone), crowded = figures(storms.crowded);
	row(["storm of 1,000, 20 missed each", "alone", "9,000 others", "bare relay"]);
	row(["connect to caught up, p50 ms", alone.p50_ms.toFixed(2), crowded.p50_ms.toFixed(2), of(handshakes, (one) => one.joined.p50_ms).toFixed(2)]);
	row(["connect to caught up, p99 ms", alone.p99_ms.toFixed(2), crowded.p99_ms.toFixed(2), of(handshakes, (one) => one.joined.p99_ms).toFixed(2)]);
	row(["the last one, ms", alone.last_ms.toFixed(0), crowded.last_ms.toFixed(0)]);
	row(["CPU us a connect", alone.cpu_us_per_connect.toFixed(0), crowded.cpu_us_per_connect.toFixed(0), lwsCpu.toFixed(0)]);
	row(["p99 of others' messages, over before", alone.p99_of_others.toFixed(2), crowded.p99_of_others.toFixed(2)]);
	const overLws = alone.cpu_us_per_connect / lwsCpu, growth = crowded.cpu_us_per_connect / alone.cpu_us_per_connect;
	goal("G13", "p99 at most 10 ms, the last at most 1.1 s, CPU at most 4 times the bare handshake, others' p99 at most twice",
		{ ...alone, handshake_cpu_us: lwsCpu, cpu_over_handshake: overLws },
		alone.p99_ms <= 10 && alone.last_ms <= 1100 && overLws <= 4 && alone.p99_of_others <= 2);
	goal("G14", "CPU a connect with 9,000 others at most 1.2 times that without", { ...crowded, growth },
		growth > 0 && growth <= 1.2); /* less than nothing: the crowd was still being let in */
}

/* A school with counselors enough, made once. */
async function manyCounselors(count = counselors) {
	const daemon = newDaemon(options);
	await daemon.start();
	const operator = await Control.open(daemon.control);
	const signs = [];
	for (let i = 0; i < count; i++) {
		const login = `c${i}`, password = `a counselor's password ${i}`;
		operator.send(JSON.stringify({ type: "account.add", login, alias: `Counselor ${i}`, role: "counselor", password }));
		await operator.wait("an account", () => operator.take().length > 0);
		signs.push(`hark=${(await daemon.post("/login", { type: "sign.in", login, password })).cookie}`);
	}
	operator.drop();
	await daemon.stop();
	const control = join(daemon.directory, "data", "control");
	if (existsSync(control)) {
		rmSync(control);
	}
	return { data: join(daemon.directory, "data"), signs, daemon };
}

/* Mode "wait" leaves out what a message costs, and is done sooner. */
function talkOf(school, mode = "talk") {
	return (...words) => within((daemon) => crowd(daemon, mode, ...words, ...school.signs), { data: school.data });
}

async function measureFeeds() {
	const school = await manyCounselors(), talk = talkOf(school), results = {};
	const measure = async (name, ...args) => (results[name] ??= []).push(await talk(...args));
	for (let round = 0; round < rounds; round++) {
		say(`feeds, round ${round + 1} of ${rounds}`);
		await measure("1 of 1000", 1000, 2000, 4, 1, 0);
		await measure("100 of 1000", 1000, 2000, 4, 100, 0);
		await measure("none", 100, 2000, 4, 0, 0);
		await measure("256", 100, 2000, 4, 256, 0);
		await measure("none slow", 100, 200, 4, 0, 0);
		await measure("256 slow", 100, 200, 4, 256, 0);
	}
	await school.daemon.destroy();
	const cpu = (name) => of(restedOf(results[name]), (one) => one.cpu_us_per_message);
	const p50 = (name) => of(results[name], (one) => one.delivery.p50_ms);
	const fanOut = ofPairs(results["100 of 1000"], results["1 of 1000"], (one) => one.cpu_us_per_message);
	const fast = (cpu("256") - cpu("none")) / 256, slow = (cpu("256 slow") - cpu("none slow")) / 256;
	const peer = ofPairs(results["256 slow"], results["none slow"], (one) => one.delivery.p50_ms);
	row(["counselors at the wall", "without", "with", "ratio"]);
	row(["CPU us a message: 1, 100 of 1,000 rooms", cpu("1 of 1000").toFixed(1), cpu("100 of 1000").toFixed(1), fanOut.toFixed(2)]);
	row(["CPU us a message: 0, 256; 2,000/s", cpu("none").toFixed(1), cpu("256").toFixed(1), `${fast.toFixed(2)} a feed`]);
	row(["CPU us a message: 0, 256; 200/s", cpu("none slow").toFixed(1), cpu("256 slow").toFixed(1), `${slow.toFixed(2)} a feed`]);
	row(["peer p50 ms: 0, 256; 200/s", p50("none slow").toFixed(3), p50("256 slow").toFixed(3), peer.toFixed(2)]);
	goal("fan_out", "100 counselors on 1,000 rooms cost less than twice the CPU of one",
		{ one: cpu("1 of 1000"), hundred: cpu("100 of 1000"), ratio: fanOut }, fanOut < 2);
	/* What a message costs for each feed is held to the bare relay's, by make bench. */
	goal("G9", "peer p50 with 256 feeds at most 1.1 times that with none",
		{ feeds: 256, cpu_us_fast: fast, cpu_us_slow: slow, peer_p50_ratio: peer }, peer <= 1.1);
}

/* In pairs, now the one first and then the other: a p99 moves with whatever else the machine does. */
async function measureStalled() {
	const school = await manyCounselors(2), talk = talkOf(school, "wait"), without = [], stalled = [];
	for (let round = 0; round < stalledRounds; round++) {
		say(`a stalled counselor, round ${round + 1} of ${stalledRounds}`);
		const pair = [[without, 0], [stalled, 1]];
		for (const [results, count] of round % 2 === 0 ? pair : pair.reverse()) {
			results.push(await talk(100, 1000, stalledSeconds, 10, count));
		}
	}
	await school.daemon.destroy();
	const p99 = (one) => one.answer.p99_ms;
	const ratios = ratiosOfPairs(restedOf(stalled), restedOf(without), p99), spread = [median(ratios), Math.min(...ratios), Math.max(...ratios)];
	row(["a counselor who never reads", "without", "with", "ratio", "lowest pair", "highest"]);
	row(["others' p99 ms", of(without, p99).toFixed(2), of(stalled, p99).toFixed(2), ...spread.map((one) => one.toFixed(2))]);
	goals("stalled", stalledGoal({ ratios, without: of(without, p99), with: of(stalled, p99), seconds: stalledSeconds }));
}

async function measureRooms() {
	const few = [], many = [], held = [];
	let wal = 0;
	for (let round = 0; round < rounds; round++) {
		say(`rooms, round ${round + 1} of ${rounds}`);
		few.push(await within((daemon) => crowd(daemon, "talk", 100, 2000, 4, 0, 0)));
		many.push(await within((daemon) => crowd(daemon, "talk", 5000, 2000, 4, 0, 0)));
		held.push(await within(async (daemon) => {
			const log = join(daemon.directory, "data", "hark.db-wal");
			const look = setInterval(() => (wal = Math.max(wal, existsSync(log) ? statSync(log).size : 0)), 20);
			const result = await crowd(daemon, "talk", 200, 10000, 8, 0, 0);
			clearInterval(look);
			return result;
		}));
	}
	const live = await within((daemon) => crowd(daemon, "talk", 1000, 1000, 3, 0, 0));
	const idle = await within((daemon) => crowd(daemon, "idle", 10000));
	const cpu = (results) => of(restedOf(results), (one) => one.cpu_us_per_message);
	const growth = ofPairs(many, few, (one) => one.cpu_us_per_message);
	row(["rooms", "100", "5,000", "ratio"]);
	row(["CPU us a message, 2,000/s", cpu(few).toFixed(1), cpu(many).toFixed(1), growth.toFixed(2)]);
	const p = (name) => of(held, (one) => one.answer[name]), perS = of(held, (one) => one.per_s);
	row(["asked for 10,000/s: answered a second", perS.toFixed(0)]);
	row(["10,000/s held: p50, p99, p99.9 ms", p("p50_ms").toFixed(2), p("p99_ms").toFixed(2), p("p999_ms").toFixed(2)]);
	row(["its log at most, MiB", (wal / 2 ** 20).toFixed(1)]);
	row(["bytes an idle connection (10,000)", idle.bytes_per_connection]);
	row(["MiB with 1,000 rooms, 2,000 connections", (live.rss_kib / 1024).toFixed(1)]);
	goals("G5", heldGoal({ per_s: perS, p50_ms: p("p50_ms"), p99_ms: p("p99_ms"), p999_ms: p("p999_ms"), wal_bytes_max: wal }));
	goal("G7", "an idle connection takes at most 3.0 KB; 1,000 rooms with 2,000 connections at most 20 MB",
		{ bytes_per_connection: idle.bytes_per_connection, rss_kib_1000_rooms: live.rss_kib },
		idle.bytes_per_connection <= 3000 && live.rss_kib * 1024 <= 20e6);
	goal("G8", "CPU a message at 5,000 rooms at most 1.1 times that at 100",
		{ few: cpu(few), many: cpu(many), ratio: growth }, growth <= 1.1);
}

// ---- the table ----

/* Of a part that is run alone, the others' figures stay. */
const byGoal = wanted.length > 0 && existsSync(out) ? JSON.parse(readFileSync(out, "utf8")) : {};

const goal = (name, text, figure, reached) => goals(name, { goal: text, figure, reached });

/* One judgement, or the parts of one; what has none is told. */
function goals(name, judged) {
	byGoal[name] = judged;
	for (const { goal: text, reached } of [judged].flat().filter((one) => one.reached !== undefined)) {
		row([reached ? "reached" : "NOT reached", `${name}: ${text}`]);
	}
	console.log();
}

function row([first, ...cells]) {
	console.log(String(first).padEnd(42) + cells.map((cell) => String(cell).padStart(13)).join(""));
}

const cookies = await prepare(built);
console.log(`${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, `
	+ `Linux ${release()}, ${new Date().toISOString().slice(0, 10)}; medians of ${rounds} rounds, of ratios too\n`);
const parts = {
	history: measureHistory, storm: measureStorm, feeds: measureFeeds, stalled: measureStalled, rooms: measureRooms,
};
for (const [name, measure] of Object.entries(parts).filter(([name]) => wants(name))) {
	const began = performance.now();
	try {
		await measure();
	} catch (error) {
		process.exitCode = 1;
		row(["NOT done", `${name}: ${error.message.trim()}`]);
	}
	writeFileSync(out, `${JSON.stringify(byGoal, null, "\t")}\n`);
	say(`${name} took ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
process.exit();
