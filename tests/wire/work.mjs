// Does what `work_needed` asks for: the challenge and 8 bytes whose SHA-256 begins with zero bits.

import { createHash } from "node:crypto";

function zeros(hash) {
	const first = hash.readUInt32BE(0);
	return first === 0 ? 32 : Math.clz32(first);
}

/* Hexadecimal in and out. easy: a solution that is not one. */
export function work(challenge, bits, easy = false) {
	const bytes = Buffer.concat([Buffer.from(challenge, "hex"), Buffer.alloc(8)]);
	for (let i = 0; ; i++) {
		bytes.writeUInt32LE(i, 32);
		if ((zeros(createHash("sha256").update(bytes).digest()) >= bits) !== easy) {
			return bytes.toString("hex");
		}
	}
}
