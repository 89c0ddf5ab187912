// Pages and files: what is served, with which headers, and what is not.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { fetchOnce, Raw, request, Server, test } from "./client.mjs";

const csp = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
	+ "img-src 'self' blob: data:; font-src 'none'; base-uri 'none'; form-action 'self'; "
	+ "worker-src 'self'; require-trusted-types-for 'script'; trusted-types hark; frame-ancestors ";

export function register(command) {
	const site = (name) => readFileSync(join(dirname(command[0]), "site", name));
	const one = (options, run) => Server.use(command, options, run);

	test("the visitor's page carries the school's block in the marker's place, newest version", () =>
		one({}, async ({ port }) => {
			const first = await fetchOnce(port, "GET", "/");
			const second = await fetchOnce(port, "GET", "/?from=launcher");
			const block = /<script type="application\/json" id="hark-school">(.*)<\/script>/;
			assert.equal(first.status, 200);
			assert.match(first.body.toString(), block);
			assert.notEqual(block.exec(first.body)[1], block.exec(second.body)[1]);
			assert.equal(first.body.toString().replace(block, "<!--hark:school-->"),
				site("visitor.html").toString());
		}));

	test("the visitor's page is framable by the school's list and says no X-Frame-Options", () =>
		one({ ancestors: "https://school.example https://*.school.example" }, async ({ port }) => {
			const { headers } = await fetchOnce(port, "GET", "/");
			assert.equal(headers["content-security-policy"],
				`${csp}https://school.example https://*.school.example`);
			assert.equal(headers["x-frame-options"], undefined);
			assert.equal(headers["cross-origin-opener-policy"], undefined);
			assert.equal(headers["cache-control"], "no-store");
		}));

	test("what the library answers by itself frames nothing, loads nothing and is not kept", () =>
		one({}, async ({ port }) => {
			for (const [method, path] of [["TRACE", "/"], ["NONSENSE", "/"], ["GET", "/%zz"]]) {
				const { status, headers } = await fetchOnce(port, method, path);
				assert.equal(status, 403, method);
				assert.equal(headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
				assert.equal(headers["x-content-type-options"], "nosniff");
				assert.equal(headers["referrer-policy"], "no-referrer");
				assert.equal(headers["cross-origin-resource-policy"], "same-origin");
				assert.equal(headers["cache-control"], "no-store");
			}
		}));

	test("a list of ancestors cannot leave its directive", () =>
		one({ ancestors: "https://a.example; script-src *" }, async ({ port }) => {
			const { headers } = await fetchOnce(port, "GET", "/");
			assert.equal(headers["content-security-policy"], `${csp}'none'`);
		}));

	test("staff pages may not be framed, and stand alone", () =>
		one({}, async ({ port }) => {
			for (const path of ["/console", "/oversight", "/login", "/enrol"]) {
				const { status, headers, body } = await fetchOnce(port, "GET", path, { Cookie: "hark=x" });
				assert.equal(status, 200, path);
				assert.equal(headers["content-security-policy"], `${csp}'none'`);
				assert.equal(headers["x-frame-options"], "DENY");
				assert.equal(headers["cross-origin-opener-policy"], "same-origin");
				assert.equal(headers["cross-origin-resource-policy"], "same-origin");
				assert.equal(headers["cache-control"], "no-store");
				assert.equal(headers["strict-transport-security"], undefined);
				const name = path === "/enrol" ? "login" : path.slice(1);
				assert.equal(body.toString(), site(`${name}.html`).toString());
			}
		}));

	test("every answer has the common headers, each once", () =>
		one({}, async ({ port }) => {
			const cases = [["GET", "/"], ["GET", "/console"], ["GET", "/nothing"], ["POST", "/login"],
				["GET", "/healthz"], ["GET", "/assets/tiny-4567.css"], ["GET", "/launcher.js"],
				["PUT", "/"], ["GET", "/ws"], ["GET", "/logout"]];
			for (const [method, path] of cases) {
				const { headers } = await fetchOnce(port, method, path);
				assert.equal(headers["x-content-type-options"], "nosniff", path);
				assert.equal(headers["referrer-policy"], "no-referrer", path);
				assert.match(headers["permissions-policy"], /camera=\(\)/, path);
				assert.match(headers["content-security-policy"], /^default-src 'none'/, path);
				assert.ok(!Object.values(headers).some((value) => value.endsWith("TWICE")), path);
				assert.equal(headers.server, undefined, path);
			}
		}));

	test("without a session the staff pages lead to /login", () =>
		one({}, async ({ port }) => {
			for (const path of ["/console", "/oversight"]) {
				const { status, headers } = await fetchOnce(port, "GET", path);
				assert.equal(status, 303);
				assert.equal(headers.location, "/login");
			}
			assert.equal((await fetchOnce(port, "GET", "/console", { Cookie: "other=1; hark=x" })).status, 200);
			assert.equal((await fetchOnce(port, "GET", "/console", { Cookie: "nothark=x" })).status, 303);
			assert.equal((await fetchOnce(port, "GET", "/console", { Cookie: "__Host-hark=x" })).status, 303);
		}));

	test("assets are immutable, whole, and compressed for who can", () =>
		one({}, async ({ port }) => {
			const whole = site("assets/big-0123.js");
			const plain = await fetchOnce(port, "GET", "/assets/big-0123.js");
			assert.equal(plain.headers["cache-control"], "public, max-age=31536000, immutable");
			assert.equal(plain.headers["content-type"], "text/javascript; charset=utf-8");
			assert.equal(plain.headers.vary, "Accept-Encoding");
			assert.equal(plain.headers["content-encoding"], undefined);
			assert.ok(plain.body.equals(whole));
			for (const accept of ["gzip", "deflate, gzip;q=0.5, br", "GZIP"]) {
				const packed = await fetchOnce(port, "GET", "/assets/big-0123.js", { "Accept-Encoding": accept });
				assert.equal(packed.headers["content-encoding"], "gzip");
				assert.ok(packed.body.length < whole.length);
				assert.ok(gunzipSync(packed.body).equals(whole));
			}
			for (const accept of ["gzip;q=0", "identity", "xgzip"]) {
				const other = await fetchOnce(port, "GET", "/assets/big-0123.js", { "Accept-Encoding": accept });
				assert.equal(other.headers["content-encoding"], undefined, accept);
			}
			const tiny = await fetchOnce(port, "GET", "/assets/tiny-4567.css", { "Accept-Encoding": "gzip" });
			assert.equal(tiny.body.toString(), "tiny");
			assert.equal(tiny.headers["content-encoding"], undefined);
		}));

	test("the launcher may be loaded by other origins", () =>
		one({}, async ({ port }) => {
			const { headers, body } = await fetchOnce(port, "GET", "/launcher.js");
			assert.equal(headers["cross-origin-resource-policy"], "cross-origin");
			assert.equal(headers["cache-control"], "no-store");
			assert.equal(body.toString(), "launch();\n");
		}));

	test("HEAD tells the length and sends nothing", () =>
		one({}, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.send(request("HEAD", "/assets/big-0123.js"));
			const { status, headers } = await raw.answer(true);
			assert.equal(status, 200);
			assert.equal(headers["content-length"], "1600000");
			raw.send(request("GET", "/healthz"));
			assert.equal((await raw.answer()).body.toString(), "ok\n");
			raw.drop();
		}));

	test("what is not there is 404, what is not done is 405", () =>
		one({}, async ({ port }) => {
			for (const path of ["/nothing", "/assets/", "/assets/nothing.js", "/assets/../visitor.html", "/Console",
				"/console/", `/${"x".repeat(1000)}`]) {
				assert.equal((await fetchOnce(port, "GET", path)).status, 404, path);
			}
			for (const [method, path] of [["POST", "/"], ["PUT", "/login"], ["DELETE", "/console"], ["OPTIONS", "/"]]) {
				const { status, headers } = await fetchOnce(port, method, path, { "Content-Length": method === "POST" ? "0" : undefined });
				assert.equal(status, 405, `${method} ${path}`);
				assert.match(headers.allow, /GET/);
			}
			const logout = await fetchOnce(port, "GET", "/logout");
			assert.equal(logout.status, 405);
			assert.equal(logout.headers.allow, "POST");
			assert.equal((await fetchOnce(port, "GET", "/ws")).status, 400);
		}));

	test("one connection carries many requests, also sent at once", () =>
		one({}, async ({ port }) => {
			const raw = await Raw.open(port);
			for (let i = 0; i < 20; i++) {
				raw.send(request("GET", i % 2 === 0 ? "/" : "/assets/big-0123.js"));
				assert.equal((await raw.answer()).status, 200);
			}
			raw.send(request("GET", "/healthz").repeat(5));
			for (let i = 0; i < 5; i++) {
				assert.equal((await raw.answer()).body.toString(), "ok\n");
			}
			raw.send(request("GET", "/healthz", { Connection: "close" }));
			assert.equal((await raw.answer()).status, 200);
			await raw.end();
		}));

	test("a large file to a slow reader arrives whole and in order", () =>
		one({}, async ({ port }) => {
			const raw = await Raw.open(port);
			raw.socket.pause();
			raw.send(request("GET", "/assets/big-0123.js"));
			// Others are served while it stands.
			for (let i = 0; i < 5; i++) {
				assert.equal((await fetchOnce(port, "GET", "/healthz")).status, 200);
			}
			raw.socket.resume();
			assert.ok((await raw.answer()).body.equals(site("assets/big-0123.js")));
			raw.drop();
		}));

	test("healthz and readyz tell apart serving and writing", () =>
		one({ writable: 0 }, async ({ port }) => {
			assert.equal((await fetchOnce(port, "GET", "/healthz")).status, 200);
			assert.equal((await fetchOnce(port, "GET", "/readyz")).status, 503);
		}));

	test("requests with a body where none belongs are refused and end the connection", () =>
		one({}, async ({ port }) => {
			for (const headers of [{ "Content-Length": "5" }, { "Content-Length": "-5" }, { "Transfer-Encoding": "chunked" },
				{ "Content-Length": "0x5" }]) {
				const raw = await Raw.open(port);
				raw.send(request("GET", "/", headers, "hello"));
				assert.equal((await raw.answer()).status, 400, JSON.stringify(headers));
				await raw.end();
			}
		}));
}
