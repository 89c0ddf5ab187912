// Well-formed requests of every type, made from the schema: a new row of messages.def is asked by
// itself. And numbers that a seed gives again.

import assert from "node:assert/strict";
import { schema } from "./school.mjs";

/* Marsaglia's xorshift32: below(n), pick(list), bytes(n), chance(p). */
export class Random {
	#state;

	constructor(seed) {
		this.#state = (seed ^ 0x9e3779b9) >>> 0 || 1;
	}

	next() {
		let state = this.#state;
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		this.#state = state >>> 0;
		return this.#state;
	}

	below(bound) {
		return bound <= 1 ? 0 : this.next() % bound;
	}

	chance(part) {
		return this.next() / 2 ** 32 < part;
	}

	pick(list) {
		return list[this.below(list.length)];
	}

	bytes(count) {
		return Buffer.from(Array.from({ length: count }, () => this.next() & 255));
	}
}

function text(field, random) {
	const size = Math.max(field.min ?? 1, Math.min(field.max, 12 + random.below(20)));
	return "a few words, and some more of them. ".repeat(Math.ceil(size / 36)).slice(0, size).trimEnd().padEnd(size, ".");
}

const makers = {
	int: (field, random) => Math.min(field.max, field.min + random.below(1000)),
	bool: (field, random) => random.chance(0.5),
	hex: (field, random) => random.bytes(field.bytes).toString("hex"),
	enum: (field, random) => random.pick(schema.enumerations[field.of].values),
	text,
	body: text,
	texts: (field, random) => Array.from({ length: random.below(Math.min(field.items, 3) + 1) }, () => text(field, random)),
};

/*
 * A request with every field it must have, and of the others some; `known` holds the values of
 * fields by name, where they are to mean something.
 */
export function sample(type, random, known = {}) {
	const message = { type };
	for (const field of schema.requests[type].fields) {
		assert.ok(field.kind in makers, `${type}.${field.name}: no sample of a ${field.kind}`);
		if (field.name === "schema") {
			message.schema = schema.hash;
		} else if (field.name in known) {
			message[field.name] = known[field.name];
		} else if (field.name !== "ref" && (!field.optional || random.chance(0.3))) {
			message[field.name] = makers[field.kind](field, random);
		}
	}
	return message;
}
