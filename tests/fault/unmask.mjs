// Sealed details are nowhere but in the answer that shows them: node unmask.mjs build/plain. TAP.
//
// A visitor comes with an address, a browser, a device and a name that nobody else would have.
// They are sealed, opened by a counselor, looked at again and closed; then every file that the
// daemon wrote, all it printed and all of its memory is searched, in which the file's pages lie
// decrypted too.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, readSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Ws, fetchOnce, runTests, test } from "../wire/client.mjs";
import { newDaemon, password, prepare, schema } from "../wire/school.mjs";
import { Person, becomes } from "./people.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const daemon = newDaemon({
	"log.level": "debug", "server.trusted_proxies": "127.0.0.1", "escrow.device_header": "X-Device-Id",
});

const markers = {
	address: "10.83.211.97",
	agent: "Zwixqav/9.7 (Plumbotron; rv:31.4)",
	device: "chromebook-qvyxwz-7731",
	name: "Quendolina Brzyszkowa",
	location: "48.20817,16.37382,23",
};
const headers = {
	"X-Forwarded-For": markers.address, "User-Agent": markers.agent, "X-Device-Id": markers.device,
};
const found = (bytes) => Object.keys(markers).filter((what) => bytes.includes(Buffer.from(markers[what])));

/* What of the markers lies in the memory that the process can write, and where. */
function inMemory() {
	const pid = daemon.process.pid;
	const memory = openSync(`/proc/${pid}/mem`, "r");
	const places = [];
	for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
		const [, from, to, name] = /^([0-9a-f]+)-([0-9a-f]+) rw\S* \S+ \S+ \S+ *(.*)$/.exec(line) ?? [];
		if (from === undefined) {
			continue;
		}
		const size = Number(BigInt(`0x${to}`) - BigInt(`0x${from}`));
		const bytes = Buffer.alloc(size);
		try {
			readSync(memory, bytes, 0, size, BigInt(`0x${from}`));
		} catch {
			continue; /* a guard page */
		}
		found(bytes).forEach((what) => places.push(`${what} in ${name || from}`));
	}
	closeSync(memory);
	return places;
}

function inFiles() {
	const walk = (directory) => readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
		const path = join(directory, entry.name);
		return entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : [];
	});
	return walk(daemon.directory).flatMap((path) => found(readFileSync(path)).map((what) => `${what} in ${path}`));
}

const token = "5a".repeat(32);
const rivera = new Person(daemon, "rivera", cookies);
let room, opening;

async function visit() {
	const page = await Ws.open(daemon.port, headers);
	const ask = async (message) => {
		page.send(JSON.stringify({ ...message, ref: 7 }));
		for (;;) {
			const got = JSON.parse(await page.message());
			const answer = [got, ...(got.events ?? [])].find((one) => one.ref === 7);
			if (answer !== undefined) {
				return answer;
			}
		}
	};
	await ask({ type: "hello", page: "visitor", schema: schema.hash, token });
	return { page, ask };
}

test("a visitor comes, and says who they are", async () => {
	await daemon.start();
	assert.equal((await fetchOnce(daemon.port, "GET", "/", headers)).status, 200);
	const { page, ask } = await visit();
	({ room } = await ask({ type: "room.start", topics: [], to: "now" }));
	const offered = await ask({ type: "identity.offer", room, name: markers.name, location: markers.location });
	assert.equal(offered.type, "ok", JSON.stringify(offered));
	await rivera.arrive();
	await becomes("five sealed items", async () => {
		const told = await rivera.ask({ type: "identity.status", room });
		return told.items.length === 5;
	});
	page.drop();
	/* Sealed is sealed: nothing of it stays, although nobody has opened anything. */
	await becomes("none of it in memory", () => inMemory().length === 0).catch(() => assert.deepEqual(inMemory(), []));
});

test("a counselor opens it, twice", async () => {
	const asked = { type: "identity.ask", room, why: "self", reason: "A test of what stays behind." };
	const shown = await rivera.ask({ ...asked, password: password("rivera") });
	assert.equal(shown.type, "identity.shown", JSON.stringify(shown));
	const values = Object.fromEntries(shown.items.map(({ kind, value }) => [kind, value]));
	assert.deepEqual(values, markers);
	({ opening } = shown);
	const again = await rivera.ask({ type: "identity.open", opening, password: password("rivera") });
	assert.equal(again.items.length, 5);
});

test("shown and closed, it is nowhere", async () => {
	await rivera.done({ type: "identity.close", opening });
	await becomes("none of it in memory", () => inMemory().length === 0).catch(() => assert.deepEqual(inMemory(), []));
	assert.deepEqual(inFiles(), []);
	assert.deepEqual(found(Buffer.from(daemon.output)), []);
	const copy = spawnSync(join(built, "hark"), ["--config", daemon.config, "backup", join(daemon.directory, "copy.db")]);
	assert.equal(copy.status, 0, String(copy.stderr));
	assert.deepEqual(inFiles(), []);
});

test("the search finds what is there", async () => {
	const { page } = await visit();
	page.send(JSON.stringify({ type: "chat.send", ref: 9, room, id: "ab".repeat(16), body: `I am ${markers.name}` }));
	await becomes("what was said in memory", () => inMemory().some((place) => place.startsWith("name")));
	page.drop();
	rivera.leave();
	assert.deepEqual(await daemon.end("SIGTERM"), { code: 0, signal: null });
	await daemon.destroy();
});

await runTests();
