// The three posts: origin, type, size, and an answer that comes later.

import assert from "node:assert/strict";
import { fetchOnce, Raw, request, Server, test } from "./client.mjs";
import { onValgrind } from "./valgrind.mjs";

const json = { Origin: "http://127.0.0.1", "Content-Type": "application/json" };

const post = (port, path, body, headers = {}) =>
	fetchOnce(port, "POST", path, { ...json, "Content-Length": String(body.length), ...headers }, body);

export function register(command) {
	const one = (options, run) => Server.use(command, options, run);

	test("a good post sets the cookie, a bad one says why", () =>
		one({}, async ({ port }) => {
			for (const path of ["/login", "/enrol"]) {
				const good = await post(port, path, "good");
				assert.equal(good.status, 204, path);
				assert.equal(good.headers["set-cookie"], "hark=secret; Path=/; HttpOnly; SameSite=Strict");
				assert.equal(good.headers["cache-control"], "no-store");
				const bad = await post(port, path, "wrong", { Cookie: "a=b; hark=old" });
				assert.equal(bad.status, 401);
				assert.equal(bad.headers["content-type"], "application/json");
				assert.deepEqual(JSON.parse(bad.body), { type: "error", size: 5, cookie: "old" });
			}
		}));

	test("logout needs no body and clears no site data", () =>
		one({}, async ({ port }) => {
			const { status, headers } = await post(port, "/logout", "", { "Content-Type": undefined });
			assert.equal(status, 204);
			assert.equal(headers["clear-site-data"], undefined);
			assert.match(headers["set-cookie"], /^hark=;/);
		}));

	test("only this origin may post", () =>
		one({}, async ({ port }) => {
			for (const Origin of [undefined, "null", "https://127.0.0.1", "http://127.0.0.1.evil.example", "http://evil.example"]) {
				assert.equal((await post(port, "/login", "good", { Origin })).status, 403, Origin);
			}
		}));

	test("only JSON may be posted", () =>
		one({}, async ({ port }) => {
			for (const type of [undefined, "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "multipart/form-data"]) {
				assert.equal((await post(port, "/login", "good", { "Content-Type": type })).status, 415, type);
			}
			assert.equal((await post(port, "/login", "good", { "Content-Type": "application/json; charset=utf-8" })).status, 204);
		}));

	test("a body of 4096 bytes is taken, one more is 413", () =>
		one({}, async ({ port }) => {
			assert.equal(JSON.parse((await post(port, "/login", "x".repeat(4096))).body).size, 4096);
			assert.equal((await post(port, "/login", "x".repeat(4097))).status, 413);
			assert.equal((await post(port, "/login", "x".repeat(65536))).status, 413);
			const huge = await fetchOnce(port, "POST", "/login", { ...json, "Content-Length": "1000000000" });
			assert.equal(huge.status, 413);
		}));

	test("a body may come byte by byte", () =>
		one({}, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.socket.setNoDelay(true);
			raw.send(request("POST", "/login", { ...json, "Content-Length": "4" }));
			for (const byte of "good") {
				await new Promise((resolve) => raw.socket.write(byte, resolve));
			}
			assert.equal((await raw.answer()).status, 204);
			// And the connection goes on.
			raw.send(request("GET", "/healthz"));
			assert.equal((await raw.answer()).status, 200);
			raw.drop();
		}));

	test("a length that is none is refused: missing, negative, signed, twice, huge", () =>
		one({}, async ({ port }) => {
			const status = async (length) => {
				const raw = await Raw.open(port);
				raw.send(`POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n`
					+ `Content-Type: application/json\r\n${length}\r\ngood`);
				const answer = await raw.answer();
				await raw.end();
				return answer.status;
			};
			assert.equal(await status(""), 411);
			for (const value of ["-4", "-9223372036854775808", "+4", "4 4", "0x4", "99999999999999999999", "four"]) {
				assert.equal(await status(`Content-Length: ${value}\r\n`), 400, value);
			}
			assert.equal(await status("Content-Length: 4\r\nContent-Length: 4\r\n"), 400);
			assert.equal(await status("Transfer-Encoding: chunked\r\n"), 400);
			assert.equal(await status("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"), 400);
			for (const line of ["Transfer-Encoding : chunked", "transfer-encoding\t: chunked", "Content-Length : 3", "CONTENT-LENGTH\t: 3",
				"Accept: a\r\n Transfer-Encoding: chunked", "Accept: a\r\n\tTransfer-Encoding: chunked",
				"Accept: a\r\n Content-Length: 3", "Accept: a\r\n\tContent-Length: 3"]) {
				assert.equal(await status(`Content-Length: 4\r\n${line}\r\n`), 400, line);
			}
			assert.equal((await post(port, "/login", "good")).status, 204);
		}));

	test("a client that leaves before its answer costs nothing", () =>
		one({}, async ({ port }) => {
			for (let i = 0; i < 10; i++) {
				const raw = await Raw.open(port);
				raw.send(request("POST", "/login", { ...json, "Content-Length": "4" }, "good"));
				await new Promise((resolve) => raw.socket.end(resolve));
				raw.drop();
			}
			assert.equal((await post(port, "/login", "good")).status, 204);
		}));

	test("a request behind an unanswered post ends the connection, not the server", () =>
		one({}, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.send(request("POST", "/login", { ...json, "Content-Length": "4" }, "good") + request("GET", "/"));
			await raw.wait("an answer or the end", () => raw.ended || raw.text().includes("HTTP/1.1"));
			raw.drop();
			assert.equal((await post(port, "/login", "good")).status, 204);
		}));

	test("the server stops while it owes an answer", async () => {
		const server = await Server.start(onValgrind(command));
		const raw = await Raw.open(server.port);
		raw.send(request("POST", "/login", { ...json, "Content-Length": "4" }, "slow"));
		assert.equal((await fetchOnce(server.port, "GET", "/healthz")).status, 200);
		assert.deepEqual(await server.stop(), { code: 0, signal: null });
		assert.match(server.output, /stopped 0/);
	});
}
