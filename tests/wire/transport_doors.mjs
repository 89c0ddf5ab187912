// The other ways in: the control socket, a Unix socket for a proxy, TLS.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import { fetchOnce, Raw, request, scratchDirectory, Server, test, Ws } from "./client.mjs";

export function register(command) {
	const directory = scratchDirectory();
	const one = (options, run) => Server.use(command, options, run);
	const mode = (path) => statSync(path).mode & 0o777;
	const control = join(directory, "control.sock");
	const lines = (raw, count) => raw.wait("lines", () => raw.text().split("\n").length > count && raw.text().split("\n"));

	test("the control socket speaks in lines, as operator, to this user alone", () =>
		one({ control }, async () => {
			assert.equal(mode(control), 0o600);
			const raw = await Raw.open(control);
			raw.send("one\ntwo\n\n!control\n!bucket\nha");
			raw.send("lf\n");
			assert.deepEqual((await lines(raw, 5)).slice(0, 5), ["one", "two", "1", "0000000000000000", "half"]);
			raw.send("!flood 50 60000\n");
			await raw.wait("the flood", () => raw.bytes.length > 50 * 60001);
			raw.send("!close 1000\n");
			await raw.end();
		}));

	test("a line too long ends the control connection, what the session refuses too", () =>
		one({ control }, async () => {
			const fits = await Raw.open(control);
			fits.send(`${"x".repeat(65536)}\n`);
			await fits.wait("the line", () => fits.bytes.length === 65537);
			fits.send("!refuse 1009\n");
			await fits.end();
			const long = await Raw.open(control);
			long.send("x".repeat(65537));
			await long.end();
			assert.equal(long.bytes.length, 0);
		}));

	test("a control connection that gets no session is ended", () =>
		one({ control, sessions: 0 }, async () => {
			const raw = await Raw.open(control);
			await raw.end();
			assert.equal(raw.bytes.length, 0);
		}));

	test("a control connection that is cut while much is on its way leaves nothing", () =>
		one({ control }, async () => {
			const cut = await Raw.open(control);
			cut.socket.pause();
			cut.send("!flood 50 60000\n");
			const other = await Raw.open(control);
			other.send("!count\n");
			assert.equal((await lines(other, 1))[0], "2");
			cut.drop();
			await other.wait("one that is left", () => {
				if (/^1$/m.test(other.text())) {
					return true;
				}
				other.send("!count\n");
				setTimeout(() => other.poke(), 20);
				return false;
			});
			other.drop();
		}));

	test("control connections are bounded, and end with the server", async () => {
		const server = await Server.start(command, { control });
		const all = [];
		for (let i = 0; i < 16; i++) {
			all.push(await Raw.open(control));
			all[i].send("here\n");
			await lines(all[i], 1);
		}
		const more = await Raw.open(control);
		await more.end();
		assert.deepEqual(await server.stop(), { code: 0, signal: null });
		await Promise.all(all.map((raw) => raw.end()));
		assert.ok(!existsSync(control));
	});

	test("a control socket that answers is not taken, a stale one is, a file is not", async () => {
		const server = await Server.start(command, { control });
		const second = await Server.start(command, { control });
		assert.match(second.output, /failed: another process listens on /);
		assert.deepEqual(await second.ended(), { code: 1, signal: null });
		const raw = await Raw.open(control);
		raw.send("still mine\n");
		assert.equal((await lines(raw, 1))[0], "still mine");
		server.signal("SIGKILL");
		await server.ended();
		assert.ok(existsSync(control));
		await one({ control }, async () => {
			const again = await Raw.open(control);
			again.send("new\n");
			assert.equal((await lines(again, 1))[0], "new");
		});
		const file = join(directory, "file");
		writeFileSync(file, "precious");
		const third = await Server.start(command, { control: file });
		assert.match(third.output, /exists and is not a socket/);
		await third.ended();
		assert.ok(existsSync(file));
	});

	test("a Unix socket serves pages and WebSockets to its group, and believes its proxy", async () => {
		const path = join(directory, "web.sock");
		await one({ listen: `unix:${path}` }, async () => {
			assert.equal(mode(path), 0o660);
			assert.equal((await fetchOnce(path, "GET", "/")).status, 200);
			const bucket = async (address) => (await Ws.open(path, { "X-Forwarded-For": address })).ask("!bucket");
			assert.notEqual(await bucket("192.0.2.1"), await bucket("192.0.2.2"));
			assert.equal(await bucket("192.0.2.1"), await bucket("192.0.2.1"));
			const https = await Ws.open(path, { Host: "x.example", Origin: "https://x.example", "X-Forwarded-Proto": "https" });
			assert.equal(await https.ask("hello"), "hello");
		});
		assert.ok(!existsSync(path));
	});

	const certificate = (name) => {
		const [cert, key] = [`${name}.crt`, `${name}.key`].map((file) => join(directory, file));
		execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
			"-subj", `/CN=${name}`, "-days", "2", "-keyout", key, "-out", cert], { stdio: "ignore" });
		return { cert, key };
	};
	const subject = async (port) => {
		const raw = await Raw.open(port, { tls: {} });
		const name = raw.socket.getPeerCertificate().subject.CN;
		raw.drop();
		return name;
	};
	const handshake = (port, options) => new Promise((resolve) => {
		const socket = tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
		socket.once("secureConnect", () => {
			resolve({ protocol: socket.getProtocol(), alpn: socket.alpnProtocol, cipher: socket.getCipher().name });
			socket.destroy();
		});
		socket.once("error", () => resolve(null));
	});

	test("TLS: 1.2 with AEAD and 1.3, HTTP/1.1 alone, HSTS, strict cookies", () =>
		one(certificate("first"), async ({ port }) => {
			assert.equal((await handshake(port, {})).protocol, "TLSv1.3");
			assert.equal((await handshake(port, { maxVersion: "TLSv1.2" })).protocol, "TLSv1.2");
			const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
			assert.equal(await handshake(port, old), null);
			assert.equal(await handshake(port, { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384" }), null);
			assert.equal((await handshake(port, { ALPNProtocols: ["h2", "http/1.1"] })).alpn, "http/1.1");
			const page = await fetchOnce(port, "GET", "/", {}, "", { tls: {} });
			assert.equal(page.status, 200);
			assert.match(page.headers["strict-transport-security"], /^max-age=31536000/);
			const big = await fetchOnce(port, "GET", "/assets/big-0123.js", {}, "", { tls: {} });
			assert.equal(big.body.length, 1600000);
			const login = await fetchOnce(port, "POST", "/login", { Origin: "https://127.0.0.1", "Content-Type": "application/json",
				"Content-Length": "4" }, "good", { tls: {} });
			assert.equal(login.headers["set-cookie"], "__Host-hark=secret; Path=/; HttpOnly; SameSite=Strict; Secure");
			const ws = await Ws.open(port, { Origin: "https://127.0.0.1", Cookie: "hark=plain; __Host-hark=strict" }, { tls: {} });
			assert.equal(await ws.ask("!cookie"), "strict");
			ws.send("x".repeat(65536));
			assert.equal((await ws.message()).length, 65536);
			ws.send("!flood 20 100000", "!close 4401");
			assert.equal(await ws.closed(), 4401);
			assert.equal(ws.frames.filter((got) => got.opcode === 1).length, 20);
			await assert.rejects(Ws.open(port, { Origin: "http://127.0.0.1" }, { tls: {} }), /403/);
		}));

	test("TLS: what is no handshake is ended, a half one is cut", () =>
		one({ ...certificate("half"), "handshake-ms": 300 }, async ({ port }) => {
			const plain = await Raw.open(port);
			plain.send(request("GET", "/"));
			await plain.end();
			assert.ok(!plain.text().includes("200"));
			const half = await Raw.open(port);
			half.send(Buffer.from("1603010200010001fc0303", "hex"));
			await half.end();
			const silent = await Raw.open(port);
			await silent.end();
			assert.equal((await fetchOnce(port, "GET", "/healthz", {}, "", { tls: {} })).status, 200);
		}));

	test("TLS: a certificate without its key, or with none that fits, is no start", async () => {
		const [mine, other] = [certificate("mine"), certificate("others")];
		for (const [options, sentence] of [
			[{ cert: mine.cert }, /failed: tls_cert is set, tls_key is not/],
			[{ cert: mine.cert, key: other.key }, /failed: .*others.key cannot be used for TLS: /],
			[{ cert: mine.key, key: mine.key }, /failed: .*mine.key cannot be used for TLS: /],
		]) {
			const server = await Server.start(command, options);
			assert.deepEqual(await server.ended(), { code: 1, signal: null });
			assert.match(server.output, sentence);
		}
	});

	test("TLS: SIGHUP takes new files, keeps the old ones when they are bad", async () => {
		const [live, other] = [certificate("live"), certificate("other")];
		await one(live, async (server) => {
			assert.equal(await subject(server.port), "live");
			const held = await Ws.open(server.port, { Origin: "https://127.0.0.1" }, { tls: {} });
			copyFileSync(other.cert, live.cert);
			server.signal("SIGHUP");
			await server.wait("a refusal", () => /not reloaded: .*live.key cannot be used for TLS/.test(server.output));
			assert.equal(await subject(server.port), "live");
			copyFileSync(other.key, live.key);
			server.signal("SIGHUP");
			await server.wait("the reload", () => /^reloaded$/m.test(server.output));
			assert.equal(await subject(server.port), "other");
			assert.equal(await held.ask("still here"), "still here");
		});
	});

	test("TLS: a server with sessions stops clean", async () => {
		const server = await Server.start(command, certificate("stop"));
		const all = await Promise.all(Array.from({ length: 10 }, () => Ws.open(server.port, { Origin: "https://127.0.0.1" }, { tls: {} })));
		server.signal("SIGTERM");
		for (const ws of all) {
			assert.equal(await ws.closed(), 1001);
		}
		assert.deepEqual(await server.ended(), { code: 0, signal: null });
	});

	test("IPv6 works as IPv4 does", async () => {
		const possible = await new Promise((resolve) => {
			const probe = net.createServer().once("error", () => resolve(false));
			probe.listen(0, "::1", () => probe.close(() => resolve(true)));
		});
		if (possible) {
			await one({ listen: "::1" }, async ({ port }) => {
				const raw = new Promise((resolve, reject) => {
					const socket = net.connect(port, "::1", () => socket.write(request("GET", "/healthz", { Connection: "close" })));
					let text = "";
					socket.on("data", (data) => (text += data)).on("end", () => resolve(text)).on("error", reject);
				});
				assert.match(await raw, /^HTTP\/1.1 200 /);
			});
		}
	});
}
