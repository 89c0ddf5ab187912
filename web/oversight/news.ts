/* What every counselor is told at once, and keeps on screen until it is put away: pure. */

import type { FeedEvent, Of } from "../lib/wire";
import type { Oversight } from "./state";

export type NewsEvent = Of<"identity.moved"> | Of<"exported">;
export interface News { seq: number; event: NewsEvent }

const NEWS_MAX = 20;

/* Sealed details that were opened, or answered for; transcripts that left the box. */
function isNews(event: FeedEvent): event is NewsEvent {
	return event.type === "exported" || (event.type === "identity.moved" && event.step !== "asked" && event.step !== "closed");
}

/* Live, or missed during a break; not what was long over when the page was opened. Nobody is told of
   the own doing. */
export function withNews(s: Oversight, event: FeedEvent): Oversight {
	const resumed = s.seq > 0;
	if (!isNews(event) || event.name === s.me?.name || (event.replay && !resumed)) {
		return s;
	}
	if (event.seq <= s.seq && event.replay || s.news.some((one) => one.seq === event.seq)) {
		return s;
	}
	return { ...s, news: [...s.news, { seq: event.seq, event }].slice(-NEWS_MAX) };
}

export function dismiss(s: Oversight, seq: number): Oversight {
	return { ...s, news: s.news.filter((one) => one.seq !== seq) };
}
