// What stands outside of the school in the tests of the channels: a mail server and a web server
// that can refuse, hang, fail and come back, at one port each; and a certificate for both.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { Waiter } from "./client.mjs";

/* { path, key, cert } for 127.0.0.1 alone, signed by itself. */
export function makeCertificate() {
	const directory = mkdtempSync(join(tmpdir(), "hark-test-"));
	process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
	const [key, path] = [join(directory, "key.pem"), join(directory, "cert.pem")];
	execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
		"-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
		"-keyout", key, "-out", path], { stdio: "ignore" });
	return { path, key: readFileSync(key), cert: readFileSync(path) };
}

/* A port at which one listener at a time stands. */
class Outside extends Waiter {
	port = 0;
	connections = 0; // to the present listener
	#sockets = new Set();
	#listener = null;

	/* `listener` is any kind of net.Server. */
	async stand(listener) {
		await this.refuse();
		this.connections = 0;
		this.#listener = listener;
		for (const event of ["connection", "secureConnection"]) {
			listener.on(event, (socket) => {
				this.connections += event === "connection";
				this.#sockets.add(socket);
				socket.on("error", () => {});
				socket.on("close", () => this.#sockets.delete(socket));
				this.poke();
			});
		}
		await new Promise((resolve, reject) => {
			listener.once("error", reject);
			listener.listen(this.port, "127.0.0.1", resolve);
		});
		this.port = listener.address().port;
		return this;
	}

	/* Nobody listens. */
	async refuse() {
		const listener = this.#listener;
		this.#listener = null;
		if (listener !== null) {
			const closed = new Promise((resolve) => listener.close(resolve));
			this.#sockets.forEach((socket) => socket.destroy());
			await closed;
		}
	}

	/* Takes connections and says nothing. */
	hang() {
		return this.stand(net.createServer((socket) => socket.resume()));
	}

	connected(count) {
		return this.wait(`${count} connections`, () => this.connections >= count);
	}

	close() {
		return this.refuse();
	}
}

export class WebServer extends Outside {
	requests = []; // { path, headers, body, status }
	#answer;
	#certificate;

	constructor({ certificate } = {}) {
		super();
		this.#certificate = certificate;
		this.#answer = (response) => response.writeHead(200).end("{}");
	}

	get url() {
		return `${this.#certificate ? "https" : "http"}://127.0.0.1:${this.port}`;
	}

	listen() {
		const take = (request, response) => {
			const parts = [];
			request.on("error", () => {});
			request.on("data", (part) => parts.push(part));
			request.on("end", () => {
				const noted = { path: request.url, headers: request.headers, body: Buffer.concat(parts).toString() };
				this.requests.push(noted);
				this.#answer(response);
				noted.status = response.headersSent ? response.statusCode : 0;
				this.poke();
			});
		};
		return this.stand(this.#certificate ? https.createServer(this.#certificate, take) : http.createServer(take));
	}

	#answers(answer) {
		this.#answer = answer;
		return this.listen();
	}

	accept() {
		return this.#answers((response) => response.writeHead(200).end("{}"));
	}

	fail() {
		return this.#answers((response) => response.writeHead(500).end("secret words of the server"));
	}

	#held = [];

	/* Reads, and does not answer before it is told to. */
	hold() {
		this.#answer = (response) => this.#held.push(response);
	}

	answerHeld() {
		this.#held.splice(0).forEach((response) => response.writeHead(200).end("{}"));
	}

	redirect(url) {
		this.#answer = (response) => response.writeHead(302, { Location: url }).end();
	}

	/* Answers well, and has no end. */
	flood() {
		this.#answer = (response) => {
			response.writeHead(200);
			const more = () => {
				while (!response.destroyed && response.write("x".repeat(65536))) {
					// until it is full
				}
			};
			response.on("drain", more);
			more();
		};
	}
}

function parseMail(raw) {
	const end = raw.indexOf("\r\n\r\n");
	const lines = raw.slice(0, end).replaceAll("\r\n ", " ").split("\r\n");
	const headers = Object.fromEntries(lines.map((line) => {
		const at = line.indexOf(": ");
		return [line.slice(0, at).toLowerCase(), line.slice(at + 2)];
	}));
	return { headers, body: raw.slice(end + 4), raw };
}

/* kind: plain, starttls or tls. With a user nobody else may send. */
export class MailServer extends Outside {
	mails = []; // { from, to, user, secure, headers, body, raw }
	#fails = false;

	constructor(kind, { certificate, user, password } = {}) {
		super();
		this.kind = kind;
		this.certificate = certificate;
		this.user = user;
		this.password = password;
	}

	listen() {
		const disabled = [this.kind === "starttls" ? null : "STARTTLS", this.user ? null : "AUTH"].filter(Boolean);
		const server = new SMTPServer({
			...(this.kind === "plain" ? {} : { key: this.certificate.key, cert: this.certificate.cert }),
			secure: this.kind === "tls", disabledCommands: disabled, authOptional: this.user === undefined,
			allowInsecureAuth: this.kind === "plain", disableReverseLookup: true, closeTimeout: 100,
			onAuth: (auth, session, done) => {
				const right = auth.username === this.user && auth.password === this.password;
				done(right ? null : new Error("no"), right ? { user: auth.username } : undefined);
			},
			onData: (stream, session, done) => {
				const parts = [];
				stream.on("data", (part) => parts.push(part));
				stream.on("end", () => this.#take(Buffer.concat(parts).toString(), session, done));
			},
		});
		server.on("error", () => {}); // of connections that were cut
		const listener = server.server;
		return this.stand(listener);
	}

	#take(raw, session, done) {
		if (this.#fails) {
			done(Object.assign(new Error("later"), { responseCode: 451 }));
			return;
		}
		const { mailFrom, rcptTo } = session.envelope;
		this.mails.push({
			from: mailFrom.address, to: rcptTo.map(({ address }) => address), user: session.user,
			secure: session.secure, ...parseMail(raw),
		});
		done();
		this.poke();
	}

	fail() {
		this.#fails = true;
		return this.listen();
	}

	accept() {
		this.#fails = false;
		return this.listen();
	}
}
