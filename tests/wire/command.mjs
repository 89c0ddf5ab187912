// The hark command beside a real daemon and without one: node command.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { patience, runTests, scratchDirectory, test } from "./client.mjs";
import { Program, freePort, post } from "./program.mjs";

const built = process.argv[2];
if (!built || !existsSync(join(built, "harkd"))) {
	console.error("usage: command.mjs BUILD-DIRECTORY");
	process.exit(2);
}

const scratch = scratchDirectory();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const data = join(scratch, "data");
const config = `[server]\nport = ${port}\n[storage]\ndata_dir = ${data}\n`;
const flags = ["--config", writeConfig("hark.conf", config)];

function writeConfig(name, text) {
	const path = join(scratch, name);
	writeFileSync(path, text);
	return path;
}

/* Never fails: { code, out, err }. */
function run(program, args, input = "") {
	return new Promise((resolve) => {
		const child = execFile(join(built, program), args, (error, out, err) =>
			resolve({ code: error ? (error.code ?? error.signal) : 0, out, err }),
		);
		child.stdin.on("error", () => {});
		child.stdin.end(input);
	});
}

function hark(...args) {
	return run("hark", [...flags, ...args]);
}

/* The output of a command that must succeed. */
async function done(...args) {
	const { code, out, err } = await hark(...args);
	assert.equal(code, 0, `hark ${args.join(" ")}: ${err}`);
	return out;
}

/* Asks again until check() holds, for what has no event to wait for. */
async function becomes(what, check) {
	for (const limit = Date.now() + patience; Date.now() < limit; ) {
		if (await check()) {
			return;
		}
	}
	assert.fail(`waited in vain for ${what}`);
}

async function startDaemon() {
	const daemon = new Program(join(built, "harkd"), flags);
	await becomes("an answer at /healthz", async () => {
		assert.equal(daemon.exit, null, daemon.output);
		return (await fetch(`${url}/healthz`).catch(() => null))?.ok;
	});
	return daemon;
}

const secretIn = (text) => /#([0-9a-f]{64})/.exec(text)[1];

test("a wrong option is exit 78, with file and line", async () => {
	const file = writeConfig("wrong.conf", "[server]\n\nport = none\n");
	for (const [program, ...args] of [["hark", "status"], ["harkd"]]) {
		const { code, err } = await run(program, ["--config", file, ...args]);
		assert.equal(code, 78);
		assert.match(err, /wrong\.conf:3: server\.port is "none", which is no whole number/);
	}
});

test("wrong usage is exit 64", async () => {
	assert.equal((await hark("account", "fly")).code, 64);
	assert.equal((await hark("--sing")).code, 64);
	assert.equal((await hark("--help")).code, 0);
	assert.equal((await run("harkd", ["--sing"])).code, 78);
	assert.equal((await run("harkd", ["status"])).code, 78);
	assert.match((await run("harkd", ["--help"])).out, /--server\.port=NUMBER/);
	assert.match((await run("harkd", [...flags, "--print-config"])).out, /^data_dir = /m);
});

test("before init, harkd and the command say what is missing", async () => {
	const daemon = await run("harkd", flags);
	assert.equal(daemon.code, 78);
	assert.match(daemon.err, /hark\.(key|db)/);
	const command = await hark("account", "list");
	assert.equal(command.code, 1);
	assert.match(command.err, /hark\.(key|db)/);
});

let first, firstKey;
test("init makes directory, key, file and the first link", async () => {
	const out = await done("init", "rivera", "Ms. Rivera");
	assert.match(out, /hark\.key to a safe place now/);
	first = secretIn(out);
	firstKey = /^Audit key: ([0-9a-f]{64})$/m.exec(out)[1];
	assert.equal(statSync(data).mode & 0o777, 0o700);
	assert.equal(statSync(join(data, "hark.key")).mode & 0o777, 0o400);
	assert.equal(statSync(join(data, "hark.db")).mode & 0o777, 0o600);
	assert.equal((await hark("init", "rivera", "Ms. Rivera")).code, 1);
});

test("setup-link gives another link while nobody has enrolled", async () => {
	const other = secretIn(await done("setup-link", "rivera"));
	assert.notEqual(other, first);
	first = other;
});

