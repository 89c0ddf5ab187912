// What people say and who they are is in no file that Hark writes, in no common encoding:
// node secrets.mjs build/plain. TAP.
//
// Unique words in three scripts are said, typed and sent wherever something can be typed or sent,
// from 50 addresses, rightly and wrongly; the daemon is restarted, copied and killed; then all that
// it wrote (file, log, copies, what it printed, temporary files) is searched, and what others can
// read of the process. Of the file also the pages without their seals: words are there, and nothing
// that says who somebody is or lets anybody in.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Raw, Ws, fetchOnce, frame, request, runTests, test, upgradeHeaders } from "../wire/client.mjs";
import { Control, newDaemon, password, patience, prepare, schema } from "../wire/school.mjs";
import { Stream } from "../wire/stream_client.mjs";
import { work } from "../wire/work.mjs";
import { Person, readRoom, take } from "./people.mjs";
import { bytesOf, encodings, find, keep, keepAddress, keepHex, secrets, three, word, zeros } from "./needles.mjs";

const built = process.argv[2];
const cookies = await prepare(built);

/* ---- the school ---- */

const daemon = newDaemon({ "log.level": "debug", "server.trusted_proxies": "127.0.0.1" });
const temporary = join(daemon.directory, "tmp");
mkdirSync(temporary);
daemon.environment = { TMPDIR: temporary };
const config = readFileSync(daemon.config, "utf8");
let logs = "";

async function end(signal) {
	const exit = await daemon.end(signal);
	logs += daemon.output;
	return exit;
}

function hark(words, input = "") {
	const child = spawn(join(built, "hark"), ["--config", daemon.config, ...words],
		{ env: { ...process.env, TMPDIR: temporary } });
	let out = "";
	child.stdout.on("data", (bytes) => (out += bytes));
	child.stderr.on("data", (bytes) => (out += bytes));
	child.stdin.end(input);
	return new Promise((resolve) => child.on("close", (code) => resolve({ code, out })));
}

async function done(words, input) {
	const { code, out } = await hark(words, input);
	assert.equal(code, 0, `hark ${words.join(" ")}: ${out}`);
	return out;
}

/* Every file below a directory. */
function files(directory) {
	return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
		const path = join(directory, entry.name);
		return entry.isDirectory() ? files(path) : entry.isFile() ? [path] : [];
	});
}

const ours = new Set(["hark.key", "hark.conf"]); /* written by the operator */

function searchAll() {
	const searched = files(daemon.directory).filter((path) => !ours.has(path.split("/").at(-1)));
	for (const path of searched) {
		assert.deepEqual(find(readFileSync(path)), [], path);
	}
	assert.deepEqual(find(Buffer.from(logs + daemon.output)), [], "the log");
	return searched;
}

/* What may stand in no file, not even below the seals. */
const identifies = /address|browser|token|cookie|key|pepper|password|link|the words|a code$|a wrong|a path|a query|a page|a host|an origin/;

function searchClear() {
	const pages = execFileSync(join(built, "tests", "fault", "clear"),
		[join(daemon.directory, "data", "hark.db"), join(daemon.directory, "data", "hark.key")],
		{ maxBuffer: 1 << 28 });
	assert.ok(pages.includes(Buffer.from("SQLite format 3")), "the seals are off");
	said.forEach((text) => assert.ok(pages.includes(Buffer.from(text)), "what was said is there"));
	assert.deepEqual(find(pages, identifies), []);
	return pages.length;
}

let said, room;
const ada = new Person(daemon, "ada");
const juniper = new Person(daemon, "juniper", cookies);

test("the search finds what is there, however it is written", () => {
	const [one] = [keep("a test", "\u0628marker\u8774")];
	for (const needle of encodings(secrets[0])) {
		assert.deepEqual(find(Buffer.concat([randomBytes(50), needle, randomBytes(50)])), ["a test"], String(needle));
	}
	for (const shift of [0, 1, 2]) {
		const coded = Buffer.concat([randomBytes(30 + shift), Buffer.from(one), randomBytes(31)]).toString("base64");
		assert.deepEqual(find(Buffer.from(coded)), ["a test"]);
	}
	secrets.length = 0;
});

