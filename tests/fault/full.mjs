// A disk that is really full, and full again once there was space: node full.mjs build/plain. TAP.
//
// On a small tmpfs where this user may mount one, with everything on it that a disk can hold; else on
// the shim's word (ENOSPC for every write): the first test's name says on which. The daemon is
// read-only, says so, serves its pages, and goes on by itself as soon as there is space. Nothing
// acknowledged is lost, whatever the moment.

import { mayMount } from "./own_mounts.mjs";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchOnce, runTests, test } from "../wire/client.mjs";
import { prepare } from "../wire/school.mjs";
import { long, randomFrom, say, seed, timeFor } from "./figures.mjs";
import { Disk, becomes } from "./people.mjs";
import { Talk } from "./talk.mjs";

const built = process.argv[2];
const cookies = await prepare(built);
const random = randomFrom(seed);
const tried = { "times full": 0, "times of these that space came back": 0, kills: 0, messages: 0 };
const lost = { "acknowledged messages": 0, "doubled messages": 0 };
const mebibytes = long ? 16 : 3;

/* The school's data on a disk of its own. Gives what fills and empties it, or undefined. */
function mountSmall(talk) {
	const data = join(talk.daemon.directory, "data");
	const kept = `${data}.kept`;
	cpSync(data, kept, { recursive: true });
	const mounted = mayMount &&
		spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m,mode=700`, "tmpfs", data]).status === 0;
	if (mounted) {
		cpSync(kept, data, { recursive: true });
	}
	rmSync(kept, { recursive: true });
	if (!mounted) {
		return undefined;
	}
	const filler = join(data, "filler");
	return {
		how: "a tmpfs",
		/* Everything but a few pages, so that it is full in the middle of something. */
		fill() {
			const { bavail, bsize } = statfsSync(data);
			const pages = Math.max(0, bavail - random(12));
			try {
				writeFileSync(filler, Buffer.alloc(pages * bsize, 1));
			} catch (error) {
				assert.equal(error.code, "ENOSPC"); /* the daemon wrote meanwhile: so much the fuller */
			}
		},
		empty: () => rmSync(filler, { force: true }),
		unmount: () => assert.equal(spawnSync("umount", ["-l", data]).status, 0),
	};
}

function pretend(talk) {
	const disk = new Disk(talk.daemon, built);
	const files = ["hark.db", "hark.db-wal"];
	return {
		how: "the shim's ENOSPC",
		fill: () => disk.order("write", Disk.ENOSPC, { skip: random(12), files }),
		empty: () => disk.release(),
		unmount() {},
	};
}

const talk = new Talk(cookies);
const disk = mountSmall(talk) ?? pretend(talk);

/* Writes until the disk is full, and looks at what the daemon then does. */
async function becomesFull() {
	disk.fill();
	/* The log has room of its own, which is used up first. */
	const all = await talk.write(100000);
	assert.equal(all, false, "it never became full");
	tried["times full"]++;
	const get = async (path) => (await fetchOnce(talk.daemon.port, "GET", path)).status;
	await becomes("not ready", async () => (await get("/readyz")) === 503);
	await talk.daemon.wait("the reason", () => talk.daemon.output.includes("the disk is full; nothing is accepted until it does"));
	for (const path of ["/", "/login", "/healthz"]) {
		assert.equal(await get(path), 200, path);
	}
	await talk.ada.done({ type: "ping" });
	const refused = await talk.juniper.refused(talk.juniper.say(talk.room, "no room"), "unavailable");
	assert.ok(refused.retry_ms > 0);
}

async function hasSpaceAgain() {
	disk.empty();
	await talk.healed();
	tried["times of these that space came back"]++;
	await talk.sendAgain();
	assert.equal(await talk.write(20), true);
}

async function killAndLook() {
	await talk.daemon.end("SIGKILL");
	tried.kills++;
	disk.empty();
	await talk.daemon.start();
	await talk.comeBack();
	await talk.sendAgain();
	await talk.compare();
}

test(`a school on a small disk, which is ${disk.how}`, async () => {
	await talk.begin();
	assert.equal(await talk.write(30), true);
});

async function round() {
	await becomesFull();
	await hasSpaceAgain();
	await becomesFull(); /* again, after space returned */
	await hasSpaceAgain();
	await becomesFull();
	await killAndLook();
}

test("full, full again after space returned, and killed while it is full", async () => {
	do {
		await round();
	} while (timeFor(15));
});

test("started on a full disk: it serves, refuses, and goes on when there is space", async () => {
	await becomesFull();
	await talk.daemon.end("SIGKILL");
	tried.kills++;
	/* Not so much as the control socket has room, perhaps: then it says so and ends. */
	try {
		await talk.daemon.start();
		assert.equal((await fetchOnce(talk.daemon.port, "GET", "/")).status, 200);
		disk.empty();
	} catch {
		assert.equal(talk.daemon.exit?.code, 1, talk.daemon.output);
		assert.match(talk.daemon.output, /^<3>.*(the disk is full|No space left|cannot be written|failed to read, write or sync)/m);
		disk.empty();
		await talk.daemon.start();
	}
	await talk.healed();
	await talk.comeBack();
	await talk.sendAgain();
	await talk.compare();
});

test("all of it is there, in a whole file", async () => {
	await talk.daemon.stop();
	talk.daemon.environment = {};
	talk.verify(built);
	disk.unmount();
	tried.messages = talk.sent.size;
	Object.assign(lost, talk.lost);
	say(`a full disk (${disk.how})`, tried, lost);
	if (long) {
		assert.ok(tried["times full"] > 3);
	}
});

await runTests();
