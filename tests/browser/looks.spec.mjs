// Every page in every state: looked at by axe, and photographed, on a phone and on a desktop, light
// and dark, into build/screenshots/PAGE-STATE-SIZE-SCHEME.png.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Person, becomes, desktop, phone, same } from "./browser.mjs";
import { Counselor, Supporter, Visitor, typed } from "./people.mjs";
import { Network } from "./proxy.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sizes = { phone, desktop };
const still = { reducedMotion: "reduce" };

/* What axe finds, as lines: the rule, what it says, where. */
async function violations(page) {
	await page.evaluate(axe);
	const found = await page.evaluate(async () => (await window.axe.run({ resultTypes: ["violations"] })).violations);
	return found.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`));
}

/* All of what is wrong with a state, of every size and scheme, is reported together. */
async function look(person, name) {
	const { page } = person;
	const own = page.viewportSize();
	const wrong = [];
	for (const [size, viewport] of Object.entries(sizes)) {
		await page.setViewportSize(viewport);
		for (const colorScheme of ["light", "dark"]) {
			await page.emulateMedia({ colorScheme });
			await person.picture(`${name}-${size}-${colorScheme}`);
			for (const line of await violations(page)) {
				wrong.push(`${name}, ${size}, ${colorScheme}: ${line}`);
			}
			const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			if (wide > 0) {
				wrong.push(`${name}, ${size}, ${colorScheme}: ${wide} px too wide`);
			}
		}
	}
	await page.setViewportSize(own);
	await page.emulateMedia({ colorScheme: "light" });
	return wrong;
}

test("every page and state: nothing for axe to say, and pictures", async () => {
	const wrong = [];
	const shows = async (person, name) => wrong.push(...(await look(person, name)));
	const school = await School.open({ "talk.unanswered": "1h" });
	const network = await Network.open(school.port);

	const guest = await Person.arrive("guest", still);
	await guest.page.goto(`${school.url}/login`);
	await guest.sees("For peers and counselors.");
	await shows(guest, "login-sign-in");
	await guest.page.goto("about:blank");
	await guest.page.goto(`${school.url}/enrol#${"ab".repeat(32)}`);
	await guest.sees("Choose a password");
	await shows(guest, "login-enrol");
	await guest.leave();

	const visitor = await Visitor.arrive(school, { url: network.url, ...still });
	await visitor.isAt("Peers are away right now");
	await shows(visitor, "visitor-away");
	const counselor = await Counselor.arrive(school, "rivera", still);
	await counselor.sees("No chats right now");
	await shows(counselor, "oversight-calm");
	const supporter = await Supporter.arrive(school, "juniper", { url: network.url, ...still });
	await supporter.sees("Nobody’s waiting");
	await shows(supporter, "console-quiet");
	await supporter.page.locator(".me").click();
	await shows(supporter, "console-menu");
	await supporter.page.keyboard.press("Escape");

	await visitor.isAt("Want to talk?");
	await shows(visitor, "visitor-welcome");
	await visitor.press("Get help right now");
	await visitor.sees("Call or text 988");
	await shows(visitor, "visitor-help");
	await visitor.page.getByRole("button", { name: "Back", exact: true }).click();
	await visitor.press("English");
	await shows(visitor, "visitor-languages");
	await visitor.page.getByRole("button", { name: "Back", exact: true }).click();
	await visitor.press("Leave a message");
	await visitor.page.getByRole("textbox").fill("There is something I want to say, but not today.");
	await shows(visitor, "visitor-leave");
	await visitor.page.getByRole("textbox").fill("");
	await visitor.page.getByRole("button", { name: "Back", exact: true }).click();
	await visitor.press("Chat now");
	await visitor.press("Friends");
	await visitor.page.getByRole("radio", { name: "Low" }).click();
	await shows(visitor, "visitor-start");
	await visitor.press("Start chat");
	await visitor.isAt("Finding someone");
	await visitor.say("hi. my friends made a group chat without me");
	await visitor.stateIs("Sent. They'll read it when they join");
	await shows(visitor, "visitor-wait");
	await supporter.sees("Somebody’s waiting");
	await shows(supporter, "console-waiting");
	await counselor.sees("Waiting for a peer");
	await shows(counselor, "oversight-waiting");
	const { config } = school.daemon;
	writeFileSync(config, readFileSync(config, "utf8").replace("unanswered = 1h", "unanswered = 1s"));
	school.daemon.process.kill("SIGHUP");
	await counselor.page.getByRole("alert").getByText("Nobody has answered").waitFor();
	await shows(counselor, "oversight-alarm");
	await counselor.press("I’ve seen it");

	await supporter.sayHi();
	await visitor.isAt("Juniper");
	await supporter.say("Hey, I'm glad you wrote.", "That sounds like it really hurt. What's that been like?");
	await visitor.say(
		"kind of lonely. we used to all sit together at lunch and now they go quiet when I come over, and I don't know what I did",
		"حتى أختي لاحظت ذلك",
	);
	await visitor.stateIs("Seen");
	await supporter.say("It took something to say that.");
	await typed(supporter);
	await visitor.page.getByText("It took something").waitFor();
	await shows(visitor, "visitor-live");
	await visitor.press("More");
	await shows(visitor, "visitor-more");
	await visitor.page.keyboard.press("Escape");
	await shows(supporter, "console-live");
	await counselor.sees("It took something to say that.");
	await shows(counselor, "oversight-live");
	const room = await supporter.page.locator(".conv-id h1").textContent();
	await counselor.reads(room);
	await same("the timeline", async () => (await counselor.timeline()).length, 10);
	await shows(counselor, "oversight-timeline");

	const other = await Supporter.arrive(school, "robin", still);
	await supporter.press("Transfer");
	await supporter.page.getByRole("dialog").getByRole("radio", { name: "Robin" }).check({ force: true });
	await shows(supporter, "console-transfer");
	await supporter.press("Ask Robin");
	await supporter.sees("Asking Robin to take over.");
	await shows(supporter, "console-asking");
	await other.sees("asks you to take over");
	await shows(other, "console-hand-over");
	await other.press("Not now");
	await supporter.sees("You still have it.");
	await supporter.press("Dismiss");

	await visitor.press("Show words");
	await visitor.words();
	await shows(visitor, "visitor-words");
	await visitor.page.getByRole("button", { name: "Back", exact: true }).click();
	network.cut();
	for (const one of [visitor, supporter]) {
		await one.page.getByText("No connection.", { exact: true }).first().waitFor();
		await one.say("are you there?");
	}
	await shows(visitor, "visitor-lost");
	await shows(supporter, "console-offline");
	network.mend();
	await becomes("all of it", async () => (await supporter.said()).length === 8 && (await visitor.said()).length === 8);

	await supporter.press("End chat");
	await shows(supporter, "console-end");
	await supporter.page.getByRole("dialog").getByRole("button", { name: "End chat" }).click();
	await visitor.isAt("Chat ended");
	await shows(visitor, "visitor-ended");
	await visitor.press("Read this chat");
	await shows(visitor, "visitor-read");
	await supporter.sees("This chat has ended.");
	await shows(supporter, "console-ended");

	const arabic = await Visitor.arrive(school, { name: "arabic", locale: "ar", ...still });
	await same("the direction", () => arabic.page.locator("html").getAttribute("dir"), "rtl");
	await shows(arabic, "visitor-rtl");
	await arabic.page.locator(".choice--go").click();
	await arabic.page.locator(".w-act .btn").click();
	await arabic.page.locator("textarea").waitFor();
	await arabic.page.locator("textarea").fill("أصدقائي أنشأوا مجموعة بدوني");
	await arabic.page.locator("textarea").press("Enter");
	await supporter.sayHi();
	await supporter.say("مرحبا");
	await same("the talk", async () => (await arabic.said()).length, 2);
	await shows(arabic, "visitor-rtl-live");
	network.close();
	await school.close();
	assert.deepEqual(wrong, []);
}, 1);