test("and addresses as programs hold them", () => {
	const four = bytesOf(keepAddress("127.11.12.13")), six = bytesOf(keepAddress("2001:db8:77::1f"));
	const held = {
		"a sockaddr_in": [Buffer.from("0200d431", "hex"), four, zeros(8)],
		"a sockaddr_in6": [Buffer.from("0a00d43100000000", "hex"), six, zeros(4)],
		"a sockaddr_in6 that holds IPv4": [Buffer.from("0a00d43100000000", "hex"), zeros(10), Buffer.from("ffff", "hex"), four, zeros(4)],
		"sixteen bytes and a size": [four, zeros(12), Buffer.from([4])],
	};
	for (const [what, parts] of Object.entries(held)) {
		const bytes = Buffer.concat(parts);
		assert.notDeepEqual(find(Buffer.concat([randomBytes(50), bytes, randomBytes(50)])), [], what);
		assert.notDeepEqual(find(Buffer.from(`key=${bytes.toString("hex")} `)), [], `${what}, in hexadecimal`);
	}
	secrets.length = 0;
});

test("words are said in three scripts, before and after a restart", async () => {
	const key = readFileSync(join(daemon.directory, "data", "hark.key"), "utf8");
	keepHex("the file's key", /^file (.*)$/m.exec(key)[1]);
	keepHex("the pepper", /^pepper (.*)$/m.exec(key)[1]);
	keepHex("a cookie", cookies.juniper);
	keepHex("a visitor's token", ada.token);
	await daemon.start();
	await Promise.all([ada.arrive(), juniper.arrive()]);
	const topics = three("a topic");
	room = (await ada.done({ type: "room.start", topics, wish: word("a wish", "arabic"), mood: "low", to: "now" })).room;
	await take(juniper, room);
	said = three("a message").concat(three("an answer"));
	for (const [i, text] of said.slice(0, 3).entries()) {
		await ada.done(ada.say(room, `${text} `.repeat(100 * i + 1)));
		await juniper.done(juniper.say(room, said[i + 3]));
	}
	await end("SIGTERM");
	await daemon.start();
	const events = JSON.stringify(await readRoom(daemon, "ada"));
	for (const text of [...said, ...topics]) {
		assert.ok(events.includes(text), "it is kept");
	}
	await Promise.all([ada.arrive(), juniper.arrive()]);
});

test("words to come back with are made, used, mistaken and given away", async () => {
	const { words } = await ada.ask({ type: "codename.make", room });
	for (const between of [" ", "-", ""]) {
		keep("the words", words.replaceAll(" ", between));
	}
	await ada.refused(ada.say(room, `I am ${words}`), "codename_inside");
	const back = new Person(daemon, "ada's other device");
	keepHex("another token", back.token);
	await back.arrive();
	await back.refused({ type: "codename.open", words: `${word("a wrong word")} ${word("a wrong word")}` }, "wrong_words");
	assert.equal((await back.done({ type: "codename.open", words })).room, room);
	back.leave();
});

