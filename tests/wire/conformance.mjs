// RFC 6455, case by case: node conformance.mjs build/plain/tests/wire/echo [ID...]. TAP, one line an
// id: the ids are those that Autobahn's testsuite made common, and our own (x.).
//
// A row says what is sent, how it is cut into writes, and all that must come back, in order, to the
// end of the connection. Its verdict is
//	OK             as the RFC asks, or as it allows: to drop a peer that breaks the protocol
//	NON-STRICT     as the library does it, known and without harm; `known` says why
//	INFORMATIONAL  Hark's own limit, or a case the RFC leaves open; `limit` says which
//	FAILED         anything else
// A row with `limit` must meet the limit; one with `known` or `order` may also be better than that.
// Which ids there must be, and which may be known, stands at the end of the table.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { closePayload, frame, runTests, Server, test, Ws } from "./client.mjs";

const program = process.argv[2];
if (!program || !existsSync(program)) {
	console.error("usage: conformance.mjs ECHO-PROGRAM [ID...]");
	process.exit(2);
}

/* ---- rows ---- */

const rows = [];
const row = (id, what, cells) => rows.push({ id, what, cut: "once", ...cells });

const KiB = 1024;
const text = (payload, options) => frame("text", payload, options);
const binary = (payload, options) => frame("binary", payload, options);
const more = (payload, options) => frame("continuation", payload, options);
const ping = (payload, options) => frame("ping", payload, options);
const pong = (payload, options) => frame("pong", payload, options);
const close = (code, reason) => frame("close", code === undefined ? "" : closePayload(code, reason));
const other = (opcode, payload = "") => frame("", payload, { opcode });
const part = { fin: false };

/* What comes back. */
const said = (payload) => `text ${Buffer.from(payload).toString("latin1")}`;
const answered = (payload) => `pong ${Buffer.from(payload).toString("latin1")}`;

/* Ends of a connection: our own close is answered, theirs comes, or TCP ends without a word. */
const fine = undefined;
const broken = [1002, "dropped"];

const textAlone = "Hark speaks text alone; 1003 says so (RFC 6455 7.4.1)";
const sizes = "a message is 64 KiB at most; 1009 says so (RFC 6455 7.4.1)";

/* 1: sizes at every border of the length's forms. */
const lengths = [0, 125, 126, 127, 128, 65535, 65536];
for (const [i, length] of lengths.entries()) {
	row(`1.1.${i + 1}`, `text of ${length} bytes`, { send: [text("*".repeat(length))], back: [said("*".repeat(length))] });
	row(`1.2.${i + 1}`, `binary of ${length} bytes`, { send: [binary("*".repeat(length))], end: 1003, limit: textAlone });
}
row("1.1.8", "text of 65536 bytes in writes of 997", { send: [text("*".repeat(65536))], cut: 997, back: [said("*".repeat(65536))] });
row("1.2.8", "binary of 65536 bytes in writes of 997", { send: [binary("*".repeat(65536))], cut: 997, end: 1003, limit: textAlone });

/* 2: pings and pongs. */
const noText = Buffer.from("00fffefdfcfb00ff", "hex");
const tenPings = Array.from({ length: 10 }, (_, i) => `payload-${i}`);
const oneOfMany = "while a pong waits the library hears no further ping; RFC 6455 5.5.3 lets all but the last go unanswered";
const whenPractical = "a text written at once passes a pong, which is due as soon as is practical (RFC 6455 5.5.2)";
row("2.1", "ping without payload", { send: [ping()], back: [answered("")] });
row("2.2", "ping with a text", { send: [ping("Hello, world!")], back: [answered("Hello, world!")] });
row("2.3", "ping with bytes that are no text", { send: [ping(noText)], back: [answered(noText)] });
row("2.4", "ping of 125 bytes", { send: [ping("p".repeat(125))], back: [answered("p".repeat(125))] });
row("2.5", "ping of 126 bytes", { send: [ping("p".repeat(126))], end: broken });
row("2.6", "ping of 125 bytes, byte by byte", { send: [ping("p".repeat(125))], cut: 1, back: [answered("p".repeat(125))] });
row("2.7", "pong nobody asked for", { send: [pong()], back: [] });
row("2.8", "pong nobody asked for, with payload", { send: [pong("unasked")], back: [] });
row("2.9", "pong nobody asked for, then a ping", { send: [pong("unasked"), ping("asked")], back: [answered("asked")] });
row("2.10", "ten pings", { send: tenPings.map((one) => ping(one)), back: tenPings.map(answered), known: oneOfMany });
row("2.11", "ten pings, byte by byte", { send: tenPings.map((one) => ping(one)), cut: 1, back: tenPings.map(answered), known: oneOfMany });

