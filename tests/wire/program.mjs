// A program under test whose output is collected, and a port nobody uses.

import { spawn } from "node:child_process";
import net from "node:net";
import { Waiter, patience } from "./client.mjs";

const whole = 6 * patience; // a program starts others, and makes a school

export class Program extends Waiter {
	output = "";
	exit = null;

	constructor(command, args, options = {}) {
		super();
		this.process = spawn(command, args, options);
		for (const stream of [this.process.stdout, this.process.stderr]) {
			stream.on("data", (bytes) => {
				this.output += bytes;
				this.poke();
			});
		}
		this.process.on("close", (code, signal) => {
			this.exit = { code, signal };
			this.poke();
		});
		process.on("exit", () => this.process.kill("SIGTERM"));
	}

	/* Resolves when all of the output has this in it; rejects when the program ends without. */
	says(text) {
		return this.wait(`"${text}"`, () => {
			if (this.output.includes(text)) {
				return true;
			}
			if (this.exit) {
				throw new Error(`ended without "${text}": ${this.output}`);
			}
			return false;
		}, whole);
	}

	ended() {
		return this.wait("the program's end", () => this.exit, whole);
	}

	end(signal) {
		this.process.kill(signal);
		return this.ended();
	}
}

export function freePort() {
	return new Promise((resolve) => {
		const server = net.createServer().listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

/* A post as the sign-in page sends it. */
export function post(url, path, body) {
	return fetch(`${url}${path}`, {
		method: "POST",
		headers: { "content-type": "application/json", origin: url },
		body: JSON.stringify(body),
	});
}
