// What stands between a school's network and the daemon: an HTTP proxy that refuses WebSockets, or
// takes them and swallows their frames, or keeps every answer until it is complete.

import http from "node:http";
import net from "node:net";

const refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

export class Filter {
	#server;
	#port;
	#sockets = new Set();
	upgrade; /* "pass", "refuse" or "swallow" */
	holds; /* answers until they are complete */
	seen = { upgrades: 0, streams: 0, polls: 0 };

	static async open(port, { upgrade = "pass", holds = false } = {}) {
		const filter = new Filter();
		filter.#port = port;
		filter.upgrade = upgrade;
		filter.holds = holds;
		filter.#server = http.createServer({ requestTimeout: 0 }, (near, answer) => filter.#pass(near, answer));
		filter.#server.on("upgrade", (request, socket, head) => filter.#upgrade(request, socket, head));
		filter.#server.on("connection", (socket) => filter.#keep(socket));
		await new Promise((resolve) => filter.#server.listen(0, "127.0.0.1", resolve));
		filter.port = filter.#server.address().port;
		return filter;
	}

	#keep(socket) {
		this.#sockets.add(socket);
		socket.on("close", () => this.#sockets.delete(socket));
		socket.on("error", () => {});
	}

	#pass(near, answer) {
		const { method, url, headers } = near;
		if (method === "GET" && url.startsWith("/events")) {
			this.seen[headers.prefer ? "polls" : "streams"]++;
		}
		const far = http.request({ port: this.#port, host: "127.0.0.1", method, path: url, headers, agent: false });
		far.on("response", (from) => {
			from.on("error", () => answer.destroy());
			if (this.holds) {
				const parts = [];
				from.on("data", (part) => parts.push(part));
				from.on("end", () => answer.writeHead(from.statusCode, from.headers).end(Buffer.concat(parts)));
			} else {
				answer.writeHead(from.statusCode, from.headers);
				answer.flushHeaders();
				from.pipe(answer);
			}
		});
		far.on("error", () => answer.destroy());
		answer.on("close", () => far.destroy());
		near.pipe(far);
	}

	#upgrade({ method, url, rawHeaders }, near, head) {
		this.seen.upgrades++;
		if (this.upgrade === "refuse") {
			near.end(refusal);
			return;
		}
		const far = net.connect(this.#port, "127.0.0.1");
		this.#keep(far);
		const lines = [`${method} ${url} HTTP/1.1`];
		for (let at = 0; at < rawHeaders.length; at += 2) {
			lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
		}
		far.write(`${lines.join("\r\n")}\r\n\r\n`);
		for (const [from, to] of [[near, far], [far, near]]) {
			from.on("close", () => to.destroy());
		}
		if (this.upgrade === "swallow") {
			far.once("data", (bytes) => near.write(bytes.subarray(0, bytes.indexOf("\r\n\r\n") + 4)));
			far.resume();
			near.resume();
		} else {
			far.write(head);
			near.pipe(far);
			far.pipe(near);
		}
	}

	close() {
		this.#server.close();
		this.#sockets.forEach((socket) => socket.destroy());
	}
}