/* 3: reserved bits. */
row("3.1", "rsv 1", { send: [text("Hello", { rsv: 1 })], end: broken });
row("3.2", "a text, rsv 2, a ping", { send: [text("Hello"), text("Hello", { rsv: 2 }), ping()], back: [said("Hello")], end: broken });
row("3.3", "a text, rsv 3, a ping, a write each", { send: [text("Hello"), text("Hello", { rsv: 3 }), ping()], cut: "frames", back: [said("Hello")], end: broken });
row("3.4", "a text, rsv 4, a ping, byte by byte", { send: [text("Hello"), text("Hello", { rsv: 4 }), ping()], cut: 1, back: [said("Hello")], end: broken });
row("3.5", "binary with rsv 5", { send: [binary(noText, { rsv: 5 })], end: broken });
row("3.6", "ping with rsv 6", { send: [ping("Hello", { rsv: 6 })], end: broken });
row("3.7", "close with rsv 7", { send: [frame("close", "", { rsv: 7 })], end: broken });

/* 4: opcodes that mean nothing. */
for (const [group, first] of [["4.1", 3], ["4.2", 11]]) {
	row(`${group}.1`, `opcode ${first}`, { send: [other(first)], end: broken });
	row(`${group}.2`, `opcode ${first + 1} with payload`, { send: [other(first + 1, "payload")], end: broken });
	row(`${group}.3`, `a text, opcode ${first + 2}, a ping`, { send: [text("Hello"), other(first + 2), ping()], back: [said("Hello")], end: broken });
	row(`${group}.4`, `a text, opcode ${first + 3} with payload, a ping`, {
		send: [text("Hello"), other(first + 3, "payload"), ping()], cut: "frames", back: [said("Hello")], end: broken });
	row(`${group}.5`, `a text, opcode ${first + 4} with payload, a ping, byte by byte`, {
		send: [text("Hello"), other(first + 4, "payload"), ping()], cut: 1, back: [said("Hello")], end: broken });
}

/* 5: fragments. */
const halves = [text("fragment1", part), more("fragment2")];
const whole = said("fragment1fragment2");
row("5.1", "a ping in two fragments", { send: [ping("fragment1", part), more("fragment2")], end: broken });
row("5.2", "a pong in two fragments", { send: [pong("fragment1", part), more("fragment2")], end: broken });
for (const [id, cut] of [["5.3", "once"], ["5.4", "frames"], ["5.5", 1]]) {
	row(id, `two fragments, cut: ${cut}`, { send: halves, cut, back: [whole] });
}
for (const [id, cut] of [["5.6", "once"], ["5.7", "frames"], ["5.8", 1]]) {
	row(id, `a ping between two fragments, cut: ${cut}`, { send: [halves[0], ping("between"), halves[1]], cut, back: [answered("between"), whole], order: whenPractical });
}
for (const [first, options] of [[9, {}], [12, part]]) {
	for (const [i, cut] of ["once", "frames", 1].entries()) {
		row(`5.${first + i}`, `a continuation of nothing, ${options.fin === false ? "not " : ""}final, then a text, cut: ${cut}`, {
			send: [more("nothing", options), text("Hello")], cut, end: broken });
	}
}
row("5.15", "two fragments, a continuation of nothing, a text", {
	send: [...halves, more("fragment3", part), text("fragment4")], back: [whole], end: broken });
row("5.16", "twice: a continuation of nothing, then two fragments", {
	send: [more("fragment1", part), ...halves, more("fragment1", part), ...halves], end: broken });
