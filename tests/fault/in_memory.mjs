// To be imported first: the schools of this program stand in memory where there is room for them. It
// makes hundreds, and what its disk does is said by the test, not by the machine's.

import { accessSync, constants, statfsSync } from "node:fs";

const memory = "/dev/shm";

try {
	accessSync(memory, constants.W_OK);
	const { bavail, bsize } = statfsSync(memory);
	if (bavail * bsize > 32 << 20) {
		process.env.TMPDIR = memory;
	}
} catch {
	// on the disk, then
}
