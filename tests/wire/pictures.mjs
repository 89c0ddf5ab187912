// Pictures, sent and looked at: node pictures.mjs build/plain. TAP. Real files go through the real
// program: what is taken, what is refused and how, what is left of what identifies, who may see
// it, and what stays when somebody goes away in the middle.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { Raw, fetchOnce, request, runTests, test } from "./client.mjs";
import { Socket, newDaemon, password, prepare, schema } from "./school.mjs";

const built = process.argv[2];
const cookies = await prepare(built);

const made = (kind, width, height) =>
	execFileSync(join(built, "tests/picture/make"), [kind, String(width), String(height)], { maxBuffer: 1 << 26 });
const hex = (bytes) => randomBytes(bytes).toString("hex");

/* ---- files ---- */

const marker = "LATITUDE-41.8819-N";

/* Exif as a camera writes it: which way up, and where it was. */
function withExif(jpeg, orientation) {
	const tiff = Buffer.concat([
		Buffer.from("MM\0*\0\0\0\x08\0\x02", "latin1"),
		Buffer.from([1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]),
		Buffer.from([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0]),
		Buffer.from(marker),
	]);
	const data = Buffer.concat([Buffer.from("Exif\0\0"), tiff]);
	const head = Buffer.from([0xff, 0xe1, 0, 0]);
	head.writeUInt16BE(data.length + 2, 2);
	return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type), data]);
	const out = Buffer.alloc(body.length + 8);
	out.writeUInt32BE(data.length, 0);
	body.copy(out, 4);
	out.writeUInt32BE(crc(body), body.length + 4);
	return out;
}

function crc(bytes) {
	if (crc32) {
		return crc32(bytes);
	}
	let sum = 0xffffffff;
	for (const byte of bytes) {
		sum ^= byte;
		for (let bit = 0; bit < 8; bit++) {
			sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
		}
	}
	return (sum ^ 0xffffffff) >>> 0;
}

/* A PNG with that header, whatever its data say. */
function png(width, height, data, ...others) {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([
		Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), ...others,
		chunk("IDAT", data), chunk("IEND", Buffer.alloc(0)),
	]);
}

/* ---- people ---- */

class Page {
	all = [];
	#ref = 0;

	static async open(daemon, page, cookie, token) {
		const one = new Page();
		one.daemon = daemon;
		one.cookie = cookie;
		one.token = token;
		one.socket = await Socket.open(daemon.port, cookie);
		await one.ask({ type: "hello", page, schema: schema.hash, ...(token ? { token } : {}) }, "welcome");
		return one;
	}

	#take() {
		for (const text of this.socket.take()) {
			const message = JSON.parse(text);
			this.all.push(...(message.type === "batch" ? message.events : [message]));
		}
		return this.all;
	}

	seen(what, check) {
		return this.socket.wait(what, () => this.#take().find(check));
	}

	async ask(message, type = "ok") {
		const ref = ++this.#ref;
		this.socket.send(JSON.stringify({ ...message, ref }));
		const answer = await this.seen(message.type, (one) => one.ref === ref);
		assert.equal(answer.type, type, JSON.stringify(answer));
		return answer;
	}

	/* What a picture's request carries of who sends it. */
	headers(more = {}) {
		return {
			Host: `127.0.0.1:${this.daemon.port}`, Origin: `http://127.0.0.1:${this.daemon.port}`,
			...(this.token ? { Authorization: `Bearer ${this.token}` } : { Cookie: `hark=${this.cookie}` }),
			...more,
		};
	}

	async post(body, { room, id = hex(16), type = "image/jpeg", ...more }) {
		const headers = this.headers({
			"X-Hark-Room": room, "X-Hark-Id": id, "Content-Type": type,
			"Content-Length": String(body.length), ...more,
		});
		const raw = await Raw.open(this.daemon.port);
		raw.send(request("POST", "/picture", headers));
		raw.send(body);
		const answer = await raw.answer();
		raw.drop();
		return { status: answer.status, headers: answer.headers, ...JSON.parse(answer.body.toString() || "{}") };
	}

	get(path, more) {
		return fetchOnce(this.daemon.port, "GET", path, this.headers({ Origin: undefined, ...more }));
	}
}

async function visitor(daemon, topic = "Friends") {
	const page = await Page.open(daemon, "visitor", undefined, hex(32));
	const { room } = await page.ask({ type: "room.start", topics: [topic], to: "now" });
	page.room = room;
	return page;
}