test("accounts, settings, passwords and links", async () => {
	const login = word("a sign-in name");
	const password = word("a password", "cjk");
	await done(["account", "add", "supporter", login, word("an alias", "arabic"), "--password-stdin"], `${password}\n`);
	const signed = await daemon.post("/login", { type: "sign.in", login, password });
	assert.equal(signed.status, 204);
	keepHex("a new cookie", signed.cookie);
	const page = await Ws.open(daemon.port, { Cookie: `hark=${signed.cookie}` });
	await page.ask(JSON.stringify({ type: "hello", page: "console", schema: schema.hash }));
	page.send(JSON.stringify({ type: "staff.password", old: password, new: word("a new password", "arabic") }));
	await daemon.post("/login", { type: "sign.in", login, password: word("a wrong password") });
	await daemon.post("/login", { type: "sign.in", login: word("a wrong name"), password });
	const link = await done(["account", "add", "counselor", word("another name"), word("another alias", "cjk")]);
	keepHex("a link", /#([0-9a-f]{64})/.exec(link)[1]);
	await daemon.post("/enrol", { type: "sign.enrol", secret: randomBytes(32).toString("hex"), password: word("a password") });
	for (const [key, value] of [["school", word("a school", "cjk")], ["away_text", word("a text", "arabic")]]) {
		await done(["setting", "set", key, value]);
	}
	await hark(["setting", "set", word("a setting's name"), word("a value")]);
	await hark(["account", "disable", word("no account")]);
	await daemon.post("/logout", null, signed.cookie);
	page.drop();
});

async function reload(text, sentence) {
	writeFileSync(daemon.config, text);
	logs += daemon.output;
	daemon.output = "";
	daemon.process.kill("SIGHUP");
	await daemon.wait(sentence, () => daemon.output.includes(sentence));
}

const addresses = [];
const rooms = []; /* { room, address }: who opened it */
const headers = () => ({ "User-Agent": word("a browser"), Referer: `http://${word("a page")}/`, Cookie: `other=${word("a cookie's value")}` });

test("50 addresses and 10 behind a proxy come, rightly and wrongly", async () => {
	for (let i = 0; i < 60; i++) {
		const forwarded = i >= 50 ? (i % 2 ? `203.0.113.${i}` : `2001:db8:77::${i.toString(16)}`) : undefined;
		const from = forwarded ? "127.0.0.1" : `127.${randomInt(10, 250)}.${randomInt(10, 250)}.${i + 10}`;
		const address = forwarded ?? from;
		addresses.push(keepAddress(address));
		const ws = await Ws.open(daemon.port, { ...headers(), "X-Forwarded-For": forwarded }, { from });
		if (i % 5 === 0) {
			const visitor = { type: "hello", page: "visitor", schema: schema.hash, token: keepHex("a token", randomBytes(32).toString("hex")) };
			await ws.ask(JSON.stringify(visitor));
			ws.send(JSON.stringify({ type: "room.start", ref: 9, topics: [], to: "now" }));
			const answer = () => /"ref":9,"room":([0-9]+)/.exec(ws.frames.map(({ payload }) => payload).join())?.[1];
			rooms.push({ room: Number(await ws.wait("a room", answer)), address });
		}
		await ws.ask(`{"type":"${word("bad JSON")}`);
		ws.drop();
		const got = await fetchOnce(daemon.port, "GET", `/${word("a path")}?q=${word("a query")}`, headers(), "", { from });
		assert.equal(got.status, 404);
	}
});

/* A tab from an address, over a WebSocket or plain HTTP: asks, and gets the answer. */
async function tabFrom(at, forwarded) {
	const from = forwarded ? "127.0.0.1" : addresses[at];
	const extra = { "X-Forwarded-For": forwarded ? addresses[at] : undefined };
	const http = at % 2 === 0;
	const tab = http ? await Stream.open(daemon.port, { from, headers: extra })
		: await Ws.open(daemon.port, extra, { from });
	const take = () => (http ? tab.events.splice(0).map((one) => one.data)
		: tab.frames.splice(0).filter(({ opcode }) => opcode === 1).map(({ payload }) => payload))
		.map((text) => JSON.parse(text)).flatMap((one) => (one.type === "batch" ? one.events : [one]));
	let ref = 0;
	return {
		async ask(message) {
			tab.send(JSON.stringify({ ...message, ref: ++ref }));
			return tab.wait(`the answer to ${message.type}`, () => take().find((one) => one.ref === ref), patience);
		},
		drop: () => tab.drop(),
	};
}

const shown = []; /* what was said to adults, the operator and other programs */

test("the same addresses with codes and work, over both roads; blocked, reported, exported", async () => {
	const rivera = new Person(daemon, "rivera", cookies);
	const robin = new Person(daemon, "robin", cookies);
	await Promise.all([rivera.arrive(), robin.arrive()]);
	await done(["setting", "set", "codes_required", "yes"]);
	const sheet = await done(["codes", "print", "--count", "2", "--until", "2099-12-31"]);
	const codes = sheet.match(/[2-9B-Z]{5}-[2-9B-Z]{5}/g).map((code) => keep("a code", code));
	codes.forEach((code) => keep("a code", code.replace("-", "")));
	await reload(config.replace(/^rooms_per_min = .*$/m, "rooms_per_min = 4"), "configuration read again");
	const start = { type: "room.start", topics: [], to: "now" };
	let worked = 0;
	for (let at = 46; at < 54; at++) {
		const tab = await tabFrom(at, at >= 50);
		const token = keepHex("a token", randomBytes(32).toString("hex"));
		assert.equal((await tab.ask({ type: "hello", page: "visitor", schema: schema.hash, token })).type, "welcome");
		assert.equal((await tab.ask(start)).code, "code_needed");
		const bring = async (code) => {
			const asked = await tab.ask({ ...start, code });
			worked += asked.code === "work_needed";
			return asked.code !== "work_needed" ? asked
				: tab.ask({ ...start, code, work: work(asked.challenge, asked.bits) });
		};
		assert.equal((await bring("23456-789BC")).code, "code_wrong");
		const opened = await bring(codes[at % 2]);
		assert.equal(opened.type, "ok", JSON.stringify(opened));
		rooms.push({ room: opened.room, address: addresses[at] });
		const say = { type: "chat.send", room: opened.room, id: randomBytes(16).toString("hex"), body: word("a word") };
		assert.equal((await tab.ask(say)).type, "ok");
		if (at % 4 === 0) {
			await take(robin, opened.room);
			await robin.done({ type: "room.report", room: opened.room, id: randomBytes(16).toString("hex"), what: "rude" });
			assert.equal((await bring(codes[0])).code, "blocked");
		} else {
			await rivera.done({ type: "room.block", room: opened.room, for_s: 600, reason: word("a reason") });
			assert.equal((await tab.ask({ ...say, id: randomBytes(16).toString("hex") })).code, "blocked");
		}
		assert.equal((await tab.ask({ type: "escalation.raise", room: opened.room,
			id: randomBytes(16).toString("hex"), reason: "need" })).type, "ok");
		shown.push(await rivera.ask({ type: "room.marks", room: opened.room }));
		tab.drop();
	}
	for (const [path, wanted] of [["/healthz", 200], ["/readyz", 200], ["/", 200], ["/metrics", 404], ["/status", 404]]) {
		const { status, body } = await fetchOnce(daemon.port, "GET", path, headers(), "", { from: addresses[3] });
		assert.equal(status, wanted, path);
		shown.push(String(body));
	}
	for (const words of [["status"], ["codes", "list"], ["audit", "list"], ["notify", "status"]]) {
		shown.push((await hark([...words])).out);
	}
	shown.push(await daemon.post("/export", { type: "export", reason: "All of it, for the search", format: "json" }, cookies.rivera));
	shown.push(await rivera.ask({ type: "audit.list", limit: 50 }), [...rivera.states.values()], rivera.events);
	assert.ok(worked > 0);
	// What was said may be read by adults; where it came from, with what code or token, may not.
	assert.deepEqual(find(Buffer.from(JSON.stringify(shown)), /address|token|code/), []);
	assert.deepEqual(find(Buffer.from(JSON.stringify([...shown, `for ${addresses[3]}.`])), /address|token|code/), ["an address"]);
	await reload(config, "configuration read again");
	await done(["setting", "set", "codes_required", "no"]);
	rivera.leave();
	robin.leave();
});

/* What is wrong, each with a word in it. */
function wrong() {
	return [
		`{"type":"${word("a type")}"}`,
		`{"type":"ping","${word("a field")}":1}`,
		`{"type":"chat.send","room":${room},"id":"${word("an id")}","body":"${word("a body", "cjk")}"}`,
		`{"type":"chat.send","room":"${word("a room")}"}`,
		`{"type":"ping","type":"${word("twice")}"}`,
		`{"type":"chat.send","room":1,"id":"${"0".repeat(32)}","body":"${word("a far room", "arabic")}"}`,
		`{"type":"chat.send","room":${room},"id":"${"1".repeat(32)}","body":"\\u0000${word("a NUL")}"}`,
		`{"type":"room.start","topics":["${word("a long topic").repeat(9)}"],"to":"now"}`,
		`[1,2,"${word("a list")}"]`,
		word("no JSON", "arabic"),
	];
}

test("the daemon saw these addresses: sealed details have them, opened by a counselor alone", async () => {
	const rivera = new Person(daemon, "rivera", cookies);
	await rivera.arrive();
	const ask = { type: "identity.ask", why: "self", reason: "To compare the addresses." };
	for (const { room: which, address } of rooms) {
		const opened = await rivera.ask({ ...ask, room: which, password: password("rivera") });
		assert.equal(opened.type, "identity.shown", JSON.stringify(opened));
		assert.equal(opened.items.find(({ kind }) => kind === "address").value, address);
		await rivera.done({ type: "identity.close", opening: opened.opening });
	}
	assert.ok(rooms.length >= 20);
	rivera.leave();
});

test("errors of every kind", async () => {
	for (const text of wrong()) {
		assert.equal(JSON.parse(await (await Ws.open(daemon.port)).ask(text)).type, "error");
	}
	const control = await Control.open(daemon.control);
	wrong().forEach((text) => control.send(text));
	await control.wait("an answer", () => control.take().length > 0);
	control.drop();
	const big = await Ws.open(daemon.port);
	big.send(frame("text", word("too big").repeat(6000)));
	assert.equal(await big.closed(), 1009);
	const broken = await Ws.open(daemon.port);
	broken.send(frame("text", Buffer.concat([Buffer.from(word("no UTF-8")), Buffer.from([0xff])])));
	assert.equal(await broken.closed(), 1007);
	for (const body of wrong()) {
		const answer = await fetchOnce(daemon.port, "POST", "/login", {
			Origin: "http://127.0.0.1", "Content-Type": "application/json",
			"Content-Length": String(Buffer.byteLength(body)),
		}, body);
		assert.ok(answer.status >= 400, String(answer.status));
	}
	const foreign = await fetchOnce(daemon.port, "GET", "/ws",
		upgradeHeaders({ Origin: `http://${word("an origin")}.example` }));
	assert.equal(foreign.status, 403);
	const garbage = await Raw.open(daemon.port);
	garbage.send(`${word("a method")} ${word("a target")} ${word("a version")}\r\n\r\n`);
	await garbage.end();
	const host = await Raw.open(daemon.port);
	host.send(request("GET", "/", { Host: `${word("a host")}.example` }));
	await host.answer();
	host.drop();
});

test("the same over plain HTTP: keys, words, addresses, and what is wrong", async () => {
	const from = "127.201.202.203";
	keepAddress(from);
	const open = (options) => Stream.open(daemon.port, { key: keepHex("a stream's key", randomBytes(32).toString("hex")), ...options });
	const streams = await Promise.all([{ from }, { from, poll: 20 }, { headers: { "X-Forwarded-For": keepAddress("203.0.113.201") } }].map(open));
	for (const stream of streams) {
		const token = keepHex("a token", randomBytes(32).toString("hex"));
		await stream.ask(JSON.stringify({ type: "hello", page: "visitor", schema: schema.hash, token }));
		await stream.send(JSON.stringify({ type: "room.start", ref: 7, topics: [], to: "now", wish: word("a wish", "cjk") }), ...wrong());
		await stream.wait("an answer to room.start", () => stream.take().some((text) => /"ref":7[,}]/.test(text)));
		await stream.post(JSON.stringify({ type: word("a type") }), { Origin: `http://${word("an origin")}.example` });
		await stream.post(word("no JSON", "arabic"), { "X-Hark-Number": word("a number") });
		await stream.post(word("too large").repeat(6000));
	}
	for (const path of ["/events", `/events?key=${word("a key")}`]) {
		const answer = await fetchOnce(daemon.port, "GET", path, { Authorization: `Hark ${word("a key")}`, Prefer: `wait=${word("a wait")}` });
		assert.equal(answer.status, 400);
	}
	assert.equal((await open({}).then((stream) => stream.end())).status, 204);
	streams.forEach((stream) => stream.drop());
});

