/* A made-up school. */

import type { School } from "../../lib/wire";

export const school: School = {
	type: "state.school", school: "Northfield peer line", peer_word: "peer", exit_url: "https://www.example.org/",
	away_text: "", topics: ["Friends", "Family", "School stress", "Lonely", "Something else"],
	wishes: ["someone near 7th grade"], contacts: [], hours: [], open: true, peers: 2, wait_s: 120, watched: true, reachable: true,
	idle_forget_s: 1200,
};
