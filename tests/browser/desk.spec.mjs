// What happens around a talk: nobody answers, nobody is on shift, the chat goes from hand to hand,
// a pause, the end of a shift, signing in and out.

import assert from "node:assert/strict";
import { password } from "../wire/school.mjs";
import { Person, becomes, same } from "./browser.mjs";
import { Counselor, Supporter, Visitor, talking } from "./people.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

/* Counts the alarms that sound, and can sound: a looped source in a running context. */
const listening = `(() => {
	window.alarms = 0;
	const { start, stop } = AudioBufferSourceNode.prototype;
	AudioBufferSourceNode.prototype.start = function () {
		window.alarms += this.loop ? 1 : 0;
		start.call(this);
	};
	AudioBufferSourceNode.prototype.stop = function () {
		window.alarms -= this.loop ? 1 : 0;
		stop.call(this);
	};
})()`;

test("an alarm sounds for every counselor until one has seen it", async () => {
	const school = await School.open({ "talk.unanswered": "1h" });
	const first = await Counselor.arrive(school, "rivera", { scripts: [listening] });
	const second = await Counselor.arrive(school, "okafor", { scripts: [listening] });
	const supporter = await Supporter.arrive(school);
	const visitor = await Visitor.arrive(school);
	await visitor.start("Worries");
	await visitor.say("is anybody there");
	await visitor.stateIs("Sent. They'll read it when they join");
	school.setOption("talk.unanswered", "1s"); /* they have waited for longer, and what they wrote is there */
	const room = await becomes("somebody to wait", async () => (await supporter.list("rail-waiting"))[0]);
	for (const one of [first, second]) {
		const band = one.page.getByRole("alert").filter({ hasText: `Nobody has answered ${room}` });
		await band.waitFor();
		await same("the alarm to sound", () => one.page.evaluate("window.alarms"), 1);
	}
	await first.press(`I’ve got it: ${room}`);
	for (const [one, words] of [[first, "You have it"], [second, "Rivera has it"]]) {
		await one.card(room).getByText(words).waitFor();
		await same("the band to be gone", () => one.page.getByRole("alert").count(), 0);
		await same("the alarm to be still", () => one.page.evaluate("window.alarms"), 0);
	}
	await second.sees(`Alarm: nobody has answered ${room}`);
	await second.page.locator(".stream").getByText(`Rivera has ${room}`).waitFor();
	await second.reads(room);
	await same("the timeline", async () => (await second.timeline()).filter((line) => !line.endsWith("told")), [
		"Came in. Worries", `${room} is anybody there`, "Alarm: nobody has answered", "Rivera has it",
	]);
	await visitor.isAt("Finding someone");
	await school.close();
});

test("nobody on shift: a message is left, listed for the next peer, answered, found by the words", async () => {
	const school = await School.open();
	await school.noShifts();
	const counselor = await Counselor.arrive(school);
	const supporter = await Supporter.arrive(school);
	await supporter.sees("You’re off shift");
	const visitor = await Visitor.arrive(school);
	await visitor.isAt("Peers are away right now");
	await visitor.press("Leave a message");
	await visitor.page.getByRole("textbox").fill("for whoever reads this");
	await visitor.press("Send message");
	const words = await visitor.words();
	await visitor.press("Back");
	await visitor.sees("A peer reads it next");
	await visitor.hears(["for whoever reads this"]);
	await counselor.sees("For a peer to answer");

	/* Another one, for counselors only. */
	const shy = await Visitor.arrive(school, { name: "shy" });
	await shy.press("Leave a message");
	await shy.page.getByRole("textbox").fill("only for an adult");
	await shy.page.getByRole("radio", { name: "Only a counselor" }).click();
	await shy.press("Send message");
	await shy.words();
	await shy.press("Back");
	await shy.sees("Only a counselor reads it");
	await counselor.sees("Only for a counselor");
	const rooms = await becomes("two cards", async () => {
		const names = await counselor.page.locator(".room h2").allTextContents();
		return names.length === 2 && names;
	});
	await visitor.press("Quick exit");
	await visitor.sees("Lunch menu");

	/* The shift begins. */
	await school.allDay("juniper");
	await same("the messages left", async () => (await supporter.list("rail-left")).length, 1);
	const [room] = await supporter.list("rail-left");
	assert.ok(rooms.includes(room));
	await supporter.press("Answer");
	await supporter.hears(["for whoever reads this"]);
	await supporter.say("I read it. Thank you for writing.");
	await supporter.stateIs("Sent");
	assert.deepEqual(await supporter.list("rail-left"), []);
	assert.equal(await supporter.page.getByText("only for an adult").count(), 0);

	const elsewhere = await Visitor.arrive(school, { name: "elsewhere" });
	await elsewhere.press("Been here before?");
	await elsewhere.enterWords(words);
	await elsewhere.hears(["for whoever reads this", "I read it. Thank you for writing."]);
	await supporter.stateIs("Seen");
	await elsewhere.say("you read it");
	await supporter.hears(["for whoever reads this", "I read it. Thank you for writing.", "you read it"]);
	await school.close();
});