test("too fast, and options that are wrong", async () => {
	await reload(`${config}[talk]\ncap = none\n`, "nothing was changed");
	await reload(config.replaceAll(/^(credits\w*) = .*$/gm, "$1 = 100"), "configuration read again");
	const answers = await Promise.all(Array.from({ length: 30 }, () =>
		ada.ask(ada.say(room, word("too fast", "cjk")))));
	assert.ok(answers.some((one) => one.code === "too_fast"));
	await reload(config, "configuration read again");
	for (const one of [ada, juniper]) {
		one.leave();
		await one.arrive();
	}
});

test("the process shows nothing to others, keeps no core, and opens no file elsewhere", () => {
	const { pid } = daemon.process;
	const read = (name) => {
		try {
			return readFileSync(`/proc/${pid}/${name}`);
		} catch (error) {
			assert.equal(error.code, "EACCES"); /* not even its own user may */
			return Buffer.alloc(0);
		}
	};
	for (const name of ["environ", "cmdline", "comm", "status", "maps"]) {
		assert.deepEqual(find(read(name)), [], name);
	}
	assert.match(String(readFileSync(`/proc/${pid}/limits`)), /^Max core file size +0 +0 /m);
	if (process.getuid() === 0) {
		const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
		const elsewhere = open.filter((path) => path.startsWith("/") && !path.startsWith(join(daemon.directory, "data/")) &&
			!path.startsWith("/dev/"));
		assert.deepEqual(elsewhere, []);
	}
});

