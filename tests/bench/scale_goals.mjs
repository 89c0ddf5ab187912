// What make bench-scale's figures are held to, where a goal is more than one comparison: of each
// its words, its figure, and whether it is reached. What has no `reached` is only told.

import { median } from "./measuring.mjs";

/* By the longest past; each ratio is the median of the rounds', over the shortest past. */
export function historyGoals(pasts, growth) {
	const { events, open_warm: opened, page } = pasts.at(-1);
	const bytes = Object.fromEntries(pasts.flatMap((one) => [[`${one.events}_indexed`, one.bytes_per_event],
		[`${one.events}_without`, one.bytes_per_event_without_index]]).filter(([, value]) => value !== null));
	return [{
		goal: `${events} events take no more than 1.5 times of ${pasts[0].events}: opening a room, catching up, the wall, the start, a commit`,
		figure: { growth, pasts }, reached: Object.values(growth).every((one) => one <= 1.5),
	}, {
		goal: "likewise 1.1 times at most: a commit, catching up; 1.2: the start until a connection is taken; 1.5: opening a room, warm",
		figure: { commit: growth.commit, catch_up: growth.catch_up, start_accept: growth.start_accept, open_warm: growth.open_warm },
		reached: growth.commit <= 1.1 && growth.catch_up <= 1.1 && growth.start_accept <= 1.2 && growth.open_warm <= 1.5,
	}, {
		goal: "reading a room's last 50 (a page) p50 at most 0.2 ms, p99 at most 1 ms; to open it also waits for "
			+ "its entry in the audit trail to be durable, and for the room's state",
		figure: { page_p50_ms: page.p50_ms, page_p99_ms: page.p99_ms, open_warm_p50_ms: opened.p50_ms, open_warm_p99_ms: opened.p99_ms },
		reached: page.p50_ms <= 0.2 && page.p99_ms <= 1,
	}, { goal: "bytes an event, with the index for search and without", figure: bytes }];
}

/* Either way: a p99 that falls by more says that the pairs were too few, not that it helps. */
export function stalledGoal({ ratios, seconds, ...p99 }) {
	const ratio = median(ratios);
	return {
		goal: `a counselor who never reads changes others' p99 by less than a tenth (${ratios.length} pairs of ${seconds} s)`,
		figure: { ...p99, ratio, lowest_pair: Math.min(...ratios), highest_pair: Math.max(...ratios) },
		reached: Math.abs(ratio - 1) < 0.1,
	};
}

/* per_s: those answered until the last answer, not those that were asked for. */
export function heldGoal(figure) {
	return {
		goal: "of 10,000 messages a second 9,900 answered as durable; the log at most 64 MiB (p99 and p99.9 against P: see make bench)",
		figure, reached: figure.per_s >= 9900 && figure.wal_bytes_max <= 64 * 2 ** 20,
	};
}