row("5.17", "twice: a final continuation of nothing, then two fragments", { send: [more("fragment1"), ...halves, more("fragment1"), ...halves], end: broken });
row("5.18", "two texts as fragments of one", { send: [text("fragment1", part), text("fragment2")], end: broken });
const five = [text("fragment1", part), more("fragment2", part), ping("one"), more("fragment3", part), more("fragment4", part), ping("two"), more("fragment5")];
const fiveBack = [answered("one"), answered("two"), said("fragment1fragment2fragment3fragment4fragment5")];
row("5.19", "five fragments, two pings among them", { send: five, back: fiveBack, known: oneOfMany });
row("5.20", "five fragments, two pings among them, a write each", { send: five, cut: "frames", back: fiveBack, known: oneOfMany });

/* 6: UTF-8. */
const valid = Buffer.from("Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!");
const kosme = Buffer.from("cebae1bdb9cf83cebcceb5", "hex");
const invalid = Buffer.from("cebae1bdb9cf83cebcceb5eda080656469746564", "hex");
const fragments = (...payloads) => payloads.map((one, i) =>
	frame(i === 0 ? "text" : "continuation", one, { fin: i === payloads.length - 1 }));
const each = (bytes) => fragments(...Array.from(bytes, (byte) => Buffer.from([byte])));
row("6.1.1", "an empty text", { send: [text("")], back: [said("")] });
row("6.1.2", "three empty fragments", { send: fragments("", "", ""), back: [said("")] });
row("6.1.3", "three fragments, the middle one not empty", { send: fragments("", "middle", ""), back: [said("middle")] });
row("6.2.1", "valid text", { send: [text(valid)], back: [said(valid)] });
row("6.2.2", "valid text in two fragments, between characters", { send: fragments(valid.subarray(0, 12), valid.subarray(12)), back: [said(valid)] });
row("6.2.3", "valid text in fragments of one byte", { send: each(valid), back: [said(valid)] });
row("6.2.4", "valid text in fragments of one byte, two and three to a character", { send: each(kosme), back: [said(kosme)] });
row("6.3.1", "a surrogate in a text", { send: [text(invalid)], end: 1007 });
row("6.3.2", "a surrogate in fragments of one byte", { send: each(invalid), end: 1007 });
/* Fail fast: the rest is never sent, and the close comes all the same. */
row("6.4.1", "invalid in the second of three fragments, the third held back", {
	send: [text(kosme, part), more(Buffer.from("f4908080", "hex"), part)], cut: "frames", end: 1007 });
row("6.4.2", "no longer valid after the second fragment, mid-character", {
	send: [text(kosme, part), more(Buffer.from("f490", "hex"), part)], cut: "frames", end: 1007 });
row("6.4.3", "invalid within a frame whose rest is held back", {
	send: [text(Buffer.concat([kosme, Buffer.from("f4908080", "hex")]), { length: 2000n })], end: 1007 });
row("6.4.4", "no longer valid within a frame whose rest is held back", {
	send: [text(Buffer.concat([kosme, Buffer.from("f490", "hex")]), { length: 2000n })], end: 1007 });

const sequences = {
	6.5: ["some that are", "+68656c6c6f24776f726c64 +68656c6c6fc2a2776f726c64 +68656c6c6fe282ac776f726c64 +68656c6c6ff0a4ada2776f726c64 +cebae1bdb9cf83cebcceb5"],
	6.6: ["every beginning of a word", "ce +ceba cebae1 cebae1bd +cebae1bdb9 cebae1bdb9cf +cebae1bdb9cf83 cebae1bdb9cf83ce +cebae1bdb9cf83cebc cebae1bdb9cf83cebcce +cebae1bdb9cf83cebcceb5"],
	6.7: ["first of a length", "+00 +c280 +e0a080 +f0908080"],
	6.8: ["first of five and six bytes", "f888808080 fc8480808080"],
	6.9: ["last of a length", "+7f +dfbf +efbfbf +f48fbfbf"],
	"6.10": ["last of four, five and six bytes", "f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf"],
	6.11: ["other borders", "+ed9fbf +ee8080 +efbfbd +f48fbfbf f4908080"],
	6.12: ["continuation bytes alone", `80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf ${hexFrom(0x80, 0xbe, "")}`],
	6.13: ["first bytes alone", `${hexFrom(0xc0, 0xdf, "20")} ${hexFrom(0xe0, 0xef, "20")} ${hexFrom(0xf0, 0xf7, "20")} ${hexFrom(0xf8, 0xfb, "20")} ${hexFrom(0xfc, 0xfd, "20")}`],
	6.14: ["the last byte missing", "c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf"],
	6.15: ["all those in a row", "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf"],
	6.16: ["bytes that never occur", "fe ff fefeffff"],
	6.17: ["a slash, too long", "c0af e080af f08080af f8808080af fc80808080af"],
	6.18: ["the most, too long", "c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf"],
	6.19: ["NUL, too long", "c080 e08080 f0808080 f880808080 fc8080808080"],
	"6.20": ["surrogates", "eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf"],
	6.21: ["surrogates in pairs", "eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf edae80edb080 edae80edbfbf edafbfedb080 edafbfedbfbf"],
	6.22: ["characters that are none, and may be sent", `+efbfbe +efbfbf ${nonCharacters()}`],
	6.23: ["specials", "+efbfb9 +efbfba +efbfbb +efbfbc +efbfbd +efbfbe +efbfbf"],
};

