// Sessions over plain HTTP with the real daemon: whose they are, what survives, what ends them; and
// through a real proxy, where nginx is installed: node stream.mjs build/plain. TAP.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { Raw, fetchOnce, runTests, test } from "./client.mjs";
import { newDaemon, prepare, schema } from "./school.mjs";
import { Stream } from "./stream_client.mjs";
import { hash } from "./transcript.mjs";

const cookies = await prepare(process.argv[2]);

const session = async (options, run) => {
	const daemon = newDaemon(options);
	try {
		await daemon.start();
		await run(daemon);
		await daemon.stop();
		assert.doesNotMatch(daemon.output, /ERROR|runtime error|<3>/);
	} finally {
		await daemon.destroy();
	}
};

/* Somebody with a stream of their own, who says hello and takes messages one by one. */
class Page {
	#ref = 0;
	#waiting = [];

	static async open(target, name, { page = "visitor", cookie = cookies[name], after, ...options } = {}) {
		const one = new Page();
		one.stream = await Stream.open(target, { cookie, ...options });
		const token = page === "visitor" ? hash(`token of ${name}`, 32) : undefined;
		one.welcome = await one.ask({ type: "hello", page, token, after, schema: schema.hash });
		return one;
	}

	async next() {
		while (this.#waiting.length === 0) {
			const message = JSON.parse(await this.stream.message());
			this.#waiting.push(...(message.type === "batch" && message.ref === undefined ? message.events : [message]));
		}
		return this.#waiting.shift();
	}

	/* The next of this kind; what comes before it is passed over. */
	async until(check) {
		for (;;) {
			const message = await this.next();
			if (check(message)) {
				return message;
			}
		}
	}

	async ask(message) {
		const ref = ++this.#ref;
		await this.stream.send(JSON.stringify({ ref, ...message }));
		return this.until((one) => one.ref === ref);
	}

	say(room, body) {
		return this.ask({ type: "chat.send", room, id: hash(body, 16), body });
	}

	posted(body) {
		return this.until((one) => one.type === "chat.posted" && one.body === body);
	}

	drop() {
		this.stream.drop();
	}
}

async function talk(daemon, options) {
	const ada = await Page.open(daemon.port, "ada", options);
	const { room } = await ada.ask({ type: "room.start", topics: [], to: "now" });
	const juniper = await Page.open(daemon.port, "juniper", { page: "console", ...options });
	assert.equal((await juniper.ask({ type: "room.take", room })).type, "ok");
	assert.equal((await juniper.ask({ type: "room.open", room, after: 0 })).type, "ok");
	return { ada, juniper, room };
}

for (const poll of [undefined, 20]) {
	test(`a talk ${poll ? "over polls" : "over streams"}`, () =>
		session({}, async (daemon) => {
			const { ada, juniper, room } = await talk(daemon, { poll });
			for (let i = 0; i < 10; i++) {
				assert.equal((await ada.say(room, `question ${i}`)).type, "ok");
				assert.equal((await juniper.posted(`question ${i}`)).room, room);
				assert.equal((await juniper.say(room, `answer ${i}`)).type, "ok");
				await ada.posted(`answer ${i}`);
			}
			ada.drop();
			juniper.drop();
		}));
}

test("killed: what was acknowledged is there, the old session is not, and a new one takes it up", () =>
	session({}, async (daemon) => {
		const { ada, room } = await talk(daemon);
		const { n } = await ada.say(room, "before the end");
		await daemon.end("SIGKILL");
		assert.equal(await ada.stream.close(), 1006);
		await daemon.start();
		ada.stream.target = daemon.port;
		await ada.stream.get();
		assert.equal(await ada.stream.close(), 1001);
		const back = await Page.open(daemon.port, "ada", { after: n - 1 });
		assert.equal((await back.posted("before the end")).n, n);
		assert.equal((await back.say(room, "before the end")).n, n);
		back.drop();
	}));

test("a GET that breaks is no break for anybody: no hello, nothing missed, nothing twice", () =>
	session({}, async (daemon) => {
		const { ada, juniper, room } = await talk(daemon);
		await juniper.say(room, "one");
		await ada.posted("one");
		ada.stream.reader.drop();
		for (const text of ["two", "three"]) {
			await juniper.say(room, text);
		}
		await ada.stream.get();
		await ada.posted("two");
		await ada.posted("three");
		assert.equal(ada.stream.broken, undefined);
		ada.drop();
		juniper.drop();
	}));

test("signing out ends it, and a session without its cookie is a visitor's", () =>
	session({}, async (daemon) => {
		const rivera = await Page.open(daemon.port, "rivera", { page: "oversight" });
		assert.equal(rivera.welcome.role, "counselor");
		const nobody = await Stream.open(daemon.port);
		await nobody.send(JSON.stringify({ type: "hello", page: "oversight", schema: schema.hash }));
		assert.equal(JSON.parse(await nobody.message()).code, "not_allowed");
		assert.equal(await nobody.close(), 4401);
		assert.equal((await daemon.post("/logout", null, cookies.rivera)).status, 204);
		assert.equal(await rivera.stream.close(), 4401);
	}));