test("without a daemon: accounts, shifts, settings", async () => {
	await done("account", "add", "supporter", "juniper", "Juniper");
	assert.match(await done("account", "list"), /juniper +Juniper +supporter +not enrolled yet/);
	await done("shift", "add", "juniper", "mon,wed", "11:30-13:00");
	const shifts = await done("shift", "list");
	assert.match(shifts, /juniper +Mon +11:30 +13:00/);
	assert.match(shifts, /juniper +Wed +11:30 +13:00/);
	const [, number] = /^(\d+) .*Wed/m.exec(shifts);
	await done("shift", "remove", number);
	assert.doesNotMatch(await done("shift", "list"), /Wed/);
	await done("setting", "import", "examples/school.settings");
	assert.equal(await done("setting", "get", "school"), "Hill High School\n");
	assert.match(await done("setting", "get"), /^contacts = \n {2}!Someone is hurt/m);
	const wrong = writeConfig("wrong.settings", "school = A\n\ncolour = red\n");
	const refused = await hark("setting", "import", wrong);
	assert.equal(refused.code, 1);
	assert.match(refused.err, /wrong\.settings:3: colour: /);
	assert.equal((await hark("account", "reset", "nobody")).code, 1);
	assert.equal((await hark("status")).code, 1);
});

/* The audit as it should be: { entries, head }. */
async function verified(...args) {
	const out = await done("audit", "verify", ...args);
	const [, entries] = /^The audit is whole: (\d+) entries/.exec(out);
	assert.ok(out.includes(`First key  ${firstKey}\n`), out);
	return { out, entries: Number(entries), head: /^Head {7}(\d+:[0-9a-f]{64})$/m.exec(out)[1] };
}

