// Ending what was started, and waiting.

const stopLimitMs = 10000;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/* Asks it to end, and ends it when it does not. */
export async function stop(child) {
	if (child.exitCode === null && child.signalCode === null) {
		const ended = new Promise((resolve) => child.once("exit", resolve));
		child.kill("SIGTERM");
		const timer = setTimeout(() => child.kill("SIGKILL"), stopLimitMs);
		await ended;
		clearTimeout(timer);
	}
}
