// A school with a daemon for browsers: the school of tests/wire on a port that stays the same over
// a restart, with the settings of the demo, and a page outside where Quick exit leads.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../wire/program.mjs";
import { newDaemon, prepare } from "../wire/school.mjs";
import { Filter } from "./filter.mjs";

export const built = process.argv[2];

let cookies;
let server;
let roads; /* "http": no WebSocket gets through; empty: everything does */

/* Pages that are not Hark's: where an exit leads, and those a test adds. With an icon of their own:
   what the browser asks for by itself may come so late that it counts as the next page's. */
const icon = '<link rel="icon" href="data:,">';
export const outsidePages = new Map([
	["/lunch", `<!doctype html>${icon}<title>Lunch</title><h1>Lunch menu</h1>`],
	["/before", `<!doctype html>${icon}<title>Before</title><h1>The page before</h1>`],
]);

export async function prepareSchool(over = "") {
	assert.ok(["", "http"].includes(over), `there is no way over ${over}`);
	roads = over;
	cookies = await prepare(built);
	server = createServer((request, answer) => {
		const page = outsidePages.get(request.url);
		answer.writeHead(page ? 200 : 404, { "content-type": "text/html" }).end(page ?? "");
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

/* The site that is not Hark's. */
export function outsideUrl() {
	return `http://127.0.0.1:${server.address().port}`;
}

export function closeSchool() {
	server?.closeAllConnections();
	server?.close();
}

export const overHttp = () => roads === "http";

export class School {
	/* With a filter (what filter.mjs takes) pages come through it. */
	static async open(options = {}, filter = roads === "http" ? { upgrade: "refuse" } : undefined) {
		const school = new School();
		school.port = await freePort();
		school.filter = filter && (await Filter.open(school.port, filter));
		school.door = school.filter?.port ?? school.port; /* where pages come in */
		school.url = `http://127.0.0.1:${school.door}`;
		school.outside = outsideUrl();
		school.exit = `${outsideUrl()}/lunch`;
		school.cookies = cookies;
		school.daemon = newDaemon({ "server.port": school.port, ...options });
		await school.daemon.start();
		await school.hark("setting", "import", "examples/school.settings");
		await school.hark("setting", "set", "exit_url", school.exit);
		return school;
	}

	async hark(...args) {
		const { stdout } = await promisify(execFile)(join(built, "hark"), ["--config", this.daemon.config, ...args]);
		return stdout;
	}

	/* The numbers of all shifts. */
	async shifts() {
		const lines = (await this.hark("--json", "shift", "list")).split("\n").filter(Boolean);
		return lines.map((line) => JSON.parse(line)).flatMap((answer) => answer.shifts ?? []);
	}

	async noShifts() {
		await this.hark("shift", "remove", ...(await this.shifts()).map(({ shift }) => String(shift)));
	}

	async allDay(login) {
		await this.hark("shift", "add", login, "daily", "00:00-24:00");
	}

	/* Another value for one of the options it was opened with, while it runs. */
	setOption(name, value) {
		const [section, key] = name.split(".");
		const { config, process } = this.daemon;
		const said = readFileSync(config, "utf8");
		const line = new RegExp(`(\\[${section}\\]\\n${key} = ).*`);
		assert.match(said, line);
		writeFileSync(config, said.replace(line, `$1${value}`));
		process.kill("SIGHUP");
	}

	/* The process is gone at once; its files are as they are. */
	async kill() {
		assert.equal((await this.daemon.end("SIGKILL")).signal, "SIGKILL");
	}

	async start() {
		const said = this.daemon.output;
		await this.daemon.start();
		this.earlier = (this.earlier ?? "") + said;
	}

	/* All the daemon has ever written. */
	get log() {
		return (this.earlier ?? "") + this.daemon.output;
	}

	async close() {
		this.filter?.close();
		await this.daemon.stop();
		await this.daemon.destroy();
	}
}
