// The transport, driven through raw sockets: node transport.mjs ECHO [tests...]. TAP.
// tests/wire/transport_*.mjs hold the cases by subject; this runs them against one build.

import { existsSync } from "node:fs";
import { runTests } from "./client.mjs";

const program = process.argv[2];
if (!program || !existsSync(program)) {
	console.error("usage: transport.mjs ECHO-PROGRAM [SUBJECT...]");
	process.exit(2);
}

const subjects = ["pages", "posts", "gate", "places", "messages", "faults", "time", "ends", "doors", "streams"];
const wanted = process.argv.slice(3);
for (const subject of subjects.filter((one) => wanted.length === 0 || wanted.includes(one))) {
	const { register } = await import(`./transport_${subject}.mjs`);
	register([program]);
}
await runTests();
