/* A made-up school. */

import type { School } from "../../lib/wire";

export const school: School = {
	type: "state.school", school: "Northfield peer line", peer_word: "peer", exit_url: "https://www.example.org/",
	away_text: "", topics: ["Friends", "Family", "School stress", "Lonely", "Something else"],
	wishes: ["someone near 7th grade"], contacts: [{ when: "Someone is hurt, or could be soon", what: "Call 911", href: "tel:911", urgent: true },
		{ when: "Too much to carry alone", what: "Call or text 988", href: "tel:988", urgent: false }], hours: [], open: true, peers: 2, wait_s: 120, watched: true, reachable: true,
	idle_forget_s: 1200,
	code_needed: false,
};
