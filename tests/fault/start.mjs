// What keeps harkd from starting: one sentence that names the file (and line), and the exit code,
// 78 where trying again will not help, 1 where it may: node start.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
	chmodSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync,
} from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { fetchOnce, runTests, test } from "../wire/client.mjs";
import { newDaemon, prepare } from "../wire/school.mjs";
import { Disk } from "./people.mjs";

const built = process.argv[2];
await prepare(built);

/* Starts it where it must not start; the sentence alone. */
function refused(daemon, code, sentence, { flags = [], environment = {} } = {}) {
	const { status, signal, stdout, stderr } = spawnSync(join(built, "harkd"),
		["--config", daemon.config, ...flags],
		{ encoding: "utf8", timeout: 15000, env: { ...process.env, ...daemon.environment, ...environment } });
	assert.equal(signal, null, "it runs");
	/* That it had come as far as the audit's head is no complaint. */
	const lines = stderr.trim().split("\n").filter((line) => !line.startsWith("<6>"));
	assert.equal(lines.length, 1, stderr);
	assert.match(lines[0], /^<3>/);
	assert.match(lines[0].slice(3), sentence);
	assert.equal(status, code, stderr);
	assert.equal(stdout, "");
}

const file = (daemon, name) => join(daemon.directory, "data", name);

/* The same school still starts once what was wrong is put right. */
function failsUntil(name, make, code, sentence, mend, how = () => ({})) {
	test(name, async () => {
		const daemon = newDaemon();
		await make(daemon);
		for (let i = 0; i < 2; i++) {
			refused(daemon, code, sentence, how(daemon));
		}
		if (mend) {
			await mend(daemon);
			await daemon.start();
			await daemon.stop();
		}
		await daemon.destroy();
	});
}

function replace(daemon, name, bytes, mode = 0o600) {
	copyFileSync(file(daemon, name), join(daemon.directory, "kept"));
	rmSync(file(daemon, name));
	if (bytes !== undefined) {
		writeFileSync(file(daemon, name), bytes, { mode });
		chmodSync(file(daemon, name), mode);
	}
}

function putBack(name) {
	return (daemon) => {
		rmSync(file(daemon, name), { force: true });
		copyFileSync(join(daemon.directory, "kept"), file(daemon, name));
		chmodSync(file(daemon, name), name === "hark.key" ? 0o400 : 0o600);
	};
}

/* ---- the key ---- */

failsUntil("the key file is missing", (daemon) => replace(daemon, "hark.key"), 78,
	/\/data\/hark\.key: There is no key file\.$/, putBack("hark.key"));
failsUntil("others may read the key file", (daemon) => chmodSync(file(daemon, "hark.key"), 0o444), 78,
	/\/data\/hark\.key: .* its mode must be 0400\.$/, (daemon) => chmodSync(file(daemon, "hark.key"), 0o400));
for (const [what, bytes] of [["text", "garbage\n"], ["nothing", ""], ["bytes", Buffer.alloc(5000, 0xff)]]) {
	failsUntil(`the key file has ${what} in it`, (daemon) => replace(daemon, "hark.key", bytes, 0o400), 78,
		/\/data\/hark\.key: The key file is damaged or is not one\.$/, putBack("hark.key"));
}
failsUntil("the key is another file's", (daemon) => {
	replace(daemon, "hark.key");
	spawnSync(join(built, "hark"), ["--config", daemon.config, "key", "create", file(daemon, "hark.key")]);
}, 78, /\/data\/hark\.db: This is a Hark file, but the key is the wrong one for it\.$/, putBack("hark.key"));
failsUntil("the key file is elsewhere, and not there", () => {}, 78,
	/^\/nonexistent\/hark\.key: There is no key file\.$/, null,
	() => ({ flags: ["--storage.key_file=/nonexistent/hark.key"] }));

/* ---- the file ---- */

failsUntil("the data directory is missing", () => {}, 78, /\/nowhere\/hark\.key: There is no key file\.$/, null,
	(daemon) => ({ flags: [`--storage.data_dir=${join(daemon.directory, "nowhere")}`] }));
failsUntil("hark.db is missing", (daemon) => replace(daemon, "hark.db"), 78,
	/\/data\/hark\.db: there is no such file$/, putBack("hark.db"));
for (const [what, bytes] of [["text", "hello\n"], ["nothing", ""], ["SQLite's", "SQLite format 3\0".padEnd(8192, "\0")]]) {
	failsUntil(`hark.db is not a Hark file: ${what}`, (daemon) => replace(daemon, "hark.db", bytes), 78,
		/\/data\/hark\.db: This is not a Hark file, or it is empty\.$/, putBack("hark.db"));
}
failsUntil("a newer Hark has written the file", (daemon) => {
	replace(daemon, "hark.db", readFileSync(file(daemon, "hark.db")));
	const made = spawnSync(join(built, "tests/fault/newer"), [file(daemon, "hark.db"), file(daemon, "hark.key")]);
	assert.equal(made.status, 0);
}, 78, /\/data\/hark\.db: this file was written by a newer Hark$/, putBack("hark.db"));
failsUntil("the file is of a newer format", (daemon) => {
	const bytes = readFileSync(file(daemon, "hark.db"));
	bytes[3] = "9".charCodeAt(0);
	replace(daemon, "hark.db", bytes);
}, 78, /\/data\/hark\.db: .* newer .*Hark\.$/, putBack("hark.db"));
test("two daemons on one file: the second ends, the first does not notice", async () => {
	const daemon = await newDaemon().start();
	refused(daemon, 1, /\/data\/hark\.db: another process is using the file$/);
	assert.equal((await fetchOnce(daemon.port, "GET", "/readyz")).status, 200);
	assert.ok(existsSync(daemon.control), "its control socket is its own");
	const command = spawnSync(join(built, "hark"), ["--config", daemon.config, "status"]);
	assert.equal(command.status, 0);
	await daemon.stop();
	await daemon.destroy();
});

