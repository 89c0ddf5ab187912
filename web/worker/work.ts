/* Does the sum beside the page, so that the page stays quick. One sum, one worker. */

import { findWork } from "./sum";

addEventListener("message", (event: MessageEvent<{ challenge: string; bits: number }>) => {
	postMessage(findWork(event.data.challenge, event.data.bits));
});
