// What the figures were measured on, and with which versions.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";

export function machine() {
	const system = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
	return {
		cores: cpus().length,
		cpu: cpus()[0]?.model ?? "unknown",
		memory_gib: Math.round(totalmem() / 2 ** 30),
		kernel: release(),
		system: /^PRETTY_NAME="(.*)"/m.exec(system)?.[1] ?? "unknown",
		date: new Date().toISOString().slice(0, 10),
	};
}

/* Says so when the machine does other things: figures then say little. */
export function atRisk() {
	const load = loadavg()[0];
	if (load > 0.5) {
		process.stderr.write(`The machine is busy (load ${load.toFixed(1)}): figures will be worse than they could be.\n`);
	}
}

function first(program, args, pattern) {
	const run = spawnSync(program, args, { encoding: "utf8", timeout: 5000 });
	return pattern.exec(`${run.stdout ?? ""}${run.stderr ?? ""}`)?.[1];
}

function debian(name) {
	return first("dpkg-query", ["-W", "-f", "${Version}", name], /^(\S+)/);
}

function npm(name) {
	const file = `tests/bench/peers/node_modules/${name}/package.json`;
	return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}

/* Of the source; "unknown" where there is no repository. */
export function commit() {
	return first("git", ["rev-parse", "--short", "HEAD"], /^([0-9a-f]+)\n$/) ?? "unknown";
}

export function versions(servers) {
	const library = (name) => first("pkg-config", ["--modversion", name], /^([\w.]+)/);
	const found = {
		libwebsockets: library("libwebsockets"), libuv: library("libuv"), sqlite3: library("sqlite3"),
		libsodium: library("libsodium"), node: process.versions.node,
	};
	const peers = { mosquitto: debian, prosody: debian, ejabberd: debian };
	for (const [name, ask] of Object.entries(peers)) {
		if (servers.some((server) => server.name === name)) {
			found[name] = ask(name);
		}
	}
	if (servers.some((server) => server.name.startsWith("socketio"))) {
		found["socket.io"] = npm("socket.io");
		found["better-sqlite3"] = npm("better-sqlite3");
	}
	return found;
}
