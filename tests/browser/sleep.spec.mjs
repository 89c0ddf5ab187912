// As long as it takes in life: a laptop lid closed for a minute, a network that is a black hole for
// 45 seconds. The pauses are the fault itself; what follows is waited for.

import { setTimeout as pause } from "node:timers/promises";
import { talking } from "./people.mjs";
import { Network } from "./proxy.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

const seconds = 1000;

async function through(sleepy) {
	const school = await School.open();
	const network = await Network.open(school.door);
	const { visitor, supporter } = await talking(school, { visitor: { url: network.url } });
	const all = ["hello", "before"];
	await visitor.say("before");
	await supporter.hears(all);
	await sleepy({ network, visitor, supporter });
	const said = await supporter.said();
	await visitor.hears(said);
	await visitor.say("back again");
	await supporter.hears([...said, "back again"]);
	await visitor.hears([...said, "back again"]);
	network.close();
	await school.close();
}

const noConnection = (visitor) => visitor.page.getByText("No connection.", { exact: true });

test("a browser that stands still for 60 s has missed nothing", () => through(async ({ network, visitor, supporter }) => {
	const devtools = await visitor.page.context().newCDPSession(visitor.page);
	await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
	network.swallow();
	await supporter.say("are you there", "take your time");
	await pause(60 * seconds);
	network.mend();
	await devtools.send("Page.setWebLifecycleState", { state: "active" });
	await visitor.hears(["hello", "before", "are you there", "take your time"], 8 * seconds);
	await noConnection(visitor).waitFor({ state: "detached", timeout: 5 * seconds });
}), 100);

test("a black hole for 45 s: both sides' words cross it once", () => through(async ({ network, visitor, supporter }) => {
	network.swallow();
	await visitor.say("into the dark");
	await supporter.say("are you there");
	await noConnection(visitor).waitFor({ timeout: 15 * seconds });
	await pause(30 * seconds);
	network.mend();
	await noConnection(visitor).waitFor({ state: "detached", timeout: 5 * seconds });
	await supporter.hears(["hello", "before", "are you there", "into the dark"]);
}), 100);