test("a read-only disk is said at the start", async () => {
	const daemon = newDaemon();
	const disk = new Disk(daemon, built);
	disk.order("open", Disk.EROFS, { files: ["/hark.lock", "/hark.db", "/hark.db-wal"] });
	refused(daemon, 1, /\/data\/hark\.db: the file or its disk cannot be written$/);
	disk.order("open", Disk.EROFS, { files: ["/hark.db", "/hark.db-wal"] });
	refused(daemon, 1, /\/data\/hark\.db: the file or its disk cannot be written$/);
	disk.release();
	await daemon.start();
	await daemon.stop();
	await daemon.destroy();
});

test("a disk that fails at the start is said, and is no reason to stay down", async () => {
	const daemon = newDaemon();
	const disk = new Disk(daemon, built);
	disk.order("read", Disk.EIO, { files: ["/hark.db"] });
	refused(daemon, 1, /\/data\/hark\.db: .*the disk failed to read, write or sync$/);
	disk.release();
	await daemon.start();
	await daemon.stop();
	await daemon.destroy();
});

/* ---- the network ---- */

test("a port in use", async () => {
	const other = net.createServer();
	await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
	const { port } = other.address();
	const daemon = newDaemon();
	refused(daemon, 1, new RegExp(`^cannot listen on 127\\.0\\.0\\.1 port ${port}: Address already in use$`),
		{ flags: [`--server.port=${port}`] });
	assert.ok(!existsSync(daemon.control), "no control socket is left");
	other.close();
	await daemon.start();
	await daemon.stop();
	await daemon.destroy();
});

failsUntil("an address this machine does not have", () => {}, 1, /^cannot listen on 192\.0\.2\.1 port 0: /, null,
	() => ({ flags: ["--server.listen=192.0.2.1"] }));
failsUntil("a certificate that is not there", () => {}, 1,
	/^\/nonexistent\.pem cannot be used for TLS: No such file or directory$/, null,
	() => ({ flags: ["--server.tls_cert=/nonexistent.pem", "--server.tls_key=/nonexistent.pem"] }));
failsUntil("a certificate that is none", () => {}, 1, /\/hark\.conf cannot be used for TLS: no start line$/, null,
	(daemon) => ({ flags: [`--server.tls_cert=${daemon.config}`, `--server.tls_key=${daemon.config}`] }));
failsUntil("a certificate without its key", () => {}, 78, /^server\.tls_cert and server\.tls_key go together: /, null,
	() => ({ flags: ["--server.tls_cert=/some.pem"] }));
failsUntil("a place for the control socket that is not there", () => {}, 1,
	/^cannot listen on \/nonexistent\/control: No such file or directory$/, null,
	() => ({ flags: ["--storage.control_socket=/nonexistent/control"] }));

test("a control socket that a killed daemon left is replaced", async () => {
	const daemon = await newDaemon().start();
	await daemon.end("SIGKILL");
	assert.ok(existsSync(daemon.control));
	await daemon.start();
	assert.equal(spawnSync(join(built, "hark"), ["--config", daemon.config, "status"]).status, 0);
	await daemon.stop();
	assert.ok(!existsSync(daemon.control));
	await daemon.destroy();
});

/* ---- options ---- */

const wrong = [
	["[server]\nport = many\n", /hark\.conf:2: server\.port is "many", which is no whole number$/],
	["[server]\nport = 99999\n", /hark\.conf:2: server\.port is /],
	["[server]\n\n; a word\nprot = 1\n", /hark\.conf:4: there is no option server\.prot$/],
	["[sever]\nport = 1\n", /hark\.conf:2: there is no option sever\.port$/],
	["[server\n", /hark\.conf:1: /],
	["port = 1\n", /hark\.conf:1: /],
	["[talk]\noffer = 30 parsecs\n", /hark\.conf:2: talk\.offer is "30 parsecs"/],
	["[server]\nlisten = the moon\n", /hark\.conf:2: server\.listen is "the moon"/],
	[Buffer.from("[server]\nport = 1\0\n"), /hark\.conf:2: /],
];
for (const [text, sentence] of wrong) {
	failsUntil(`the file says ${JSON.stringify(String(text))}`, (daemon) => writeFileSync(daemon.config, text), 78,
		sentence, null);
}
failsUntil("the file of options is missing", (daemon) => rmSync(daemon.config), 78,
	/hark\.conf: No such file or directory$/, null);
failsUntil("a variable is wrong", () => {}, 78, /^HARK_SERVER_PORT: server\.port is "many"/, null,
	() => ({ environment: { HARK_SERVER_PORT: "many" } }));
failsUntil("a variable of ours that is no option", () => {}, 78, /^HARK_SERVER_PROT: there is no such option$/, null,
	() => ({ environment: { HARK_SERVER_PROT: "1" } }));
failsUntil("a flag is wrong", () => {}, 78, /^--server\.port: server\.port is "many"/, null,
	() => ({ flags: ["--server.port=many"] }));
failsUntil("a flag that is no option", () => {}, 78, /^--server\.prot: there is no such option$/, null,
	() => ({ flags: ["--server.prot=1"] }));
failsUntil("a flag without a dot that is none", () => {}, 78, /^--fast: there is no such flag/, null,
	() => ({ flags: ["--fast"] }));
failsUntil("a word that is no flag", () => {}, 78, /^now: harkd takes flags alone$/, null, () => ({ flags: ["now"] }));

await runTests();
