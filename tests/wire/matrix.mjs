// Every request from every role, against matrix.txt: node matrix.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { runTests, test } from "./client.mjs";
import { Control, Socket, newDaemon, patience, prepare, schema } from "./school.mjs";

const answers = { no: "not_allowed", again: "hello_again", hello_first: "hello_first" };
const hex = (bytes) => "5a".repeat(bytes);

/* Well-formed fields for each request, of things that are not there. */
const room = 4242;
const fields = {
	hello: { page: "visitor", schema: schema.hash, token: hex(32) },
	"chat.send": { room, id: hex(16), body: "x" },
	"chat.typing": { room, typing: true },
	"chat.seen": { room, n: 1 },
	"room.open": { room, after: 0 },
	"room.history": { room, before: 2, limit: 1 },
	"room.start": { topics: [], to: "now" },
	"room.mailbox": { room, to: "peer" },
	"codename.open": { words: "no such words here" },
	"desk.taking": { taking: true },
	"room.step_in": { room, alone: false },
	"room.report": { room, id: hex(16), what: "rude" },
	"room.block": { room, for_s: 60, reason: "x" },
	"note.send": { room, id: hex(16), body: "x" },
	"room.hand": { room, account: 4242 },
	"room.hand_answer": { room, accept: true },
	"escalation.raise": { room, id: hex(16), reason: "need" },
	"duty.set": { on: true },
	"escalation.open": { escalation: 4242 },
	"escalation.take": { escalation: 4242 },
	"escalation.hand": { escalation: 4242, account: 4242 },
	"escalation.close": { escalation: 4242, outcome: "safe" },
	"account.reach": { login: "nobody" },
	"staff.password": { old: "not the password", new: "another password" },
	"sign.in": { login: "chen", password: "x" },
	"sign.enrol": { secret: hex(32), password: "another password" },
	"account.add": { login: "NO", alias: "No", role: "supporter" },
	"account.disable": { login: "nobody", disabled: true },
	"account.reset": { login: "nobody" },
	"shift.add": { login: "nobody", weekday: 0, from_min: 0, until_min: 1 },
	"shift.remove": { shift: 4242 },
	"setting.set": { key: "nothing", value: "x" },
	"phrase.put": { language: "NO", severity: "low", category: "x", text: "x", match: "word" },
	"phrase.remove": { phrase: 4242 },
	"case.open": { room },
	"case.get": { case_id: 4242 },
	"case.change": { case_id: 4242 },
	"case.step": { case_id: 4242, step: 1, state: "done" },
	"case.note": { case_id: 4242, id: hex(16), body: "x" },
	"audit.list": { limit: 1 },
	search: { limit: 1 },
	"room.list": { limit: 1 },
	export: { reason: "a reason of more than ten", format: "csv" },
	"identity.status": { room },
	"identity.ask": { room, why: "self", reason: "a reason of more than ten", password: "x" },
	"identity.approve": { opening: 4242, password: "x" },
	"identity.decline": { opening: 4242 },
	"identity.open": { opening: 4242, password: "x" },
	"identity.picture": { opening: 4242, picture: 4242, password: "x" },
	"identity.close": { opening: 4242 },
	"identity.grant": { account: 4242, password: "x" },
	"escrow.grant": { login: "nobody", key: hex(32) },
	"escrow.drill": { login: "nobody", password: "x" },
	"code.print": { count: 1, until_ms: 1 },
	"code.revoke": { batch: 4242 },
	backup: { path: "relative" },
};

function readMatrix() {
	const lines = readFileSync("tests/wire/matrix.txt", "utf8").split("\n");
	const names = lines.filter((line) => line.startsWith("# request")).at(-1).split(/ +/).slice(2);
	const rows = lines.filter((line) => line && !line.startsWith("#")).map((line) => line.split(/ +/));
	return { names, rows: new Map(rows.map(([type, ...cells]) => [type, cells])) };
}

async function ask(socket, message) {
	socket.send(JSON.stringify({ ref: 1, ...message }));
	const texts = [];
	return socket.wait(`the answer to ${message.type}`, () => {
		texts.push(...socket.take());
		const found = texts.map((text) => JSON.parse(text))
			.flatMap((one) => (one.type === "batch" && one.ref === undefined ? one.events : [one]))
			.find((one) => one.ref === 1);
		assert.ok(found || socket.closed === undefined, `closed with ${socket.closed}`);
		return found;
	}, patience);
}

const pages = {
	visitor: { page: "visitor", token: hex(32).replace("5a", "00") },
	supporter: { page: "console", login: "juniper" },
	counselor: { page: "oversight", login: "rivera" },
	manager: { page: "oversight", login: "chen" },
};

async function connect(daemon, cookies, who) {
	if (who === "operator") {
		return Control.open(daemon.control);
	}
	const { login, ...hello } = pages[who] ?? {};
	const socket = await Socket.open(daemon.port, cookies[login]);
	if (who !== "before-hello") {
		const answer = await ask(socket, { type: "hello", schema: schema.hash, ...hello });
		assert.equal(answer.role, who);
	}
	return socket;
}

const built = process.argv[2];
const cookies = await prepare(built);
const { names, rows } = readMatrix();

test("the matrix has a row for each request, and no other", () => {
	assert.deepEqual([...rows.keys()].sort(), Object.keys(schema.requests).sort());
});

for (const [at, who] of names.entries()) {
	test(`what ${who} may ask for`, async () => {
		const daemon = await newDaemon({}).start();
		try {
			// Signing out comes last: it ends what the others need.
			const types = [...rows.keys()].sort((a, b) => (a === "staff.sign_out_all") - (b === "staff.sign_out_all"));
			for (const type of types) {
				const wanted = rows.get(type)[at];
				const socket = await connect(daemon, cookies, who);
				const { code } = await ask(socket, { type, ...fieldsOf(type, who) });
				socket.drop();
				if (wanted === "yes") {
					const refused = ["not_allowed", "hello_first", "hello_again", "unknown_type",
						"missing_field", "extra_field", "wrong_type"];
					assert.ok(!refused.includes(code), `${type}: ${code}`);
				} else {
					assert.ok(wanted in answers, `${type}: ${wanted} means nothing`);
					assert.equal(code, answers[wanted], type);
				}
			}
			await daemon.stop();
		} finally {
			await daemon.destroy();
		}
	});
}

function fieldsOf(type, who) {
	if (type === "hello" && who === "operator") {
		return { page: "control", schema: schema.hash };
	}
	return fields[type] ?? (JSON.stringify(schema.requests[type].fields).includes('"room"') ? { room } : {});
}

await runTests();
