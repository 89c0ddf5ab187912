// Every page in every state: looked at by axe, measured where there is little room, and photographed,
// on a phone and on a desktop, light and dark, into build/screenshots/PAGE-STATE-SIZE-SCHEME.png.

import assert from "node:assert/strict";
import { Person, same } from "./browser.mjs";
import { look } from "./look.mjs";
import { Overseer } from "./overseer.mjs";
import { Counselor, Supporter, Visitor } from "./people.mjs";
import { Network } from "./proxy.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

/* Runs a tour, which calls shows(person, name) for each state; axe must have had nothing to say. */
function tour(name, options, body) {
	test(`${name}: nothing for axe to say in any state, and pictures`, async () => {
		const wrong = [];
		const school = await School.open(options);
		const network = await Network.open(school.door);
		await body(school, async (person, state) => void wrong.push(...(await look(person, state))), network);
		network.close();
		await school.close();
		assert.deepEqual(wrong, []);
	}, 1);
}

const alone = "kind of lonely. we used to all sit together at lunch and now they go quiet when I come over, and I don't know what I did";

/* A talk with some words in it. */
async function theyTalk(visitor, supporter) {
	await supporter.sayHi();
	await visitor.isAt("Juniper");
	await supporter.say("Hey, I'm glad you wrote.", "That sounds like it really hurt. What's that been like?");
	await visitor.say(alone, "حتى أختي لاحظت ذلك");
	await visitor.stateIs("Seen");
	await supporter.say("It took something to say that.");
	await supporter.stateIs("Seen");
}

async function theyMeet(school, urls = {}) {
	const supporter = await Supporter.arrive(school, "juniper", urls);
	const visitor = await Visitor.arrive(school, urls);
	await visitor.start("Friends");
	await visitor.say("hi. my friends made a group chat without me");
	await visitor.stateIs("Sent. They'll read it when they join");
	return { supporter, visitor };
}

tour("the student's page", {}, async (school, shows, network) => {
	const visitor = await Visitor.arrive(school, { url: network.url });
	const back = () => visitor.page.getByRole("button", { name: "Back", exact: true }).click();
	await visitor.isAt("Peers are away right now");
	await shows(visitor, "visitor-away");
	const supporter = await Supporter.arrive(school);
	await visitor.isAt("Want to talk?");
	await shows(visitor, "visitor-welcome");
	await visitor.press("Get help right now");
	await visitor.sees("Call or text 988");
	await shows(visitor, "visitor-help");
	await back();
	await visitor.press("English");
	await shows(visitor, "visitor-languages");
	await back();
	await visitor.press("Leave a message");
	await visitor.page.getByRole("textbox").fill("There is something I want to say, but not today.");
	await shows(visitor, "visitor-leave");
	await visitor.page.getByRole("textbox").fill("");
	await back();
	await visitor.press("Chat now");
	await visitor.press("Friends");
	await visitor.page.getByRole("radio", { name: "Low" }).click();
	await shows(visitor, "visitor-start");
	await visitor.press("Start chat");
	await visitor.isAt("Finding someone");
	await visitor.say("hi. my friends made a group chat without me");
	await visitor.stateIs("Sent. They'll read it when they join");
	await shows(visitor, "visitor-wait");
	await theyTalk(visitor, supporter);
	await shows(visitor, "visitor-live");
	await visitor.press("More");
	await shows(visitor, "visitor-more");
	await visitor.page.keyboard.press("Escape");
	await visitor.press("Show words");
	await visitor.words();
	await shows(visitor, "visitor-words");
	await back();
	network.cut();
	await visitor.page.getByText("No connection.", { exact: true }).waitFor();
	await visitor.say("are you there?");
	await shows(visitor, "visitor-lost");
	network.mend();
	await visitor.stateIs("Seen");
	await supporter.end();
	await visitor.isAt("Chat ended");
	await shows(visitor, "visitor-ended");
	await visitor.press("Read this chat");
	await shows(visitor, "visitor-read");
	await visitor.leave();

	const arabic = await Visitor.arrive(school, { name: "arabic", locale: "ar" });
	await same("the direction", () => arabic.page.locator("html").getAttribute("dir"), "rtl");
	await shows(arabic, "visitor-rtl");
	await arabic.page.locator(".choice--go").click();
	await arabic.page.locator(".w-act .btn").click();
	await arabic.page.locator("textarea").fill("أصدقائي أنشأوا مجموعة بدوني");
	await arabic.page.locator("textarea").press("Enter");
	await supporter.sayHi();
	await supporter.say("مرحبا");
	await arabic.hears(["أصدقائي أنشأوا مجموعة بدوني", "مرحبا"]);
	await shows(arabic, "visitor-rtl-live");
});