async function talk(options) {
	const daemon = newDaemon(options);
	await daemon.start();
	const ann = await visitor(daemon);
	const juniper = await Page.open(daemon, "console", cookies.juniper);
	await juniper.ask({ type: "room.take", room: ann.room });
	await juniper.ask({ type: "room.open", room: ann.room, after: 0 });
	return { daemon, ann, juniper, room: ann.room };
}

const pictured = (id) => (one) => one.type === "chat.pictured" && one.id === id;

/* No process of the daemon's is left that reads pictures. */
function decoders(daemon) {
	const of = (pid) => {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
			const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(stat);
			return { name, parent: Number(rest.split(" ")[1]) };
		} catch {
			return {};
		}
	};
	return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).map(of)
		.filter(({ name, parent }) => name === "hark-picture" && parent === daemon.process.pid).length;
}

async function until(what, check) {
	const limit = Date.now() + 15000;
	while (!(await check())) {
		assert.ok(Date.now() < limit, `waited in vain for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/* ---- what is taken ---- */

test("a picture is seen by both sides and by overseers, remade, and nothing identifies", async () => {
	const { daemon, ann, juniper, room } = await talk();
	const rivera = await Page.open(daemon, "oversight", cookies.rivera);
	const id = hex(16);
	const original = withExif(made("jpeg", 640, 320), 6);
	assert.ok(original.includes(marker));
	const answer = await ann.post(original, { room, id });
	assert.equal(answer.status, 200, JSON.stringify(answer));
	assert.equal(answer.type, "ok");
	assert.equal(answer.room, room);
	const event = await juniper.seen("the picture", pictured(id));
	assert.deepEqual(
		{ ...event, picture: 0, at_ms: 0 },
		{ type: "chat.pictured", room, n: answer.n, at_ms: 0, who: "visitor", name: "", id, picture: 0, width: 320, height: 640 },
	);
	assert.equal((await ann.seen("her own picture", pictured(id))).n, answer.n);
	assert.equal((await rivera.seen("the picture", pictured(id))).picture, event.picture);
	for (const page of [ann, juniper, rivera]) {
		for (const end of ["", "/thumb"]) {
			const got = await page.get(`/picture/${event.picture}${end}`);
			assert.equal(got.status, 200);
			assert.equal(got.headers["content-type"], "image/jpeg");
			assert.equal(got.headers["cache-control"], "no-store");
			assert.equal(got.headers["x-content-type-options"], "nosniff");
			assert.match(got.headers["content-security-policy"], /^default-src 'none'/);
			assert.equal(got.headers["cross-origin-resource-policy"], "same-origin");
			assert.ok(!got.body.includes(marker) && !got.body.includes("Exif"));
			assert.equal(got.body.readUInt16BE(0), 0xffd8);
		}
	}
	assert.equal((await juniper.post(made("png-alpha", 50, 50), { room, type: "image/png" })).status, 200);
	const back = await ann.seen("the peer's picture", (one) => one.type === "chat.pictured" && one.who === "peer");
	assert.equal(back.name, "Juniper");
	assert.equal((await ann.get(`/picture/${back.picture}`)).headers["content-type"], "image/png");
	await daemon.stop();
	for (const file of readdirSync(join(daemon.directory, "data"))) {
		assert.ok(!readFileSync(join(daemon.directory, "data", file)).includes(marker), file);
	}
	await daemon.destroy();
});

test("as it was sent, who opened the sealed details gets it, and nobody else", async () => {
	const { daemon, ann, room } = await talk();
	const rivera = await Page.open(daemon, "oversight", cookies.rivera);
	const originals = [withExif(made("jpeg", 640, 320), 6), made("png", 700, 500), made("webp", 64, 64)];
	const types = ["image/jpeg", "image/png", "image/webp"];
	for (const [i, original] of originals.entries()) {
		assert.equal((await ann.post(original, { room, type: types[i] })).status, 200);
	}
	await until("them to be sealed", async () => {
		const told = await rivera.ask({ type: "identity.status", room }, "identity.told");
		return told.items.filter((one) => one.kind === "picture").length === originals.length;
	});
	const shown = await rivera.ask(
		{ type: "identity.ask", room, why: "self", reason: "He said where he is.", password: password("rivera") },
		"identity.shown");
	const numbers = shown.items.filter((one) => one.kind === "picture").map((one) => Number(one.value));
	assert.equal(numbers.length, originals.length);
	const get = (cookie, fields) => daemon.post("/original",
		{ type: "identity.picture", opening: shown.opening, picture: numbers[0], ...fields }, cookie);
	const got = [];
	for (const picture of numbers) {
		const one = await get(cookies.rivera, { picture, password: password("rivera") });
		assert.equal(one.status, 200, JSON.stringify(one));
		got.push([one.image, one.bytes.toString("hex")].join());
	}
	assert.deepEqual(got.sort(), originals.map((one, i) => [types[i], one.toString("hex")].join()).sort());
	const audit = await rivera.ask({ type: "audit.list", limit: 9 }, "audit.listed");
	assert.equal(audit.entries.filter((one) => one.what === "identity_opened").length, 1 + originals.length);
	for (const [cookie, fields, status, code] of [
		[undefined, { password: password("rivera") }, 401, "not_allowed"],
		[cookies.juniper, { password: password("juniper") }, 403, "not_allowed"],
		[cookies.okafor, { password: password("okafor") }, 403, "not_allowed"],
		[cookies.rivera, { password: "another" }, 403, "wrong_password"],
		[cookies.rivera, { password: password("rivera"), opening: 4242 }, 404, "no_such"],
		[cookies.rivera, { password: password("rivera"), picture: 4242 }, 404, "no_such"],
	]) {
		const refused = await get(cookie, fields);
		assert.deepEqual([refused.status, refused.code], [status, code], JSON.stringify(fields));
	}
	await rivera.ask({ type: "identity.close", opening: shown.opening });
	assert.equal((await get(cookies.rivera, { password: password("rivera") })).code, "no_such");
	await daemon.stop();
	for (const file of readdirSync(join(daemon.directory, "data"))) {
		assert.ok(!readFileSync(join(daemon.directory, "data", file)).includes(marker), file);
	}
	await daemon.destroy();
});

test("every kind is taken, and text in a PNG is not passed on", async () => {
	const { daemon, ann, room } = await talk();
	const kinds = {
		progressive: "image/jpeg", gray: "image/jpeg", png: "image/png", "png-interlaced": "image/png",
		webp: "image/webp", "webp-lossless": "image/webp", "webp-alpha": "image/webp",
	};
	for (const [kind, type] of Object.entries(kinds)) {
		const answer = await ann.post(made(kind, 2600, 70), { room, type });
		assert.equal(answer.status, 200, `${kind}: ${JSON.stringify(answer)}`);
		const event = await ann.seen(kind, (one) => one.type === "chat.pictured" && one.n === answer.n);
		assert.equal(event.width, 2048);
		const { body } = await ann.get(`/picture/${event.picture}`);
		assert.ok(!body.includes("WHERE-IT-WAS-TAKEN"));
	}
	await daemon.stop();
});

test("the same id again is the same picture, also after a restart", async () => {
	const { daemon, ann, room } = await talk();
	const id = hex(16), body = made("png", 40, 40), type = "image/png";
	const first = await ann.post(body, { room, id, type });
	const second = await ann.post(body, { room, id, type });
	assert.equal(first.status, 200);
	assert.deepEqual([second.status, second.n, second.at_ms], [200, first.n, first.at_ms]);
	assert.equal((await daemon.end("SIGKILL")).signal, "SIGKILL");
	await daemon.start();
	const again = await Page.open(daemon, "visitor", undefined, ann.token);
	let third;
	await until("the ids to be read", async () => {
		third = await again.post(body, { room, id, type });
		return third.status !== 503;
	});
	assert.deepEqual([third.status, third.n], [200, first.n]);
	await again.seen("the end of the replay", (one) => one.type === "state.caught_up");
	assert.equal(again.all.filter(pictured(id)).length, 1);
	const event = again.all.find(pictured(id));
	assert.equal((await again.get(`/picture/${event.picture}`)).status, 200);
	await daemon.stop();
});

/* ---- what is refused ---- */

test("what is none of the three, cut off, broken or another type than it says", async () => {
	const { daemon, ann, room } = await talk();
	const bad = async (what, body, type, code = "bad_picture") => {
		const answer = await ann.post(body, { room, type });
		assert.deepEqual([answer.type, answer.code], ["error", code], `${what}: ${JSON.stringify(answer)}`);
		assert.equal(answer.status, code === "too_large" ? 413 : 415);
		assert.ok(answer.message.length > 0);
	};
	const jpeg = made("jpeg", 60, 40), flat = made("png", 60, 40);
	await bad("a PNG called JPEG", flat, "image/jpeg");
	await bad("a JPEG called PNG", jpeg, "image/png");
	await bad("a JPEG called GIF", jpeg, "image/gif");
	await bad("a JPEG called text", jpeg, "text/html");
	await bad("a GIF", Buffer.from("GIF89a\x01\0\x01\0\0\0\0;", "latin1"), "image/png");
	await bad("an SVG", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml");
	await bad("garbage", randomBytes(5000), "image/jpeg");
	await bad("nothing", Buffer.alloc(0), "image/jpeg");
	await bad("one that moves", made("webp-animated", 30, 30), "image/webp");
	for (const [type, whole] of [["image/jpeg", jpeg], ["image/png", flat], ["image/webp", made("webp", 60, 40)]]) {
		for (let size = 1; size < whole.length; size += 50) {
			await bad(`${type} cut to ${size}`, whole.subarray(0, size), type);
		}
	}
	await daemon.stop();
});

test("bombs", async () => {
	const { daemon, ann, room } = await talk();
	const type = "image/png";
	const large = await ann.post(png(100000, 100000, deflateSync(Buffer.alloc(1000))), { room, type });
	assert.equal(large.code, "too_large");
	const area = await ann.post(png(12000, 12000, deflateSync(Buffer.alloc(1000))), { room, type });
	assert.equal(area.code, "too_large");
	/* 256 MiB of pixels behind a header that says nine. */
	const huge = await ann.post(png(3, 3, deflateSync(Buffer.alloc(1 << 28))), { room, type });
	assert.ok(["bad_picture", undefined].includes(huge.code));
	/* The same in a chunk of text. */
	const text = Buffer.concat([Buffer.from("Comment\0\0"), deflateSync(Buffer.alloc(1 << 28))]);
	const pixels = deflateSync(Buffer.from([0, 1, 2, 3]));
	const words = await ann.post(png(1, 1, pixels, chunk("zTXt", text)), { room, type });
	assert.equal(words.status, 200);
	await until("the program to end", () => decoders(daemon) === 0);
	await ann.ask({ type: "ping" });
	await daemon.stop();
});

test("more than 8 MiB, and more than a school allows", async () => {
	const { daemon, ann, room } = await talk();
	const most = 8 * 1024 * 1024;
	const over = await ann.post(Buffer.alloc(most + 1), { room });
	assert.deepEqual([over.status, over.code], [413, "too_large"]);
	/* Of what is larger still not all is read: the answer may be lost with the connection. */
	const far = await ann.post(Buffer.alloc(20 * 1024 * 1024), { room });
	assert.ok([413, 0].includes(far.status), JSON.stringify(far));
	const exact = await ann.post(Buffer.concat([made("jpeg", 30, 30), Buffer.alloc(most)]).subarray(0, most), { room });
	assert.equal(exact.status, 200); /* what follows a JPEG's end is nobody's business */
	await daemon.stop();
	const small = await talk({ "pictures.size": "64KiB" });
	const refused = await small.ann.post(Buffer.alloc(65537), { room: small.room });
	assert.equal(refused.code, "too_large");
	await small.daemon.stop();
});

test("pictures may be turned off", async () => {
	const { daemon, ann, room } = await talk({ "pictures.on": "no" });
	const answer = await ann.post(made("jpeg", 30, 30), { room });
	assert.deepEqual([answer.status, answer.code], [403, "not_allowed"]);
	await daemon.stop();
});

/* ---- who ---- */

test("who may send", async () => {
	const { daemon, ann, juniper, room } = await talk();
	const body = made("jpeg", 30, 30);
	const refused = async (page, fields, code) => {
		const answer = await page.post(body, { room, ...fields });
		assert.deepEqual([answer.type, answer.code], ["error", code]);
	};
	const bob = await visitor(daemon, "Family");
	await refused(bob, {}, "no_such_room");
	await refused(ann, { room: 4242 }, "no_such_room");
	await refused(ann, { room: undefined }, "missing_field");
	await refused(ann, { id: "00" }, "missing_field");
	await refused(ann, { Authorization: `Bearer ${hex(32)}` }, "not_allowed");
	await refused(ann, { Authorization: "Bearer nonsense" }, "not_allowed");
	await refused(ann, { Authorization: undefined }, "not_allowed");
	await refused(await Page.open(daemon, "console", cookies.robin), {}, "no_such_room");
	const rivera = await Page.open(daemon, "oversight", cookies.rivera);
	await refused(rivera, {}, "not_allowed");
	await rivera.ask({ type: "room.open", room, after: 0 });
	await rivera.ask({ type: "room.step_in", room, alone: false });
	assert.equal((await rivera.post(body, { room })).status, 200);
	assert.equal((await ann.seen("hers", (one) => one.type === "chat.pictured")).who, "counselor");
	assert.equal((await ann.post(body, { room, Origin: "http://elsewhere.example" }).catch(() => ({ status: 403 }))).status, 403);
	await rivera.ask({ type: "room.step_out", room });
	await juniper.ask({ type: "room.end", room });
	await refused(ann, {}, "room_ended");
	await daemon.stop();
});

test("who may look: all others hear that there is nothing", async () => {
	const { daemon, ann, room } = await talk();
	const { n } = await ann.post(made("jpeg", 30, 30), { room });
	const { picture } = await ann.seen("it", (one) => one.type === "chat.pictured" && one.n === n);
	const bob = await visitor(daemon, "Family");
	const robin = await Page.open(daemon, "console", cookies.robin);
	const nothing = await ann.get("/picture/12345");
	assert.equal(nothing.status, 404);
	const same = (answer) => assert.deepEqual(
		[answer.status, answer.body.toString(), { ...answer.headers, date: "" }],
		[404, nothing.body.toString(), { ...nothing.headers, date: "" }],
	);
	for (const end of ["", "/thumb"]) {
		same(await bob.get(`/picture/${picture}${end}`));
		same(await robin.get(`/picture/${picture}${end}`));
		same(await ann.get(`/picture/${picture}${end}`, { Authorization: undefined }));
	}
	for (const path of ["/picture/", "/picture/x", `/picture/${picture}/`, `/picture/${picture}/thumb/`, "/picture/99999999999999999999"]) {
		same(await ann.get(path));
	}
	assert.equal((await ann.get("/picture")).status, 405);
	await ann.ask({ type: "token.forget" });
	same(await ann.get(`/picture/${picture}`));
	await daemon.stop();
});

test("too many credits asked for at once", async () => {
	const { daemon, ann, room } = await talk({ "limits.credits": 100, "limits.credits_per_s": 1 });
	assert.equal((await ann.post(made("jpeg", 30, 30), { room })).status, 200);
	const answer = await ann.post(made("jpeg", 30, 30), { room });
	assert.deepEqual([answer.status, answer.code], [429, "too_fast"]);
	assert.ok(answer.retry_ms > 0);
	await daemon.stop();
});

/* ---- going away, and what breaks ---- */

/* A program in the decoder's place. */
function program(daemon, script) {
	const path = join(daemon.directory, "program");
	writeFileSync(path, `#!/bin/sh\n${script}\n`);
	chmodSync(path, 0o755);
	return path;
}

async function withProgram(script) {
	const daemon = newDaemon();
	writeFileSync(daemon.config, `[pictures]\nprogram = ${program(daemon, script)}\n`, { flag: "a" });
	await daemon.start();
	const ann = await visitor(daemon);
	return { daemon, ann, room: ann.room };
}

/* Sends a picture's head and some of its body, and keeps the connection. */
async function half(page, body, size, fields) {
	const raw = await Raw.open(page.daemon.port);
	raw.send(request("POST", "/picture", page.headers({
		"X-Hark-Room": page.room, "X-Hark-Id": fields?.id ?? hex(16), "Content-Type": "image/jpeg",
		"Content-Length": String(body.length),
	})));
	raw.send(body.subarray(0, size));
	return raw;
}

test("cancelled while it is sent: nothing stays", async () => {
	const { daemon, ann, room } = await talk();
	const body = made("noise", 1200, 1200);
	const before = await ann.ask({ type: "ping" });
	assert.equal(before.type, "ok");
	const raw = await half(ann, body, body.length - 100);
	raw.drop();
	/* Behind it in order: the next picture is the room's next event. */
	const id = hex(16);
	const answer = await ann.post(made("jpeg", 30, 30), { room, id });
	assert.equal(answer.status, 200);
	assert.equal(answer.n, 3); /* opened, joined, this one */
	await daemon.stop();
});

test("cancelled while it is decoded: the program ends and nothing stays", async () => {
	const { daemon, ann } = await withProgram("exec sleep 60");
	const body = made("jpeg", 30, 30);
	const children = () => readFileSync(`/proc/${daemon.process.pid}/task/${daemon.process.pid}/children`, "utf8").trim();
	const raw = await half(ann, body, body.length);
	await until("the program to run", () => children() !== "");
	raw.drop();
	await until("the program to end", () => children() === "");
	assert.equal(ann.all.filter((one) => one.type === "chat.pictured").length, 0);
	await daemon.stop();
});

test("sent again over a new connection while the old one hangs: the new one counts", async () => {
	const { daemon, ann, room } = await talk();
	const body = made("jpeg", 300, 300), id = hex(16);
	const old = await half(ann, body, body.length - 1, { id });
	await ann.ask({ type: "ping" });
	const answer = await ann.post(body, { room, id });
	assert.equal(answer.status, 200, JSON.stringify(answer));
	old.send(body.subarray(-1));
	const late = await old.answer();
	assert.ok([200, 503].includes(late.status), String(late.status));
	await ann.seen("it", pictured(id));
	assert.equal(ann.all.filter(pictured(id)).length, 1);
	await daemon.stop();
});

test("a program that is missing, dies, or says nonsense", async () => {
	const scripts = {
		"exit 1": "unavailable", "kill -SEGV $$": "bad_picture", "cat >/dev/null; exit 0": "unavailable",
		"cat >/dev/null; head -c 24 /dev/zero": "bad_picture", "head -c 9000000 /dev/urandom": "bad_picture",
	};
	for (const [script, code] of Object.entries(scripts)) {
		const { daemon, ann, room } = await withProgram(script);
		const answer = await ann.post(made("jpeg", 30, 30), { room });
		assert.deepEqual([answer.type, answer.code], ["error", code], script);
		await ann.ask({ type: "ping" });
		await daemon.stop();
	}
	const { daemon, ann, room } = await talk({ "pictures.program": "/nonexistent/hark-picture" });
	const answer = await ann.post(made("jpeg", 30, 30), { room });
	assert.deepEqual([answer.status, answer.code], [503, "unavailable"]);
	await daemon.wait("the log to say so", () => /hark-picture: cannot be run/.test(daemon.output));
	await daemon.stop();
});

test("eight may wait for the two that are decoded; the next is told to come back", async () => {
	const { daemon, ann, room } = await withProgram("exec sleep 60");
	const body = made("jpeg", 30, 30);
	const waiting = [];
	for (let i = 0; i < 10; i++) {
		waiting.push(await half(ann, body, body.length));
	}
	let answer;
	await until("a refusal", async () => {
		const one = await half(ann, body, body.length);
		const came = await Promise.race([one.answer(), new Promise((resolve) => setTimeout(resolve, 300))]);
		answer = came && { status: came.status, ...JSON.parse(came.body) };
		waiting.push(one);
		return answer !== undefined;
	});
	assert.deepEqual([answer.status, answer.code], [503, "too_many"]);
	assert.ok(answer.retry_ms > 0);
	for (const one of waiting) {
		one.drop();
	}
	assert.ok(room > 0);
	await daemon.stop();
});

test("killed in the middle: a picture is there whole, with its event, or not at all", async () => {
	const { daemon, ann, room } = await talk();
	const body = made("jpeg", 800, 600);
	const ids = [];
	for (let round = 0; round < 3; round++) {
		const page = round === 0 ? ann : await Page.open(daemon, "visitor", undefined, ann.token);
		const answers = [0, 1, 2, 3].map(() => {
			ids.push(hex(16));
			return page.post(body, { room, id: ids.at(-1) }).catch(() => ({}));
		});
		await Promise.race(answers);
		await daemon.end("SIGKILL");
		const done = await Promise.all(answers);
		await daemon.start();
		const after = await Page.open(daemon, "visitor", undefined, ann.token);
		await after.seen("the end of the replay", (one) => one.type === "state.caught_up");
		const events = after.all.filter((one) => one.type === "chat.pictured");
		for (const [i, answer] of done.entries()) {
			if (answer.status === 200) {
				assert.equal(events.filter(pictured(ids[round * 4 + i])).length, 1);
			}
		}
		for (const event of events) {
			assert.equal((await after.get(`/picture/${event.picture}`)).status, 200);
			assert.equal((await after.get(`/picture/${event.picture}/thumb`)).status, 200);
		}
	}
	await daemon.stop();
});

await runTests();