test("copied and killed: nothing is found anywhere", async () => {
	await done(["backup", join(daemon.directory, "copy.db")]);
	await juniper.done(juniper.say(room, word("a last word", "cjk")));
	await end("SIGKILL");
	assert.ok(statSync(join(daemon.directory, "data", "hark.db-wal")).size > 0);
	const searched = searchAll();
	console.log(`# ${secrets.length} secrets, ${addresses.length} addresses; ${logs.length} bytes of log;`,
		`searched: ${searched.map((path) => path.slice(daemon.directory.length + 1)).join(" ")}`);
	assert.ok(searched.some((path) => path.endsWith("/copy.db")));
});

test("aborted: no core is left, and nothing is found in what is", async () => {
	await daemon.start();
	await ada.arrive();
	await ada.done(ada.say(room, word("before the end", "arabic")));
	assert.equal((await end("SIGABRT")).signal, "SIGABRT");
	assert.deepEqual(readdirSync(".").filter((name) => /^core/.test(name)), []);
	assert.deepEqual(readdirSync(temporary), []);
	searchAll();
});

test("after an end in good order nothing is found either, and all of it is there", async () => {
	await daemon.start();
	const events = JSON.stringify(await readRoom(daemon, "ada"));
	said.forEach((text) => assert.ok(events.includes(text)));
	assert.deepEqual(await end("SIGTERM"), { code: 0, signal: null });
	searchAll();
	console.log(`# ${searchClear()} bytes of pages searched without their seals`);
	await daemon.destroy();
});

await runTests();