tour("the console", {}, async (school, shows, network) => {
	const other = await Supporter.arrive(school, "robin");
	await other.sees("Nobody’s waiting");
	await shows(other, "console-quiet");
	await other.page.locator(".me").click();
	await shows(other, "console-menu");
	await other.page.keyboard.press("Escape");
	await other.page.getByRole("switch", { name: "Taking new chats" }).first().click();
	await other.sees("Taking a break");
	await shows(other, "console-paused");
	await Counselor.arrive(school);
	const { visitor, supporter } = await theyMeet(school, { url: network.url });
	await supporter.sees("Somebody’s waiting");
	await shows(supporter, "console-waiting");
	await theyTalk(visitor, supporter);
	await shows(supporter, "console-live");
	await other.page.getByRole("switch", { name: "Taking new chats" }).first().click();
	await supporter.press("Transfer");
	await supporter.page.getByRole("dialog").getByText("0 of 3 chats").waitFor();
	await supporter.page.getByRole("dialog").getByText("Robin", { exact: true }).click();
	await shows(supporter, "console-transfer");
	await supporter.press("Ask Robin");
	await supporter.sees("Asking Robin to take over.");
	await shows(supporter, "console-asking");
	await other.sees("asks you to take over");
	await shows(other, "console-hand-over");
	await other.press("Not now");
	await supporter.sees("You still have it.");
	await supporter.press("Dismiss");
	network.cut();
	await supporter.page.getByText("No connection.", { exact: true }).waitFor();
	await supporter.say("are you there?");
	await shows(supporter, "console-offline");
	network.mend();
	await supporter.stateIs("Seen");
	await supporter.press("End chat");
	await shows(supporter, "console-end");
	await supporter.page.getByRole("dialog").getByRole("button", { name: "End chat" }).click();
	await supporter.sees("This chat has ended.");
	await shows(supporter, "console-ended");
});

tour("an adult is called", {}, async (school, shows) => {
	const { visitor, supporter } = await theyMeet(school);
	await theyTalk(visitor, supporter);
	await supporter.press("Get an adult");
	const dialog = supporter.page.getByRole("dialog", { name: "Get an adult" });
	await dialog.getByRole("alert").waitFor();
	await shows(supporter, "console-adult");
	await dialog.getByRole("button", { name: "Get an adult" }).click();
	await supporter.sees("Nobody could be reached yet.");
	await shows(supporter, "console-adult-nobody");
	await visitor.sees("Nobody can be reached yet");
	await shows(visitor, "visitor-adult-nobody");
	const counselor = await Overseer.arrive(school);
	const { escalation, room } = await counselor.call();
	await counselor.ask({ type: "escalation.take", escalation });
	await counselor.ask({ type: "room.open", room, after: 0 });
	await counselor.ask({ type: "note.send", room, id: "ab".repeat(16), body: "Ask whether she is safe where she is now." });
	await supporter.sees("Rivera to you only");
	await shows(supporter, "console-adult-heard");
	await visitor.page.locator(".note--dusk").getByRole("button", { name: "More" }).click();
	await visitor.sees("Rivera is on it");
	await shows(visitor, "visitor-adult-asked");
	await visitor.page.getByText("You can say who you are.").click();
	await shows(visitor, "visitor-adult-offer");
	await visitor.press("Back");
	await counselor.ask({ type: "room.step_in", room, alone: false });
	await counselor.ask({ type: "chat.send", room, id: "cd".repeat(16), body: "Hi. Thank you for trusting us with this." });
	await visitor.sees("Rivera joined this chat");
	await shows(visitor, "visitor-adult-joined");
	await shows(supporter, "console-adult-joined");
	counselor.leave();
});

