// Runs a command under valgrind, if there is one and the command is not instrumented itself, be it
// to count (make coverage).

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const present = spawnSync("valgrind", ["--version"]).status === 0;

export function onValgrind(command) {
	if (!present || process.env.HARK_COUNTS || readFileSync(command[0]).includes("__asan_init")) {
		return command;
	}
	return ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite",
		"--show-leak-kinds=definite", ...command];
}
