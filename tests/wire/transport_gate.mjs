// Who may become a WebSocket, how many, and as whom.

import assert from "node:assert/strict";
import { fetchOnce, Raw, request, Server, test, upgradeHeaders, Ws } from "./client.mjs";
import { lookAlikes } from "./origins.mjs";

export function register(command) {
	const one = (options, run) => Server.use(command, options, run);
	const status = async (port, headers, options = {}) =>
		(await fetchOnce(port, options.method ?? "GET", options.path ?? "/ws", upgradeHeaders(headers), "", options)).status;

	test("the handshake is answered by the book", () =>
		one({}, async ({ port }) => {
			const ws = await Ws.open(port);
			assert.ok(ws.accepted);
			assert.equal(ws.handshake.headers["sec-websocket-protocol"], "hark.v1");
			assert.equal(await ws.ask("hello"), "hello");
			ws.drop();
		}));

	test("every origin but this one is refused: missing, null, and look-alikes", () =>
		one({}, async ({ port }) => {
			const Host = `hark.school.example:${port}`;
			for (const Origin of [undefined, "", ...lookAlikes("hark.school.example", port)]) {
				const got = await status(port, { Host, Origin });
				// Some are no header at all: then the connection just ends.
				assert.ok(got === 403 || (got === 0 && /\0/.test(Origin)), `${Origin}: ${got}`);
			}
			assert.equal(await status(port, { Host, Origin: `http://${Host}` }), 101);
		}));

	test("an origin sent twice is none", () =>
		one({}, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.send(request("GET", "/ws", upgradeHeaders()).replace("\r\n\r\n", "\r\nOrigin: http://127.0.0.1\r\n\r\n"));
			assert.equal((await raw.answer()).status, 403);
			raw.drop();
		}));

	test("origins that were allowed are exact, too", () =>
		one({ origin: ["https://chat.school.example", "http://other.example:8080"] }, async ({ port }) => {
			assert.equal(await status(port, { Origin: "https://chat.school.example" }), 101);
			assert.equal(await status(port, { Origin: "http://other.example:8080" }), 101);
			assert.equal(await status(port, { Origin: "https://chat.school.example:443" }), 403);
			assert.equal(await status(port, { Origin: "http://chat.school.example" }), 403);
			assert.equal(await status(port, { Origin: "http://other.example" }), 403);
		}));

	test("a Host that is none makes no origin good", () =>
		one({}, async ({ port }) => {
			for (const Host of ["evil.example/", "x@127.0.0.1", "a b", "127.0.0.1, 127.0.0.1", undefined]) {
				assert.notEqual(await status(port, { Host, Origin: `http://${Host}` }), 101, Host);
			}
		}));

	test("the subprotocol is hark.v1, the path /ws, the version 13, the method GET", () =>
		one({}, async ({ port }) => {
			for (const protocol of [undefined, "hark.v2", "http", "hark.v1x", "chat"]) {
				assert.equal(await status(port, { "Sec-WebSocket-Protocol": protocol }), 400, protocol);
			}
			assert.equal(await status(port, { "Sec-WebSocket-Protocol": "hark.v2, hark.v1" }), 101);
			assert.equal(await status(port, {}, { path: "/" }), 400);
			assert.equal(await status(port, {}, { path: "/ws2" }), 400);
			assert.equal(await status(port, { "Sec-WebSocket-Version": "8" }), 400);
			assert.equal(await status(port, { "Sec-WebSocket-Version": undefined }), 400);
			assert.equal(await status(port, { "Content-Length": "0" }, { method: "POST" }), 400);
			assert.notEqual(await status(port, { "Sec-WebSocket-Key": undefined }), 101);
			assert.notEqual(await status(port, { Connection: "keep-alive" }), 101);
		}));

	test("a list that names the library's own protocol first opens nothing", () =>
		one({}, async ({ port }) => {
			assert.notEqual(await status(port, { "Sec-WebSocket-Protocol": "http, hark.v1" }), 101);
			const ws = await Ws.open(port);
			assert.equal(await ws.ask("!count"), "1");
			ws.drop();
		}));

	test("one more than the limit gets 503, and a place that is left is given again", () =>
		one({ connections: 3 }, async ({ port }) => {
			const held = [await Ws.open(port), await Ws.open(port), await Ws.open(port)];
			assert.equal(await status(port), 503);
			assert.equal(await status(port), 503);
			held[0].send("!close 1000");
			assert.equal(await held[0].closed(), 1000);
			await held[0].raw.end();
			const next = await Ws.open(port);
			assert.equal(await next.ask("!count"), "3");
			assert.equal(await status(port), 503);
		}));

	test("upgrades that were refused do not count, neither up nor down", () =>
		one({ connections: 2 }, async ({ port }) => {
			for (let i = 0; i < 20; i++) {
				assert.equal(await status(port, { Origin: "http://evil.example" }), 403);
				assert.notEqual(await status(port, { "Sec-WebSocket-Protocol": "http, hark.v1" }), 101);
			}
			await Ws.open(port);
			const second = await Ws.open(port);
			assert.equal(await second.ask("!count"), "2");
			assert.equal(await status(port), 503);
		}));

	test("a session that is not created is closed with its code", () =>
		one({ sessions: 1 }, async ({ port }) => {
			await Ws.open(port);
			const second = await Ws.open(port);
			assert.equal(await second.closed(), 1013);
		}));

	test("the cookie is handed over, the plain one on plain HTTP", () =>
		one({}, async ({ port }) => {
			const cookie = async (Cookie) => (await Ws.open(port, { Cookie })).ask("!cookie");
			assert.equal(await cookie(undefined), "none");
			assert.equal(await cookie("hark=abc"), "abc");
			assert.equal(await cookie("x=1; hark=abc; y=2"), "abc");
			assert.equal(await cookie("xhark=abc"), "none");
			assert.equal(await cookie("__Host-hark=abc"), "none");
			assert.equal(await cookie("hark="), "none");
			assert.equal(await cookie(`hark=${"x".repeat(500)}`), "none");
		}));

	test("a bucket is a client; only a listed proxy may speak for others", () =>
		one({ proxy: "127.0.0.9" }, async ({ port }) => {
			const bucket = async (from, forwarded) => {
				const ws = await Ws.open(port, { "X-Forwarded-For": forwarded }, { from });
				const got = await ws.ask("!bucket");
				ws.drop();
				return got;
			};
			const own = await bucket("127.0.0.1");
			assert.equal(await bucket("127.0.0.1"), own);
			assert.notEqual(await bucket("127.0.0.2"), own);
			assert.equal(await bucket("127.0.0.1", "192.0.2.1"), own);
			assert.equal(await bucket("127.0.0.9", "127.0.0.1"), own);
			assert.equal(await bucket("127.0.0.9", "::ffff:127.0.0.1"), own);
			assert.equal(await bucket("127.0.0.9", "192.0.2.7, 127.0.0.1"), own);
			assert.equal(await bucket("127.0.0.9", "192.0.2.7, 127.0.0.1, 127.0.0.9"), own);
			assert.notEqual(await bucket("127.0.0.9", "192.0.2.7"), await bucket("127.0.0.9", "192.0.2.8"));
			assert.equal(await bucket("127.0.0.9", "2001:db8:1:2::1"), await bucket("127.0.0.9", "2001:db8:1:2:ffff::9"));
			assert.notEqual(await bucket("127.0.0.9", "2001:db8:1:2::1"), await bucket("127.0.0.9", "2001:db8:1:3::1"));
			assert.equal(await bucket("127.0.0.9", "nonsense"), await bucket("127.0.0.9"));
			assert.equal(await bucket("127.0.0.1", undefined), own);
		}));

	test("behind a listed proxy with https the origin and the cookie are those of https", () =>
		one({ proxy: "127.0.0.9" }, async ({ port }) => {
			const proxied = { Host: "hark.example", "X-Forwarded-Proto": "https", Cookie: "hark=plain; __Host-hark=strict" };
			const from = { from: "127.0.0.9" };
			assert.equal(await status(port, { ...proxied, Origin: "http://hark.example" }, from), 403);
			const ws = await Ws.open(port, { ...proxied, Origin: "https://hark.example" }, from);
			assert.equal(await ws.ask("!cookie"), "strict");
			// The word of anybody else counts for nothing.
			assert.equal(await status(port, { ...proxied, Origin: "https://hark.example" }), 403);
			const body = "good";
			const headers = { Host: "hark.example", Origin: "https://hark.example", "X-Forwarded-Proto": "https",
				"Content-Type": "application/json", "Content-Length": "4" };
			const login = await fetchOnce(port, "POST", "/login", headers, body, from);
			assert.equal(login.headers["set-cookie"], "__Host-hark=secret; Path=/; HttpOnly; SameSite=Strict; Secure");
			assert.match(login.headers["strict-transport-security"], /^max-age=31536000/);
			const page = await fetchOnce(port, "GET", "/", { "X-Forwarded-Proto": "https" });
			assert.equal(page.headers["strict-transport-security"], undefined);
		}));
}