tour("the oversight page, and signing in", { "talk.unanswered": "1h" }, async (school, shows) => {
	const guest = await Person.arrive("guest");
	await guest.page.goto(`${school.url}/login`);
	await guest.sees("For peers and counselors.");
	await shows(guest, "login-sign-in");
	await guest.page.goto("about:blank");
	await guest.page.goto(`${school.url}/enrol#${"ab".repeat(32)}`);
	await guest.sees("Choose a password");
	await shows(guest, "login-enrol");
	await guest.leave();

	const counselor = await Counselor.arrive(school);
	await counselor.sees("No chats right now");
	await shows(counselor, "oversight-calm");
	const { visitor, supporter } = await theyMeet(school);
	await counselor.sees("Waiting for a peer");
	await shows(counselor, "oversight-waiting");
	school.setOption("talk.unanswered", "1s");
	await counselor.page.getByRole("alert").getByRole("heading", { name: /^Nobody has answered/ }).waitFor();
	await shows(counselor, "oversight-alarm");
	await counselor.press("I’ve got it");
	await theyTalk(visitor, supporter);
	await counselor.sees("It took something to say that.");
	await shows(counselor, "oversight-live");
	await counselor.reads(await supporter.page.locator(".conv-id h1").textContent());
	await same("the timeline", async () => (await counselor.timeline()).length, 12);
	await shows(counselor, "oversight-timeline");
});

tour("looking back and setting up", {}, async (school, shows) => {
	await school.hark("phrase", "import", "examples/phrases/en.txt");
	const chen = await Counselor.arrive(school, "chen");
	await chen.page.getByRole("banner").getByRole("switch").click();
	const { visitor, supporter } = await theyMeet(school);
	await theyTalk(visitor, supporter);
	const room = await supporter.page.locator(".conv-id h1").textContent();
	await chen.reads(room);
	await chen.page.getByRole("textbox", { name: "What is it about?" }).fill("Left out by friends");
	await chen.press("Open a case");
	await chen.sees(/Case \d\d-001/);
	await chen.page.getByRole("textbox", { name: "New note" }).fill("Meets the counselor at noon.");
	await chen.press("Add the note");
	await chen.sees("Meets the counselor at noon.");
	await shows(chen, "back-room");
	const bar = chen.page.getByRole("navigation");
	const goes = async (page) => {
		if (["Watch phrases", "Audit", "Settings"].includes(page)) {
			await bar.getByRole("button", { name: "More" }).click();
		}
		await bar.getByRole("button", { name: page }).click();
	};
	for (const width of [1024, 1100, 1280, 1440]) {
		await chen.page.setViewportSize({ width, height: 800 });
		await same(`the bar to fit into ${width} px`, () => chen.page.evaluate(() => {
			const top = document.querySelector(".top");
			return top.scrollWidth - top.clientWidth;
		}), 0);
		await same(`words in the bar at ${width} px`, () => bar.getByText("Past chats").evaluate((one) => one.offsetWidth > 20), width >= 1100);
	}
	await goes("Search");
	await chen.page.getByRole("searchbox", { name: "Words" }).fill("lonely");
	await chen.page.getByRole("search").getByRole("button", { name: "Search", exact: true }).click();
	await chen.page.locator(".hits mark").first().waitFor();
	await shows(chen, "back-search");
	await goes("Past chats");
	await chen.page.locator(".hits").getByText(room).waitFor();
	await shows(chen, "back-past");
	await chen.press(`Export ${room}`);
	await shows(chen, "back-export");
	await chen.page.keyboard.press("Escape");
	await goes("Audit");
	await chen.page.getByText("words: lonely").waitFor();
	await shows(chen, "back-audit");
	await goes("Watch phrases");
	await chen.page.locator(".sheet tbody tr").first().waitFor();
	await shows(chen, "back-phrases");
	await chen.press("Add a phrase");
	await shows(chen, "back-phrase");
	await chen.page.keyboard.press("Escape");
	await goes("Settings");
	await chen.sees("Name of the school");
	await shows(chen, "back-settings");
	await chen.press("Alerts");
	await shows(chen, "back-alerts");
	await chen.page.keyboard.press("Escape");
	await goes("Cases");
	await chen.page.getByRole("button", { name: /Left out by friends/ }).waitFor();
	await shows(chen, "back-cases");
	await chen.page.getByRole("button", { name: /Left out by friends/ }).click();
	await chen.sees("Meets the counselor at noon.");
	await shows(chen, "back-case");
	await chen.page.getByRole("button", { name: "Print" }).click();
	await chen.page.getByRole("textbox", { name: "What is it for?" }).fill("Meeting with the principal");
	await chen.press("Make the record");
	await chen.sees(/Disclosure \d+/);
	await shows(chen, "back-record");
});
