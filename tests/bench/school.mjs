// A school for Hark's measurements: set up once, with everybody signed in, and copied for each.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stop } from "./processes.mjs";

// What a school leaves at its bounds and a benchmark must not meet; printed with the results.
export const limits = {
	"limits.credits": 1000000,
	"limits.credits_per_s": 1000000,
	"limits.shared_credits": 100000000,
	"limits.shared_credits_per_s": 100000000,
	"limits.rooms_per_min": 100000000,
	"limits.waiting": 100000000,
	"limits.connections": 12000,
	"talk.cap": 100,
};
const socketsOfOne = 8; // that the daemon lets a sign-in have
const signInsOfOne = 16; // and an account

function writeConfig(path, data) {
	const sections = {};
	for (const [option, value] of Object.entries({ "storage.data_dir": data, ...limits })) {
		const [section, key] = option.split(".");
		(sections[section] ??= []).push(`${key} = ${value}`);
	}
	writeFileSync(path, Object.entries(sections).map(([name, lines]) => `[${name}]\n${lines.join("\n")}\n`).join(""));
}

const password = "a password of a benchmark";

export class School {
	#supporters = []; // cookies
	#counselors = [];

	constructor(build, scratch) {
		this.build = build;
		this.directory = join(scratch, "school");
	}

	#hark(args, input) {
		const all = ["--config", join(this.directory, "hark.conf"), ...args];
		return execFileSync(join(this.build, "hark"), all, { input, stdio: "pipe", timeout: 60000 });
	}

	/* Supporters for so many rooms, counselors who have signed in often enough for so many feeds. */
	async make(rooms, feeds) {
		mkdirSync(this.directory);
		writeConfig(join(this.directory, "hark.conf"), join(this.directory, "data"));
		this.#hark(["init", "manager", "Manager"]);
		const { child, port } = await this.#start();
		const supporters = Math.max(2, Math.ceil(rooms / limits["talk.cap"]));
		for (let i = 0; i < supporters; i++) {
			this.#supporters.push(await this.#enrol(port, "supporter", `supporter${i}`));
			this.#hark(["shift", "add", `supporter${i}`, "mon-sun", "0:00-24:00"]);
		}
		const signIns = Math.max(1, Math.ceil(feeds / socketsOfOne));
		for (let i = 0; this.#counselors.length < signIns; i++) {
			const login = `counselor${Math.floor(i / signInsOfOne)}`;
			this.#counselors.push(await (i % signInsOfOne === 0 ? this.#enrol(port, "counselor", login)
				: this.#post(port, "/login", { type: "sign.in", login, password })));
		}
		await stop(child);
	}

	/* On any port: it is ended before anything is measured. */
	async #start() {
		const child = spawn(join(this.build, "harkd"), ["--config", join(this.directory, "hark.conf"), "--server.port=0"],
			{ stdio: ["ignore", "pipe", "pipe"] });
		let said = "";
		const port = await new Promise((resolve, reject) => {
			const hear = (text) => {
				said += text;
				const found = /ready on \S+ port (\d+)/.exec(said);
				if (found) {
					resolve(Number(found[1]));
				}
			};
			child.stdout.on("data", hear);
			child.stderr.on("data", hear);
			child.once("exit", () => reject(new Error(`harkd did not start: ${said}`)));
		});
		process.on("exit", () => child.kill("SIGKILL"));
		return { child, port };
	}

	/* One hash of a password a person, where a link is used; its answer signs in. */
	#enrol(port, role, login) {
		const said = this.#hark(["account", "add", role, login, `The ${login}`]).toString();
		return this.#post(port, "/enrol", { type: "sign.enrol", secret: /#([0-9a-f]{64})/.exec(said)[1], password });
	}

	async #post(port, path, body) {
		const origin = `http://127.0.0.1:${port}`;
		const answer = await fetch(origin + path, {
			method: "POST", headers: { "Content-Type": "application/json", Origin: origin }, body: JSON.stringify(body),
		});
		if (answer.status !== 204) {
			throw new Error(`${path}: ${answer.status}`);
		}
		return answer.headers.get("set-cookie").split(";")[0];
	}

	/* The school as it was set up: no rooms, an empty log. Gives its configuration. */
	copyTo(directory) {
		cpSync(join(this.directory, "data"), join(directory, "data"), { recursive: true });
		const config = join(directory, "hark.conf");
		writeConfig(config, join(directory, "data"));
		return config;
	}

	/* What the load client needs for so many rooms and feeds. */
	signedIn(rooms, feeds) {
		return {
			args: this.#supporters.slice(0, Math.max(2, Math.ceil(rooms / limits["talk.cap"]))),
			options: this.#counselors.slice(0, Math.ceil(feeds / socketsOfOne)).flatMap((cookie) => ["-c", cookie]),
		};
	}
}