let kept;
test("without a daemon: the audit is whole, against what was kept outside", async () => {
	const { out, entries, head } = await verified();
	assert.match(out, /The first key is the file's own word/);
	assert.match(out, /Keep the head outside of this machine/);
	assert.equal(await done("audit", "head"), `${head}\n`);
	assert.match(await done("audit", "list"), /account +0? *juniper was added: Juniper, supporter\./);
	assert.match(await done("audit", "list", "2"), /^1 +\S+ \S+ UTC +set_up +key /m);
	kept = head;
	const all = await verified("--first-key", firstKey, "--head", kept);
	assert.equal(all.entries, entries);
	assert.doesNotMatch(all.out, /own word|Keep the head/);
});

test("another first key, another head, and a head that is not there are found", async () => {
	const [entry, hash] = kept.split(":");
	const other = hash.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
	for (const [args, sentence] of [
		[["--first-key", other], /^hark: entry 1: the audit begins with another key/],
		[["--head", `${entry}:${other}`], new RegExp(`^hark: entry ${entry}: this entry is not the one`)],
		[["--head", `${Number(entry) + 5}:${hash}`], new RegExp(`^hark: entry ${entry}: .*was cut off`)],
	]) {
		const { code, err } = await hark("audit", "verify", ...args);
		assert.equal(code, 2);
		assert.match(err, sentence);
		const json = await hark("--json", "audit", "verify", ...args);
		assert.equal(JSON.parse(json.out).sound, false);
	}
});

test("check finds nothing wrong", async () => {
	const { code, out } = await hark("check");
	assert.equal(code, 0, out);
	assert.match(out, /opens with the key; harkd is not running/);
});

let daemon;
test("beside a daemon: the same, at once", async () => {
	daemon = await startDaemon();
	const [status] = (await done("--json", "status")).split("\n").map((line) => line && JSON.parse(line));
	assert.equal(status.type, "status.told");
	assert.equal(status.writable, true);
	assert.match(await done("check"), /harkd is running and writes/);
	const link = await done("account", "add", "counselor", "tran", "Mr. T.");
	assert.ok(link.includes(`${url}/enrol#`));
	const enrolled = await post(url, "/enrol", {
		type: "sign.enrol",
		secret: secretIn(link),
		password: "a good long password",
	});
	assert.equal(enrolled.status, 204);
	assert.match(await done("account", "list"), /tran +Mr\. T\. +counselor +enrolled/);
	await done("setting", "set", "school", "Lake School");
	await becomes("the new name on the page", async () =>
		(await (await fetch(`${url}/`)).text()).includes("Lake School"),
	);
});

test("a password from standard input signs in, until the account is closed", async () => {
	const args = ["account", "add", "supporter", "sol", "Sol", "--password-stdin"];
	const added = await run("hark", [...flags, ...args], "another long password\n");
	assert.equal(added.code, 0, added.err);
	const signIn = { type: "sign.in", login: "sol", password: "another long password" };
	assert.equal((await post(url, "/login", signIn)).status, 204);
	await done("account", "disable", "sol");
	assert.equal((await post(url, "/login", signIn)).status, 401);
	await done("account", "enable", "sol");
	assert.equal((await post(url, "/login", signIn)).status, 204);
});

test("a second process is kept from the file", async () => {
	const elsewhere = `--storage.control_socket=${join(scratch, "nowhere")}`;
	const { code, err } = await hark(elsewhere, "account", "list");
	assert.equal(code, 1);
	assert.match(err, /hark\.db/);
});

test("beside a daemon: its audit is verified, and grows", async () => {
	const { entries, out } = await verified("--first-key", firstKey, "--head", kept);
	assert.match(out, /The daemon is running/);
	assert.match(out, /[1-9]\d* signed checkpoints/);
	await done("setting", "set", "peer_word", "buddy");
	assert.equal((await verified("--head", kept)).entries, entries + 1);
	assert.equal((await hark("audit", "verify", "--head", `1:${firstKey}`)).code, 2);
});

test("the smallest client says something", async () => {
	const client = new Program(process.execPath, ["examples/smallest-client.mjs", url, "Hello?"]);
	await client.says("state.room");
	await client.wait("two answers", () => client.output.match(/^ {2}ok$/gm)?.length >= 2);
	await client.end("SIGTERM");
	assert.doesNotMatch(client.output, /refused|error/);
	assert.match(await done("status"), /open rooms +1\n/);
});

test("a backup is a whole file under the same key", async () => {
	const copy = join(data, "copy.db");
	await done("backup", copy);
	assert.equal(statSync(copy).mode & 0o777, 0o600);
	assert.equal((await hark("backup", copy)).code, 1); /* never over another */
	const running = await verified("--head", kept);
	assert.match((await hark("audit", "verify", "--file", copy)).err, /a directory of its own/);
	const other = join(scratch, "other");
	mkdirSync(other, { mode: 0o700 });
	copyFileSync(copy, join(other, "hark.db"));
	copyFileSync(join(data, "hark.key"), join(other, "hark.key"));
	const copied = await verified("--file", join(other, "hark.db"), "--first-key", firstKey, "--head", kept);
	assert.equal(copied.entries, running.entries - 1); /* the second try is in the audit too */
	assert.doesNotMatch(copied.out, /The daemon is running/);
	const here = await done("account", "list");
	assert.equal(await done(`--storage.data_dir=${other}`, "account", "list"), here);
});

test("verify opens every page, beside a daemon and in a copy", async () => {
	const out = await done("verify", "--first-key", firstKey, "--head", kept);
	const [, pages] = /^The file is whole: (\d+) pages open, and every table is sound\.\n/.exec(out);
	assert.ok(Number(pages) >= 30, out);
	assert.match(out, /\nThe audit is whole: /);
	assert.match(await done("verify", "--file", join(scratch, "other", "hark.db")), /^The audit is whole/);
});

test("restore and rekey want the daemon stopped", async () => {
	for (const [words, sentence] of [
		[["restore", join(data, "copy.db"), "--replace"], /another process is using the file; stop harkd first\n$/],
		[["rekey"], /another process is using the file; harkd must be stopped/],
	]) {
		const { code, err } = await hark(...words);
		assert.equal(code, 1);
		assert.match(err, sentence);
	}
	assert.match(await done("status"), /can be written/);
});

test("SIGHUP takes over what can change, and says what cannot", async () => {
	writeConfig("hark.conf", `${config}[talk]\ncap = 5\n[limits]\nconnections = 7\n`);
	daemon.process.kill("SIGHUP");
	await daemon.says('talk.cap is now "5"');
	await daemon.says('limits.connections stays "6000": a restart is needed to change it');
	writeConfig("hark.conf", `${config}[talk]\ncap = many\n`);
	daemon.process.kill("SIGHUP");
	await daemon.says('hark.conf:6: talk.cap is "many", which is no whole number; nothing was changed');
	writeConfig("hark.conf", config);
	await done("status");
});

test("after the daemon's end all of it is there", async () => {
	assert.deepEqual(await daemon.end("SIGTERM"), { code: 0, signal: null }, daemon.output);
	assert.match(await done("account", "list"), /sol +Sol +supporter +enrolled/);
	assert.equal(await done("setting", "get", "school"), "Lake School\n");
	await verified("--first-key", firstKey, "--head", kept);
});

test("a byte of the file changed is found", async () => {
	const path = join(data, "hark.db");
	const bytes = readFileSync(path);
	const found = [];
	for (let at = 4096 + 100; at < bytes.length; at += 4096) {
		bytes[at] ^= 1;
		writeFileSync(path, bytes);
		bytes[at] ^= 1;
		const { code, err } = await hark("audit", "verify", "--first-key", firstKey, "--head", kept);
		found.push([code, err]);
	}
	writeFileSync(path, bytes);
	/* Pages of other tables are not read by it; the daemon checks each page it reads. */
	const broken = found.filter(([code]) => code !== 0);
	assert.ok(broken.length > 0);
	broken.forEach(([, err]) => assert.match(err, /damaged|authentic/));
	await verified("--first-key", firstKey, "--head", kept);
});

await runTests();
