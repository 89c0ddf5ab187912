// The servers that are measured: each is started for one measurement with a configuration and data
// of its own in a scratch directory, on a free port of the loopback, and ended by its process id.
// Nothing that the machine runs anyway is touched.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sleep, stop } from "./processes.mjs";
import { School } from "./school.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const startLimitMs = 30000;

function accepts(port) {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1");
		socket.setTimeout(1000, () => socket.destroy());
		socket.once("connect", () => {
			resolve(true);
			socket.destroy();
		});
		socket.once("error", () => resolve(false)).once("close", () => resolve(false));
	});
}

/* Below the ports that Linux gives to outgoing connections: thousands of those are around. */
async function freePort() {
	for (;;) {
		const port = 20000 + Math.floor(Math.random() * 12000);
		if (!(await accepts(port))) {
			return port;
		}
	}
}

function onPath(name) {
	const places = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`.split(":");
	return places.map((place) => join(place, name)).find((path) => existsSync(path));
}

/* The only entry of a directory that begins so. */
function entry(directory, begins) {
	const found = existsSync(directory) && readdirSync(directory).find((name) => name.startsWith(begins)
		&& existsSync(join(directory, name, "ebin")));
	return found ? join(directory, found) : undefined;
}

class Server {
	peer = false; // not ours: what it cannot do is not asked of it
	slow = false; // is not asked for thousands of rooms or connections

	constructor(name, title, wire) {
		Object.assign(this, { name, title, wire });
	}

	missing() { // what it takes and this machine lacks
		return undefined;
	}

	/* Gives { child, port, startMs, args }: args go to the load client. */
	async start(scratch, options = {}) {
		const directory = join(scratch, this.name);
		rmSync(directory, { recursive: true, force: true });
		mkdirSync(directory, { mode: 0o700 });
		const port = await freePort();
		const began = performance.now();
		const [program, args, environment] = this.command(directory, port, options);
		const child = spawn(program, args, {
			cwd: directory, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"],
		});
		let said = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (text) => (said = `${said}${text}`.slice(-2000)));
		}
		child.once("error", (error) => (said += error.message));
		const killed = () => child.kill("SIGKILL");
		process.on("exit", killed);
		child.once("exit", () => process.off("exit", killed));
		while (!(await accepts(port))) {
			if (child.exitCode !== null || child.pid === undefined || performance.now() - began > startLimitMs) {
				await stop(child);
				throw new Error(`${this.name} did not start: ${said.trim().split("\n").slice(-3).join(" / ")}`);
			}
			await sleep(2);
		}
		return { child, port, startMs: performance.now() - began, ...this.arguments(options) };
	}

	arguments() {
		return { args: [], options: [] };
	}
}

/* The relay without a disk, and with one. */
class Relay extends Server {
	constructor(build, name, title, ...kind) {
		super(name, title, "relay");
		Object.assign(this, { build, kind });
	}

	command(directory, port) {
		const [file, ...rest] = this.kind;
		const disk = file === undefined ? [] : [join(directory, file), ...rest];
		return [join(this.build, "tests/bench/limit_relay"), [String(port), ...disk]];
	}
}

class Hark extends Server {
	constructor(build, scratch) {
		super("hark", "Hark", "hark");
		this.school = new School(build, scratch);
		this.build = build;
	}

	command(directory, port) {
		this.directory = directory;
		this.config = this.school.copyTo(directory);
		return [join(this.build, "harkd"), ["--config", this.config, `--server.port=${port}`]];
	}

	arguments({ rooms = 100, feeds = 0, staffFor = rooms }) {
		return this.school.signedIn(staffFor, feeds);
	}

	/* How late its loop was at most, and how long its log has become. */
	observe() {
		const said = execFileSync(join(this.build, "hark"), ["--config", this.config, "--json", "status"],
			{ encoding: "utf8", timeout: 10000, stdio: "pipe" });
		return {
			lateMs: JSON.parse(said.trim().split("\n").at(-1)).loop_block_max_ms,
			logBytes: statSync(join(this.directory, "data/hark.db-wal")).size,
		};
	}
}

class Mosquitto extends Server {
	constructor() {
		super("mosquitto", "mosquitto, QoS 1, persistence", "mqtt");
		this.program = onPath("mosquitto");
	}

	missing() {
		return this.program ? undefined : "mosquitto is not installed";
	}

	command(directory, port) {
		const config = join(directory, "mosquitto.conf");
		/* 2.0.11 does not start with listeners for WebSocket alone: a local socket nobody uses. */
		writeFileSync(config, `listener 0 ${directory}/mqtt.sock
listener ${port} 127.0.0.1
protocol websockets
allow_anonymous true
persistence true
persistence_location ${directory}/
max_inflight_messages 0
max_queued_messages 0
user ${userInfo().username}
log_type error
`);
		return [this.program, ["-c", config]];
	}
}

class Prosody extends Server {
	constructor() {
		super("prosody", "prosody, archive on SQLite", "prosody");
		this.slow = true;
		this.program = onPath("prosody");
	}

	missing() {
		return this.program ? undefined : "prosody is not installed";
	}

	command(directory, port) {
		const config = join(directory, "prosody.cfg.lua");
		writeFileSync(config, `run_as_root = true
daemonize = false
pidfile = "${directory}/prosody.pid"
data_path = "${directory}"
plugin_paths = {}
network_backend = "epoll"
modules_enabled = { "saslauth"; "disco"; "websocket"; "http" }
modules_disabled = { "s2s"; "offline"; "tls" }
interfaces = { "127.0.0.1" }
http_interfaces = { "127.0.0.1" }
http_ports = { ${port} }
https_ports = {}
c2s_ports = {}
s2s_ports = {}
consider_websocket_secure = true
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
log = { error = "*console" }
storage = "memory"
sql = { driver = "SQLite3", database = "${directory}/archive.sqlite" }
VirtualHost "localhost"
	authentication = "anonymous"

Component "muc.localhost" "muc"
	modules_enabled = { "muc_mam" }
	storage = { muc_log = "sql" }
	muc_log_by_default = true
	muc_log_all_rooms = true
	muc_room_locking = false
`);
		return [this.program, ["--config", config, "-F"]];
	}
}

class Ejabberd extends Server {
	constructor() {
		super("ejabberd", "ejabberd, archive on SQLite", "ejabberd");
		this.slow = true;
		const library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"];
		this.home = library.map((place) => entry(place, "ejabberd-")).find((found) => found !== undefined);
		this.erl = onPath("erl");
	}

	missing() {
		return this.home && this.erl ? undefined : "ejabberd is not installed";
	}

	command(directory, port) {
		const config = join(directory, "ejabberd.yml");
		writeFileSync(config, `hosts: [localhost]
loglevel: error
listen:
  -
    port: ${port}
    backlog: 1024
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /ws: ejabberd_http_ws
auth_method: [anonymous]
anonymous_protocol: sasl_anon
default_db: sql
sql_type: sqlite
sql_database: "${directory}/archive.sqlite"
shaper_rules:
  max_user_sessions: 100000
modules:
  mod_disco: {}
  mod_mam:
    db_type: sql
    default: always
    cache_size: 1000
  mod_muc:
    host: muc.localhost
    db_type: mnesia
    ram_db_type: mnesia
    max_users: 1000
    max_user_conferences: 100000
    default_room_options:
      mam: true
      persistent: false
`);
		return [this.erl, [
			"-noinput", "+K", "true", "-pa", join(this.home, "ebin"),
			"-mnesia", "dir", `"${directory}/mnesia"`, "-s", "ejabberd",
		], {
			EJABBERD_CONFIG_PATH: config, EJABBERD_LOG_PATH: join(directory, "ejabberd.log"), HOME: directory,
		}];
	}
}

class SocketIo extends Server {
	constructor(synchronous) {
		super(`socketio-${synchronous.toLowerCase()}`, `socket.io + better-sqlite3, ${synchronous}`, "socketio");
		this.synchronous = synchronous;
	}

	missing() {
		const module = "tests/bench/peers/node_modules/better-sqlite3/build/Release/better_sqlite3.node";
		return existsSync(module) ? undefined : "its npm packages are not installed";
	}

	command(directory, port) {
		const program = join(here, "peers/chat.mjs");
		return [process.execPath, [program, String(port), join(directory, "chat.db"), this.synchronous]];
	}
}

export function allServers(build, scratch, withPeers) {
	build = resolve(build);
	const own = [
		new Hark(build, scratch),
		new Relay(build, "relay", "bare relay, no disk"),
		new Relay(build, "p", "P: bare relay, one commit a turn", "p.db"),
	];
	const peers = [
		new Relay(build, "dur-sql", "P with a (room, id) index, writer thread", "p.db", "writer"),
		new Mosquitto(), new Prosody(), new Ejabberd(), new SocketIo("FULL"), new SocketIo("NORMAL"),
	];
	peers.forEach((server) => (server.peer = true));
	return withPeers ? [...own, ...peers] : own;
}