test("a chat is handed over: declined, then accepted", async () => {
	const school = await School.open();
	const other = await Supporter.arrive(school, "robin");
	await other.page.getByRole("switch", { name: "Taking new chats" }).first().click();
	const { visitor, supporter, room } = await talking(school);
	await other.page.getByRole("switch", { name: "Taking new chats" }).first().click();

	const ask = async () => {
		await supporter.press("Transfer");
		const dialog = supporter.page.getByRole("dialog");
		await dialog.getByText("Robin", { exact: true }).click();
		await dialog.getByRole("button", { name: "Ask Robin" }).click();
		await supporter.sees("Asking Robin to take over. You stay until they say yes.");
		await other.page.getByRole("alert").getByText(`Juniper asks you to take over ${room}`).waitFor();
	};
	await ask();
	await other.press("Not now");
	await supporter.sees(`Robin can’t take ${room} right now. You still have it.`);
	await visitor.isAt("Juniper");
	await supporter.say("still me");
	await visitor.hears(["hello", "still me"]);

	await ask();
	await other.press("Take over");
	await visitor.isAt("Robin");
	await visitor.sees("Robin is here now and can read what you wrote.");
	await supporter.sees(`Robin has ${room} now.`);
	await other.hears(["hello", "still me"]);
	await other.say("hi, I am Robin");
	await visitor.hears(["hello", "still me", "hi, I am Robin"]);
	await visitor.say("hi Robin");
	await other.hears(["hello", "still me", "hi, I am Robin", "hi Robin"]);
	await same("Juniper's chats", () => supporter.list("rail-yours"), []);

	/* Given back to the queue, it waits again with all that was said. */
	await other.press("Transfer");
	await other.page.getByRole("dialog").getByText("They wait for the next free peer.").click();
	await other.page.getByRole("dialog").getByRole("button", { name: "Back to the queue" }).click();
	await visitor.isAt("Finding someone");
	await same("who waits", () => supporter.list("rail-waiting"), [room]);
	await school.close();
});

test("one who pauses is offered nobody; one who is silent loses the chat to the queue", async () => {
	const school = await School.open({ "talk.silent": "1s" });
	const supporter = await Supporter.arrive(school);
	const other = await Supporter.arrive(school, "robin");
	const counselor = await Counselor.arrive(school);
	await supporter.page.getByRole("switch", { name: "Taking new chats" }).first().click();
	await supporter.sees("Taking a break");
	const visitor = await Visitor.arrive(school);
	await visitor.start();
	await visitor.say("anyone");
	await other.sees("Your turn");
	await supporter.notSees("Your turn");
	const [room] = await other.list("rail-waiting");
	await other.sayHi();
	await other.sees(`${room} went back to the queue, because no answer came for a while.`);
	await visitor.sees("Robin had to go. We're finding someone else. Nothing is lost.");
	await visitor.isAt("Finding someone");
	await visitor.hears(["anyone"]);
	await counselor.page.getByRole("alert").getByText(`${room} has lost their peer`).waitFor();
	await school.close();
});

test("a shift's end is said before, and ends", async () => {
	const school = await School.open({ "talk.shift_grace": "1s", "server.time_zone": "UTC" });
	await school.noShifts();
	const now = new Date();
	const until = Math.min(24 * 60, now.getUTCHours() * 60 + now.getUTCMinutes() + 4);
	const time = `${String(Math.floor(until / 60)).padStart(2, "0")}:${String(until % 60).padStart(2, "0")}`;
	const day = now.toLocaleDateString("en-US", { weekday: "short", timeZone: "UTC" });
	await school.hark("shift", "add", "juniper", day, `00:00-${time}`);
	const { visitor, supporter, room } = await talking(school);
	await supporter.page.getByRole("status").getByText(/Your shift ends in \d+ min\./).waitFor();
	await supporter.sees("You still have one chat. Say goodbye, or hand it over.");
	await visitor.sees(/^Juniper's time ends at/);
	await school.noShifts();
	await supporter.sees("Shift over");
	await supporter.sees(`Your shift is over. ${room} went back to the queue.`);
	await visitor.isAt("Finding someone");
	await school.close();
});

test("staff sign in by their page, with the keyboard alone, and out", async () => {
	const school = await School.open();
	for (const [login, path] of [["juniper", "/console"], ["rivera", "/oversight"]]) {
		const person = await Person.arrive(login);
		const { page } = person;
		await page.goto(`${school.url}${path}`);
		await page.waitForURL(`${school.url}/login`);
		await page.getByRole("textbox", { name: "Sign-in name" }).waitFor();
		await page.keyboard.type(login);
		await page.keyboard.press("Tab");
		await page.keyboard.type("not the password");
		await page.keyboard.press("Enter");
		await page.getByRole("alert").waitFor();
		await page.getByLabel("Password", { exact: true }).fill(password(login));
		await page.keyboard.press("Enter");
		await page.waitForURL(`${school.url}${path}`);
		const signedIn = await person.context.cookies();
		assert.deepEqual(signedIn.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]), [["hark", true, "Strict"]]);
		await page.locator(".me").click();
		await page.getByRole("button", { name: "Sign out", exact: true }).click();
		await page.waitForURL(`${school.url}/login`);

		/* Not even one who kept the cookie is let in again. */
		await person.context.addCookies(signedIn);
		await page.goto(`${school.url}${path}`);
		await page.waitForURL(`${school.url}/login`);
	}
	await school.close();
});