function hexFrom(from, to, between) {
	return Array.from({ length: to - from + 1 }, (_, i) => (from + i).toString(16) + between).join("");
}

function nonCharacters() {
	const points = Array.from({ length: 16 }, (_, i) => [(i + 1) * 65536 + 0xfffe, (i + 1) * 65536 + 0xffff]).flat();
	return points.map((point) => `+${Buffer.from(String.fromCodePoint(point)).toString("hex")}`).join(" ");
}

for (const [group, [what, list]] of Object.entries(sequences)) {
	for (const [i, sequence] of list.split(" ").entries()) {
		const bytes = Buffer.from(sequence.replace("+", ""), "hex");
		const good = sequence.startsWith("+");
		row(`${group}.${i + 1}`, `${what}: ${bytes.length > 8 ? `${bytes.length} bytes` : bytes.toString("hex")}`,
			{ send: [text(bytes)], ...(good ? { back: [said(bytes)] } : { end: 1007 }) });
	}
}

/* 7: closing. */
row("7.1.1", "a text, a close", { send: [text("Hello"), close(1000)], back: [said("Hello")], end: 1000 });
row("7.1.2", "two closes", { send: [close(1000), close(1000)], end: 1000 });
row("7.1.3", "a close, a ping", { send: [close(1000), ping()], end: 1000 });
row("7.1.4", "a close, a text", { send: [close(1000), text("Hello")], end: 1000 });
row("7.1.5", "a close between two fragments", { send: [halves[0], close(1000), halves[1]], end: 1000 });
row("7.1.6", "256 KiB, a close, a ping", { send: [text("*".repeat(256 * KiB)), close(1000), ping()], end: 1009, limit: sizes });
row("7.3.1", "a close without payload", { send: [close()], end: 1005 });
row("7.3.2", "a close with half a code", { send: [frame("close", "a")], end: broken });
row("7.3.3", "a close with a code", { send: [close(1000)], end: 1000 });
row("7.3.4", "a close with a code and a reason", { send: [close(1000, "Hello, world!")], end: 1000 });
row("7.3.5", "a close with the longest reason", { send: [close(1000, "*".repeat(123))], end: 1000 });
row("7.3.6", "a close with a reason that is too long", { send: [close(1000, "*".repeat(124))], end: broken });
row("7.5.1", "a close whose reason is no UTF-8", { send: [frame("close", Buffer.concat([closePayload(1000), invalid]))], end: [1007, 1002, "dropped"] });
for (const [i, code] of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].entries()) {
	row(`7.7.${i + 1}`, `close ${code}`, { send: [close(code)], end: code });
}
for (const [i, code] of [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999].entries()) {
	row(`7.9.${i + 1}`, `close ${code}, which may not be sent`, { send: [close(code)], end: broken });
}
for (const [i, code] of [5000, 65535].entries()) {
	row(`7.13.${i + 1}`, `close ${code}`, { send: [close(code)], end: [code, 1002, "dropped"], limit: "codes from 5000 on are nobody's (RFC 6455 7.4.2)" });
}