test("quick exit: forgotten and left in one go, and nobody can go on with it", () =>
	session({}, async (daemon) => {
		const { ada, juniper, room } = await talk(daemon);
		const { stream } = ada;
		await Promise.all([
			stream.post(JSON.stringify({ type: "token.forget" })),
			fetchOnce(daemon.port, "POST", "/leave", stream.headers({ Origin: "http://127.0.0.1", "Content-Length": "0" })),
		]).then(([, left]) => {
			assert.equal(left.status, 204);
			assert.equal(left.headers["clear-site-data"], '"storage"');
		});
		await stream.close();
		assert.equal((await stream.post("{}")).status, 404);
		const gone = await juniper.until((one) => one.type === "state.room" && !one.visitor_here);
		assert.equal(gone.room, room);
		juniper.drop();
	}));

test("whoever does not come back is not there, after the grace", () =>
	session({ "limits.stream_grace": "1s" }, async (daemon) => {
		const { ada, juniper } = await talk(daemon);
		ada.drop();
		await juniper.until((one) => one.type === "state.room" && !one.visitor_here);
		juniper.drop();
	}));

test("going down: what was said is written, and everybody hears 1001", () =>
	session({}, async (daemon) => {
		const { ada, juniper, room } = await talk(daemon);
		const polls = await Page.open(daemon.port, "robin", { page: "console", poll: 20 });
		ada.stream.send(JSON.stringify({ type: "chat.send", ref: 99, room, id: hash("last", 16), body: "last" }));
		await ada.until((one) => one.ref === 99);
		daemon.process.kill("SIGTERM");
		for (const { stream } of [ada, juniper, polls]) {
			assert.equal(await stream.close(), 1001);
		}
		assert.deepEqual(await daemon.wait("the end", () => daemon.exit), { code: 0, signal: null });
		await daemon.start();
	}));

test("an overseer who reads nothing is held by cursors, and others do not wait", () =>
	session({}, async (daemon) => {
		const { ada, juniper, room } = await talk(daemon);
		const rivera = await Page.open(daemon.port, "rivera", { page: "oversight" });
		rivera.stream.reader.raw.socket.pause();
		for (let i = 0; i < 300; i++) {
			assert.equal((await ada.say(room, `${i} ${"long ".repeat(700)}`)).type, "ok");
		}
		rivera.stream.reader.raw.socket.resume();
		await rivera.posted(`299 ${"long ".repeat(700)}`);
		assert.equal(rivera.stream.broken, undefined);
		[ada, juniper, rivera].forEach((one) => one.drop());
	}));

/* ---- nginx ---- */

const nginx = process.env.NGINX ?? "nginx";
const hasNginx = spawnSync(nginx, ["-v"]).status === 0;

async function freePort() {
	const server = net.createServer().listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/* Ready when it takes a connection. */
async function startNginx(daemon, location) {
	const directory = join(daemon.directory, "nginx");
	mkdirSync(directory);
	const port = await freePort();
	const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${directory}/${name};`);
	const config = join(directory, "nginx.conf");
	writeFileSync(config, `daemon off; pid ${directory}/pid; error_log ${directory}/error.log; events {}
		http { access_log off; ${paths.join(" ")} server { listen 127.0.0.1:${port};
		location / { proxy_pass http://127.0.0.1:${daemon.port}; proxy_set_header Host $host; ${location} } } }`);
	const child = spawn(nginx, ["-c", config, "-p", directory, "-e", `${directory}/error.log`], { stdio: "ignore" });
	const until = Date.now() + 15000;
	for (;;) {
		try {
			(await Raw.open(port)).drop();
			break;
		} catch (error) {
			assert.ok(Date.now() < until, error);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
	return { port, stop: () => child.kill("SIGTERM") };
}

const proxies = {
	"as it comes": "",
	"with HTTP/1.1 and kept connections": 'proxy_http_version 1.1; proxy_set_header Connection "";',
	"that keeps everything back, by polls": "proxy_ignore_headers X-Accel-Buffering; proxy_buffering on;",
};

for (const [how, location] of hasNginx ? Object.entries(proxies) : []) {
	test(`through nginx, ${how}`, () =>
		session({ "server.trusted_proxies": "127.0.0.1" }, async (daemon) => {
			const proxy = await startNginx(daemon, location);
			const through = { port: proxy.port };
			const { ada, juniper, room } = await talk(through, { poll: how.endsWith("polls") ? 20 : undefined });
			for (let i = 0; i < 5; i++) {
				await ada.say(room, `question ${i}`);
				await juniper.posted(`question ${i}`);
			}
			const long = "x".repeat(3900);
			await juniper.say(room, long);
			await ada.posted(long);
			if (!how.endsWith("polls")) {
				ada.stream.reader.drop();
				await juniper.say(room, "meanwhile");
				await ada.stream.get();
				await ada.posted("meanwhile");
				await ada.stream.end();
				assert.equal(await ada.stream.close(), 1000);
			}
			ada.drop();
			juniper.drop();
			proxy.stop();
		}));
}

await runTests();
