/*
 * Under pressure the server answers a wish with a small sum to do first. It is done in a worker, is
 * seen on screen, can be stopped, and then the wish is sent again with it. Fetched when it is first
 * needed.
 */

import type { Answer, WireError } from "../lib/connection";

declare const WORKER_URL: string; /* put in by build.mjs */

/* A sum counts while at most two bits more are asked for than when it was begun: from 12 to 18, the
 * most there is, are three, however fast the pressure rises. A challenge may also run out. */
const TRIES = 3;

interface Policy {
	createScriptURL(url: string): string;
}
declare const trustedTypes: { createPolicy(name: string, rules: Policy): Policy } | undefined;

let policy: Policy | undefined;

/* The one script that this page may start: its own worker. */
function workerUrl(): string {
	const rules: Policy = {
		createScriptURL(url) {
			if (url !== WORKER_URL) {
				throw new TypeError("not ours");
			}
			return url;
		},
	};
	policy ??= typeof trustedTypes === "undefined" ? rules : trustedTypes.createPolicy("hark", rules);
	return policy.createScriptURL(WORKER_URL);
}

/* Gives the sum; stop() lets it be rejected with this error. */
function sum(challenge: string, bits: number, stopped: Error): { done: Promise<string>; stop: () => void } {
	const worker = new Worker(workerUrl());
	let stop = (): void => undefined;
	const done = new Promise<string>((resolve, reject) => {
		stop = () => reject(stopped);
		worker.onmessage = ({ data }) => resolve(data as string);
		worker.onerror = () => reject(new Error("the worker did not work"));
		worker.postMessage({ challenge, bits });
	}).finally(() => worker.terminate());
	return { done, stop };
}

export interface EffortOptions {
	refused: WireError; /* as work_needed */
	again: (work: string) => Promise<Answer>;
	show: (stop: (() => void) | undefined) => void; /* while it goes on: how to stop it */
	stopped: Error;
	isRefusal: (error: unknown) => error is WireError;
}

export async function effort({ refused, again, show, stopped, isRefusal }: EffortOptions): Promise<Answer> {
	let last = refused;
	try {
		for (let left = TRIES; left > 0; left--) {
			const { challenge = "", bits = 0 } = last.told;
			const { done, stop } = sum(challenge, bits, stopped);
			show(stop);
			const work = await done;
			show(undefined);
			try {
				return await again(work);
			} catch (error) {
				if (!isRefusal(error) || error.told.challenge === undefined) {
					throw error;
				}
				last = error;
			}
		}
		throw last;
	} finally {
		show(undefined);
	}
}
