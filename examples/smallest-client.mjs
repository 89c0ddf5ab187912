// The smallest client: a visitor who says one thing and waits for answers. Node's own modules only.
//
//   node examples/smallest-client.mjs http://127.0.0.1:8420 "Hello?"

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";

const [url = "http://127.0.0.1:8420", words = "Hello?"] = process.argv.slice(2);
const { hash } = JSON.parse(readFileSync(new URL("../protocol/schema.json", import.meta.url)));

// RFC 6455: one text frame out, masked; its length in 16 bits.
function frame(message) {
	const body = Buffer.from(JSON.stringify(message));
	const mask = randomBytes(4);
	const head = Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 255, ...mask]);
	return Buffer.concat([head, body.map((byte, at) => byte ^ mask[at % 4])]);
}

// Whole frames off the front of what has come; the rest waits for more.
function* frames(buffer) {
	while (buffer.have.length >= 2) {
		const short = buffer.have[1];
		const start = short < 126 ? 2 : 4;
		if (buffer.have.length < start) return;
		const end = start + (short < 126 ? short : buffer.have.readUInt16BE(2));
		if (buffer.have.length < end) return;
		yield { kind: buffer.have[0] & 15, body: buffer.have.subarray(start, end) };
		buffer.have = buffer.have.subarray(end);
	}
}

const upgrade = request(`${url}/ws`, {
	headers: {
		connection: "Upgrade",
		upgrade: "websocket",
		origin: url,
		"sec-websocket-version": "13",
		"sec-websocket-protocol": "hark.v1",
		"sec-websocket-key": randomBytes(16).toString("base64"),
	},
});
upgrade.on("response", (answer) => console.error(`refused: ${answer.statusCode}`));
upgrade.on("error", (error) => console.error(error.message));
upgrade.on("upgrade", (_, socket, first) => {
	const buffer = { have: first };
	const send = (message) => socket.write(frame(message));
	const answers = {
		welcome: () => send({ type: "room.start", ref: 2, topics: [], to: "now" }),
		ok: ({ ref, room }) =>
			ref === 2 &&
			send({ type: "chat.send", ref: 3, room, id: randomBytes(16).toString("hex"), body: words }),
		"chat.posted": ({ name, body }) => console.log(`${name}: ${body}`),
		error: ({ message }) => console.error(message),
	};
	const take = (message) => {
		console.error(`  ${message.type}`);
		answers[message.type]?.(message);
	};
	answers.batch = ({ events }) => events.forEach(take);
	socket.on("data", (data) => {
		buffer.have = Buffer.concat([buffer.have, data]);
		for (const { kind, body } of frames(buffer)) {
			if (kind === 1) take(JSON.parse(body)); // ping, pong, close: left out, this is small
		}
	});
	socket.on("close", () => console.error("closed"));
	send({ type: "hello", ref: 1, page: "visitor", schema: hash, token: randomBytes(32).toString("hex") });
});
upgrade.end();
