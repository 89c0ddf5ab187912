/* worker/sum and visitor/effort: the small sum, and what becomes of a wish that waits for it. */

import assert from "node:assert/strict";
import test from "node:test";
import { type Answer, Stopped, WireError } from "../lib/connection";
import { effort } from "../visitor/effort";
import { findWork } from "../worker/sum";
import { settle } from "./fakes";

const challenge = "00ff".repeat(14) + "8001abcd";

async function zeroBits(hex: string): Promise<number> {
	const bytes = Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
	const first = digest.findIndex((byte) => byte !== 0);
	return first * 8 + Math.clz32(digest[first] as number) - 24;
}

test("work: what is found is the challenge with eight bytes, and has the bits, as the platform counts them", async () => {
	for (const bits of [1, 2, 5, 9, 14]) {
		const work = findWork(challenge, bits);
		assert.equal(work.length, 80);
		assert(work.startsWith(challenge));
		assert((await zeroBits(work)) >= bits, `${bits} bits`);
	}
});

class FakeWorker {
	static all: FakeWorker[] = [];
	onmessage: ((event: { data: string }) => void) | null = null;
	asked: unknown;
	ended = false;
	constructor(readonly url: string) {
		FakeWorker.all.push(this);
	}
	postMessage(asked: unknown): void {
		this.asked = asked;
	}
	terminate(): void {
		this.ended = true;
	}
}

const needed = (bits: number): WireError =>
	new WireError({ type: "error", code: "work_needed", message: "Work.", challenge, bits });

function begin(again: (work: string) => Promise<Answer>) {
	FakeWorker.all = [];
	(globalThis as { Worker?: unknown }).Worker = FakeWorker;
	const shown: boolean[] = [];
	let stop: (() => void) | undefined;
	const done = effort({
		refused: needed(3), again, stopped: new Stopped(),
		show: (how) => {
			shown.push(how !== undefined);
			stop = how ?? stop;
		},
		isRefusal: (error): error is WireError => error instanceof WireError,
	});
	return { done, shown, stop: () => stop?.(), worker: () => FakeWorker.all[FakeWorker.all.length - 1] as FakeWorker };
}

test("work: the wish is sent again with the sum; a challenge that ran out is followed by another", async () => {
	const works: string[] = [];
	const { done, shown, worker } = begin((work) => {
		works.push(work);
		return works.length === 1 ? Promise.reject(needed(4)) : Promise.resolve({ type: "ok", room: 7 } as Answer);
	});
	assert.deepEqual(worker().asked, { challenge, bits: 3 });
	worker().onmessage?.({ data: "first" });
	await settle();
	assert.deepEqual(worker().asked, { challenge, bits: 4 });
	worker().onmessage?.({ data: "second" });
	assert.deepEqual(await done, { type: "ok", room: 7 });
	assert.deepEqual(works, ["first", "second"]);
	assert(FakeWorker.all.every(({ ended }) => ended));
	assert.equal(shown[0], true);
	assert.equal(shown[shown.length - 1], false);
});

test("work: an answer that never comes to terms ends after the third sum", async () => {
	const works: string[] = [];
	const { done, worker } = begin((work) => {
		works.push(work);
		return Promise.reject(needed(3 + works.length));
	});
	for (const sum of ["12 bits", "15 bits", "18 bits"]) {
		worker().onmessage?.({ data: sum });
		await settle();
	}
	await assert.rejects(done, { code: "work_needed" });
	assert.deepEqual(works, ["12 bits", "15 bits", "18 bits"]);
});

test("work: stopped, nothing is sent and the worker ends", async () => {
	const { done, shown, stop, worker } = begin(() => Promise.reject(new Error("sent")));
	stop();
	await assert.rejects(done, Stopped);
	assert.equal(worker().ended, true);
	assert.equal(shown[shown.length - 1], false);
});

test("work: any other refusal is the wish's own", async () => {
	const { done, worker } = begin(() =>
		Promise.reject(new WireError({ type: "error", code: "code_wrong", message: "No." })));
	worker().onmessage?.({ data: "work" });
	await assert.rejects(done, { code: "code_wrong" });
});