/* 9: large and many. */
for (const [i, size] of [64, 256, 1024].entries()) {
	const good = size === 64 ? { back: [said("*".repeat(size * KiB))] } : { end: 1009, limit: sizes };
	row(`9.1.${i + 1}`, `text of ${size} KiB`, { send: [text("*".repeat(size * KiB))], ...good });
	row(`9.2.${i + 1}`, `binary of ${size} KiB`, { send: [binary("*".repeat(size * KiB))], end: size === 64 ? 1003 : [1003, 1009], limit: textAlone });
}
for (const [i, size] of [64, 256, 1024, 4096].entries()) {
	const count = (1024 * KiB) / size;
	row(`9.3.${i + 1}`, `1 MiB in fragments of ${size} bytes`, {
		send: fragments(...Array.from({ length: count }, () => "*".repeat(size))), cut: 65536, end: 1009, limit: sizes });
}
for (const [i, cut] of [64, 128, 256, 512, 1024, 2048].entries()) {
	row(`9.5.${i + 1}`, `1 MiB in writes of ${cut}`, { send: [text("*".repeat(1024 * KiB))], cut, end: 1009, limit: sizes });
}
for (const [i, size] of [0, 16, 64, 256, 1024, 4096].entries()) {
	row(`9.7.${i + 1}`, `1,000 messages of ${size} bytes`, {
		send: Array.from({ length: 1000 }, () => text("*".repeat(size))), cut: 65536, back: Array.from({ length: 1000 }, () => said("*".repeat(size))) });
}
row("10.1.1", "64 KiB in fragments of 1300 bytes", {
	send: fragments(...Array.from({ length: 50 }, () => "*".repeat(1300)), "*".repeat(536)), back: [said("*".repeat(65536))] });
for (const [id, offer] of [["12.x", "permessage-deflate"], ["13.x", "permessage-deflate; client_no_context_takeover; client_max_window_bits=15"],
	["x.deflate", "x-webkit-deflate-frame"]]) {
	row(id, `${offer.split(";")[0]} offered, and used`, { offer, send: [text("", { rsv: 4 })], end: 1002, limit: "no extension is ever accepted" });
}

/* Our own. */
row("x.mask", "a frame without a mask", { send: [text("bare", { masked: false })], end: broken,
	instead: { back: [said("bare")] }, known: "the library's parser hides the mask; 5.1 asks to close, no harm is known" });
row("x.len64msb", "a length with the highest bit set", { send: [text("x", { length: 1n << 63n })], end: broken });
row("x.huge", "a length of 2^40, and 2,000 bytes", { send: [text("*".repeat(2000), { length: 1n << 40n })], end: 1009, limit: sizes });
row("x.huge.waits", "a length of 2^40, and no byte", { send: [text("", { length: 1n << 40n })], end: 1009,
	instead: { waits: true }, known: "what a frame's length is, is told with its first byte; until then it costs nothing, and the time for silence ends it" });
row("x.empty", "a storm of empty fragments", {
	send: [text("", part), ...Array.from({ length: 200 }, () => more("", part))], end: 1008, limit: "64 empty fragments a message" });
row("x.close.ping", "a close after a ping", { send: [ping("p"), close(1000)], back: [answered("p")], also: [], end: 1000,
	limit: "who has got a close owes no pong any more (RFC 6455 5.5.2)" });
row("x.close.fragment", "a close after a fragment", { send: [text("half", part), close(1000)], end: 1000 });
row("x.close.close", "a close after the server's", { send: [text("!close 4401"), close(1000)], end: [4401, 1000] });
row("x.close.pending", "a close while much is to be sent", { send: [text("!flood 40 60000"), close(1000)], floods: [40, 60000], end: [1000, "dropped"] });

/* All that there must be, by the testsuite's numbers; of sequences of UTF-8 also how many. */
const promised = [
	"1.1.1-8 1.2.1-8 2.1-11 3.1-7 4.1.1-5 4.2.1-5 5.1-20 6.1.1-3 6.2.1-4 6.3.1-2 6.4.1-4",
	"6.5.1-5 6.6.1-11 6.7.1-4 6.8.1-2 6.9.1-4 6.10.1-3 6.11.1-5 6.12.1-8 6.13.1-5 6.14.1-10 6.15.1 6.16.1-3",
	"6.17.1-5 6.18.1-5 6.19.1-5 6.20.1-7 6.21.1-8 6.22.1-34",
	"7.1.1-6 7.3.1-6 7.5.1 7.7.1-13 7.9.1-9 7.13.1-2 9.1.1-3 9.2.1-3 9.3.1-4 9.5.1-6 9.7.1-6 10.1.1 12.x 13.x",
	"x.mask x.len64msb x.huge x.empty x.close.ping x.close.fragment x.close.close x.close.pending",
].join(" ").split(" ").flatMap((range) => {
	const [, group, first, last] = /^(.*?)(\d+)-(\d+)$/.exec(range) ?? [];
	return group === undefined ? [range] : Array.from({ length: last - first + 1 }, (_, i) => `${group}${Number(first) + i}`);
});
const CASES = 196, VALID = 16, INVALID = 38; // at least

