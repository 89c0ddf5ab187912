// The demo school of `make run`: makes build/demo/ when it is not there (or FRESH=1), starts harkd
// in the foreground, and stops it on Ctrl-C. Everything is done the way a school would do it: by
// the hark command, and staff set their passwords through their one-time links.
//
//   PORT=8420 FRESH=1 DEMO_DIR=build/demo node tools/demo.mjs build/plain

import { execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const built = process.argv[2] ?? "build/plain";
const port = process.env.PORT || "8420";
const directory = process.env.DEMO_DIR || "build/demo";
const url = `http://127.0.0.1:${port}`;
const signInsFile = `${directory}/sign-ins.txt`;
const flags = ["--config", `${directory}/hark.conf`, `--server.port=${port}`];

const staff = [
	{ role: "manager", login: "rivera", name: "Ms. R." },
	{ role: "counselor", login: "tran", name: "Mr. T." },
	{ role: "supporter", login: "juniper", name: "Juniper" },
	{ role: "supporter", login: "sol", name: "Sol" },
];

const configuration = `# The demo school of make run. Paths are seen from the checkout: run hark from there, as in
#   ${built}/hark --config ${directory}/hark.conf status
[server]
listen = 127.0.0.1
[storage]
data_dir = ${directory}
`;

class Sorry extends Error {}

async function hark(...args) {
	try {
		const { stdout } = await promisify(execFile)(`${built}/hark`, [...flags, ...args]);
		return stdout;
	} catch (error) {
		throw new Sorry(`hark ${args.join(" ")}: ${error.stderr || error.message}`);
	}
}

/* The secret of the enrolment link among the answers. */
function secretOf(answers) {
	const lines = answers.split("\n").filter((line) => line.startsWith("{"));
	return lines.map((line) => JSON.parse(line)).find((answer) => answer.type === "account.link")
		.secret;
}

/* Nothing that looks like something else: about 59 bits. */
function makePassword() {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789";
	const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join("");
	return `${group()}-${group()}-${group()}`;
}

/* The link's page does the same. */
async function enrol(secret, password) {
	const answer = await fetch(`${url}/enrol`, {
		method: "POST",
		headers: { "content-type": "application/json", origin: url },
		body: JSON.stringify({ type: "sign.enrol", secret, password }),
	});
	if (answer.status !== 204) {
		throw new Sorry(`/enrol: ${answer.status} ${await answer.text()}`);
	}
}

async function make() {
	await rm(directory, { recursive: true, force: true });
	await mkdir(directory, { recursive: true, mode: 0o700 });
	await writeFile(`${directory}/hark.conf`, configuration);
	const [first, ...others] = staff;
	first.secret = secretOf(await hark("--json", "init", first.login, first.name));
	for (const person of others) {
		const { role, login, name } = person;
		person.secret = secretOf(await hark("--json", "account", "add", role, login, name));
	}
	for (const { login } of staff.filter((person) => person.role === "supporter")) {
		await hark("shift", "add", login, "daily", "00:00-24:00");
	}
	await hark("setting", "import", "examples/school.settings");
}

async function importPhrases() {
	for (const language of ["en", "es", "ar"]) {
		await hark("phrase", "import", `examples/phrases/${language}.txt`);
	}
}

async function enrolAll() {
	for (const person of staff) {
		person.password = makePassword();
		await enrol(person.secret, person.password);
	}
	const line = ({ role, login, password }) => `${login.padEnd(10)}${password}   ${role}\n`;
	await writeFile(signInsFile, staff.map(line).join(""), { mode: 0o600 });
}

function start() {
	// A process group of its own: Ctrl-C comes to us, and reaches it once.
	const daemon = spawn(`${built}/harkd`, flags, { stdio: "inherit", detached: true });
	const ended = new Promise((resolve) => {
		daemon.on("error", () => resolve(1));
		daemon.on("exit", (code, signal) => resolve(signal === null ? code : 1));
	});
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
		process.on(signal, () => daemon.kill("SIGTERM"));
	}
	return { daemon, ended };
}

async function ready(ended) {
	const gone = ended.then((code) => ({ code }));
	for (const limit = Date.now() + 20_000; Date.now() < limit; ) {
		const healthy = fetch(`${url}/healthz`).then(
			(answer) => ({ ok: answer.ok }),
			() => ({ ok: false }),
		);
		const first = await Promise.race([gone, healthy]);
		if ("code" in first || first.ok) {
			return first;
		}
		await pause(25);
	}
	return { ok: false };
}

async function welcome(fresh) {
	const signIns = await readFile(signInsFile, "utf8");
	process.stdout.write(`
Hark's demo school is open${fresh ? "" : " again"}.

  student      ${url}/
  supporters   ${url}/console
  counselors   ${url}/oversight

Demo sign-ins, also in ${signInsFile}:

${signIns.replace(/^/gm, "  ").trimEnd()}

Each of the three wants a browser (or a private window) of its own. Ctrl-C stops it.
`);
}

async function main() {
	const running = existsSync(`${directory}/control`) && (await hark("status").catch(() => null));
	if (running) {
		throw new Sorry(`a daemon runs on ${directory} already: stop it first`);
	}
	// Without the sign-ins an earlier run did not get through: they could never be told again.
	const fresh = Boolean(process.env.FRESH) || !existsSync(signInsFile);
	if (fresh) {
		await make();
	}
	const { daemon, ended } = start();
	try {
		const state = await ready(ended);
		if (state.ok) {
			if (fresh) {
				await importPhrases();
				await enrolAll();
			}
			await welcome(fresh);
		} else if ("code" in state) {
			throw new Sorry(`harkd did not start, see above. Another port: make run PORT=8421`);
		} else {
			throw new Sorry(`harkd does not answer at ${url}/healthz`);
		}
		return await ended;
	} catch (error) {
		daemon.kill("SIGTERM");
		await ended;
		throw error;
	}
}

main().then(
	(code) => process.exit(code),
	(error) => {
		process.stderr.write(`demo: ${error instanceof Sorry ? error.message : error.stack}\n`);
		process.exit(1);
	},
);