/* What may be judged NON-STRICT, and no more. */
const notStrict = ["2.10", "2.11", "5.19", "5.20", "x.mask", "x.huge.waits"];

/* ---- running them ---- */

const names = { 1: "text", 2: "binary", 9: "ping", 10: "pong" };

function* writes(send, cut) {
	if (cut === "frames") {
		yield* send;
		return;
	}
	const bytes = Buffer.concat(send);
	const size = cut === "once" ? bytes.length : cut;
	for (let at = 0; at < bytes.length; at += size) {
		yield bytes.subarray(at, at + size);
	}
}

async function write(ws, send, cut) {
	ws.raw.socket.setNoDelay(true);
	let unsent = 0;
	for (const bytes of writes(send, cut)) {
		if (ws.code !== undefined || ws.raw.ended) {
			return;
		}
		/* Small ones one by one, so that each is a packet; large ones as the pipe takes them. */
		unsent += bytes.length;
		if (cut === 1 || cut === "frames" || unsent > 32 * KiB) {
			unsent = 0;
			await new Promise((resolve) => ws.raw.socket.write(bytes, resolve));
			await new Promise(setImmediate); // what has come is read before more is written
		} else {
			ws.raw.socket.write(bytes);
		}
	}
}

/* Without a single byte more than is in it. */
function got(ws) {
	return ws.frames.filter((one) => one.opcode !== 8).map((one) => {
		assert.ok(one.fin && one.rsv === 0, "every frame is whole");
		return `${names[one.opcode]} ${one.payload.toString("latin1")}`;
	});
}

const short = (list) => list.map((one) => (one.length > 40 ? `${one.slice(0, 30)}... (${one.length})` : one));

const isPong = (one) => one.startsWith("pong");
const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const sameTexts = (have, want) => alike(have.filter((one) => !isPong(one)), want.filter((one) => !isPong(one)));

/* All that was said, in order, and all pongs, in order, wherever they stand. */
function inOtherOrder(have, want) {
	return sameTexts(have, want) && alike(have.filter(isPong), want.filter(isPong));
}

/* All that was said, in order; of the pongs some, in order, wherever they stand. */
function isKnown(have, want) {
	const pongs = want.filter(isPong);
	let at = 0;
	for (const one of have.filter(isPong)) {
		at = pongs.indexOf(one, at) + 1;
		if (at === 0) {
			return false;
		}
	}
	return sameTexts(have, want) && at > 0;
}

/* Whether nothing more need come. */
function isAll(have, { back = [], known, order }) {
	return known ? isKnown(have, back) : order ? inOtherOrder(have, back) : have.length >= back.length;
}

/* The end: a code, or "dropped". Asked for with a close of our own when none is due. */
async function endOf(ws, cells) {
	const { back = [], end, floods } = cells;
	if (end === fine) {
		await ws.wait(`all of ${short(back)}`, () => ws.code !== undefined || ws.raw.ended || isAll(got(ws), cells));
		assert.equal(ws.code, undefined, `it lives; there is ${short(got(ws))}`);
		ws.send(close(1000));
	}
	await ws.wait("the connection's end", () => ws.raw.ended);
	if (floods) {
		assert.ok(got(ws).every((one) => one === said("x".repeat(floods[1]))), "what comes before the close is whole");
	}
	return ws.code ?? "dropped";
}

/* A reset may overtake what was said before it, at our own end. */
function overtaken(ws, have, back, ended) {
	return ended === "dropped" && ws.raw.error !== undefined && have.every((one, i) => one === back[i]);
}

function judge(ws, { back = [], also = back, end, floods, known, order, limit }, ended) {
	const have = got(ws);
	const wanted = [end ?? 1000].flat();
	assert.ok(wanted.includes(ended), `ended with ${ended} (${ws.raw.error}), not ${wanted.join(" or ")}; there is ${short(have)}`);
	const same = floods || alike(have, back) || alike(have, also) || overtaken(ws, have, back, ended);
	if (!same && order && inOtherOrder(have, back)) {
		return `INFORMATIONAL: ${order}`;
	}
	if (!same) {
		assert.ok(known && isKnown(have, back), `not ${short(back)}, but ${short(have)}`);
		return `NON-STRICT: ${known}`;
	}
	return limit ? `INFORMATIONAL: ${limit}` : `OK${ended === "dropped" ? ", by dropping TCP" : ""}`;
}

let shared;

/* What the library does instead of what it should. */
async function otherwise(ws, { instead, known }) {
	if (instead.waits) {
		/* It lives and waits, and nobody else does. */
		const next = await Ws.open(shared.port);
		assert.equal(await next.ask("and others?"), "and others?");
		next.drop();
		assert.ok(ws.code === undefined && !ws.raw.ended && got(ws).length === 0);
	} else {
		await ws.wait("what is known", () => got(ws).length >= instead.back.length || ws.raw.ended);
		assert.deepEqual(got(ws), instead.back);
	}
	ws.drop();
	return `NON-STRICT: ${known}`;
}

/* Who meets a reset while writing may not read what came before it; then once more. On a machine that
 * has little time for us that is so most times. */
async function run(cells, tries = 25) {
	const ws = await Ws.open(shared.port, { "Sec-WebSocket-Extensions": cells.offer });
	assert.equal(ws.handshake.headers["sec-websocket-extensions"], undefined);
	await write(ws, cells.send, cells.cut);
	const ended = cells.instead ? undefined : await endOf(ws, cells);
	const unread = ended === "dropped" && ws.raw.error instanceof Error && ![cells.end].flat().includes(ended);
	if (unread && tries > 1) {
		return run(cells, tries - 1);
	}
	const verdict = cells.instead ? await otherwise(ws, cells) : judge(ws, cells, ended);
	ws.drop();
	return verdict;
}

/* Many at a time: within a broken frame the library gives the peer five seconds for its close. */
const AT_ONCE = 150;

const wanted = process.argv.slice(3);
const chosen = rows.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const verdicts = new Map();

async function runAll() {
	shared = await Server.start([program], { connections: 1000 });
	const left = [...chosen];
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		for (let one = left.shift(); one !== undefined; one = left.shift()) {
			verdicts.set(one.id, await run(one).catch((error) => error));
		}
	}));
	return shared.stop();
}

assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, "an id is there twice");
const exit = await runAll();
const judged = { "NON-STRICT": [] };
for (const { id, what } of chosen) {
	const verdict = verdicts.get(id);
	const kind = verdict instanceof Error ? "FAILED" : /^[A-Z-]+/.exec(verdict)[0];
	(judged[kind] ??= []).push(id);
	test(`${id} ${what}: ${verdict instanceof Error ? "FAILED" : verdict}`, () => {
		if (verdict instanceof Error) {
			throw verdict;
		}
	});
}
test("every case that there must be is there", () => {
	const ids = new Set(rows.map(({ id }) => id));
	assert.deepEqual(promised.filter((id) => !ids.has(id)), []);
	const sequence = rows.filter(({ id }) => /^6\.([5-9]|1[0-9]|2[0-2])\./.test(id));
	const valid = sequence.filter(({ end }) => end === fine).length;
	assert.ok(valid >= VALID && sequence.length - valid >= INVALID, `${valid} valid of ${sequence.length}`);
	assert.ok(new Set(promised).size >= CASES, `${promised.length}`);
});
test("no more is not strict than what is known", () => {
	assert.deepEqual(judged["NON-STRICT"].filter((id) => !notStrict.includes(id)), []);
	assert.deepEqual(rows.filter(({ known }) => known).map(({ id }) => id), notStrict);
});
test("and the server stops clean", () => {
	assert.deepEqual(exit, { code: 0, signal: null });
	assert.equal(shared.errors, "");
	console.log(`# ${chosen.length} cases: ${Object.entries(judged).map(([kind, ids]) => `${ids.length} ${kind}`).join(", ")}`);
});
await runTests();
