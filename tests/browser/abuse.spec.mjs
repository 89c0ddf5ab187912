// Without addresses: a small sum when many come at once, a code from the school, a supporter who ends
// and tells, a counselor who blocks for a time; and what stays open to the student in all of it.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { frame } from "../wire/client.mjs";
import { Socket, schema } from "../wire/school.mjs";
import { becomes, same } from "./browser.mjs";
import { look } from "./look.mjs";
import { Counselor, Supporter, Visitor, talking } from "./people.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

/* Somebody without a browser opens a chat and waits. */
async function another(school) {
	const socket = await Socket.open(school.port);
	const say = (message) => socket.send(frame("text", JSON.stringify(message)));
	say({ type: "hello", ref: 1, page: "visitor", schema: schema.hash, token: randomBytes(32).toString("hex") });
	say({ type: "room.start", ref: 2, topics: [], to: "now" });
	await socket.wait("an open room", () =>
		socket.take().map((text) => JSON.parse(text)).flatMap((one) => one.events ?? [one]).find(({ ref }) => ref === 2));
	return socket;
}

/* Every request for the worker waits until it is let go. */
async function heldWorker(visitor) {
	let letGo;
	const gone = new Promise((resolve) => (letGo = resolve));
	await visitor.context.route("**/assets/work-*.js", async (route) => {
		await gone;
		await route.continue().catch(() => {});
	});
	return letGo;
}

/* By this page's clock no seconds end until it is let go. */
function holdTime({ page }) {
	return page.evaluate(() => {
		const real = Date.now;
		const at = real();
		Date.now = () => at + (real() - at) / 1000;
		window.letTimeGo = () => (Date.now = real);
	});
}

const focused = ({ page }) => page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.textContent);

test("many at once: the page does a sum, says so, can be stopped, and the chat opens", async () => {
	const school = await School.open({ "limits.rooms_per_min": 1, "limits.waiting": 1 });
	const supporter = await Supporter.arrive(school);
	const others = [await another(school), await another(school)];
	const visitor = await Visitor.arrive(school);
	const letGo = await heldWorker(visitor);
	await visitor.start("Friends");
	await visitor.sees("Checking.");
	assert.deepEqual(await look(visitor, "visitor-checking"), []);
	await visitor.press("Cancel");
	await visitor.isAt("Before you start");
	await visitor.press("Start chat");
	await visitor.sees("Checking.");
	letGo();
	await visitor.notSees("Checking.");
	await same("three to wait", async () => (await supporter.list("rail-waiting")).length, 3);
	await visitor.say("hello");
	await visitor.stateIs("Sent. They'll read it when they join");
	others.forEach((socket) => socket.drop());
	await school.close();
});

test("a code from the school: asked for, wrong, right, with the keyboard alone; an adult needs none", async () => {
	const school = await School.open();
	await school.hark("setting", "set", "codes_required", "yes");
	const sheet = await school.hark("codes", "print", "--count", "2", "--until", "2099-06-30");
	const [code] = sheet.match(/\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/);
	const supporter = await Supporter.arrive(school);
	const visitor = await Visitor.arrive(school);
	const { keyboard } = visitor.page;
	await visitor.press("Chat now");
	const field = visitor.page.getByRole("textbox", { name: "Your school's code" });
	await field.waitFor();
	await visitor.button("Start chat").focus();
	await keyboard.press("Enter");
	await visitor.page.getByRole("alert").getByText("Type your school's code first.").waitFor();
	await same("the field to have the focus", () => field.evaluate((one) => one === document.activeElement), true);
	await keyboard.type("22222-22222");
	await visitor.button("Friends").focus();
	await keyboard.press("Space");
	await visitor.button("Start chat").focus();
	await keyboard.press("Enter");
	await visitor.page.getByRole("alert").getByText("This code doesn't open a chat.").waitFor();
	assert.equal(await field.inputValue(), "22222-22222");
	await same("the topic to be kept", () => visitor.button("Friends").getAttribute("aria-pressed"), "true");
	assert.deepEqual(await look(visitor, "visitor-code"), []);
	await same("the field to have the focus", () => field.evaluate((one) => one === document.activeElement), true);
	await keyboard.press("Control+A");
	await keyboard.type(code.toLowerCase().replace("-", " "));
	await visitor.button("Start chat").focus();
	await keyboard.press("Enter");
	await visitor.isAt("Finding someone");
	await same("one to wait", async () => (await supporter.list("rail-waiting")).length, 1);

	const shy = await Visitor.arrive(school, { name: "shy" });
	await shy.press("I need an adult");
	await shy.press("Ask for an adult");
	await shy.sees("You asked for an adult");
	await school.close();
});

test("a supporter ends and tells; the student is told until when, and an adult can still be called", async () => {
	const school = await School.open();
	const counselor = await Counselor.arrive(school);
	const { visitor, supporter, room } = await talking(school);
	const { keyboard } = supporter.page;

	/* A slip: seen, and undone. */
	await holdTime(supporter);
	await supporter.press("End and tell a counselor");
	await supporter.page.getByRole("alert").getByText("Ending this chat and telling a counselor.").waitFor();
	await same("the focus", () => focused(supporter), "End and tell a counselor");
	assert.deepEqual(await look(supporter, "console-report"), []);
	await keyboard.press("Escape");
	await supporter.notSees("Ending this chat");
	await same("the focus to be back", () => supporter.field.evaluate((field) => field === document.activeElement), true);
	await supporter.page.evaluate("window.letTimeGo()");
	await visitor.say("still here");
	await supporter.hears(["hello", "still here"]);
	await visitor.isAt("Juniper");

	/* One tap, and nothing else: the seconds end. A key that is pressed twice changes nothing. */
	await supporter.button("End and tell a counselor").focus();
	await keyboard.press("Enter");
	await same("the focus", () => focused(supporter), "End and tell a counselor");
	await keyboard.press("Enter");
	await visitor.isAt("Chat ended");
	await visitor.sees(/You can write again/);
	await supporter.sees("This chat has ended, and a counselor was told.");
	await same("the focus to go on", () => focused(supporter), "Put away");
	assert.deepEqual(await look(visitor, "visitor-blocked-ended"), []);

	/* A counselor is told why, sees how long, and lifts it. */
	await counselor.page.locator(".stream .ev").filter({ hasText: `blocked ${room}` }).first().click();
	const band = counselor.page.locator(".flagged--block");
	await band.getByText(/^Blocked until/).waitFor();
	assert.deepEqual(await look(counselor, "oversight-blocked"), []);
	await band.getByRole("button", { name: "Lift it" }).click();
	await band.waitFor({ state: "detached" });
	await visitor.notSees(/You can write again/);
	await visitor.button("Keep talking").waitFor();

	/* And may block in turn, for longer. */
	await counselor.press("Block");
	const dialog = counselor.page.getByRole("dialog");
	await dialog.getByRole("radio", { name: "1 day" }).check();
	await dialog.getByRole("textbox", { name: "Why?" }).fill("Threatened a supporter");
	assert.deepEqual(await look(counselor, "oversight-block"), []);
	await dialog.getByRole("button", { name: "Block" }).click();
	await band.getByText(/^Blocked until/).waitFor();
	await visitor.sees(/You can write again tomorrow/);

	/* An adult can be called all the same, and then be written to. */
	await visitor.press("I need an adult");
	await visitor.sees("Call or text 988");
	await visitor.press("Ask for an adult");
	await visitor.sees("You asked for an adult");
	await visitor.page.getByRole("button", { name: "Back", exact: true }).click();
	await becomes("the field to be back", () => visitor.field.isVisible());
	await visitor.say("i am sorry");
	await visitor.stateIs("Sent");
	assert.deepEqual(await look(visitor, "visitor-blocked-adult"), []);
	await counselor.hears(["hello", "still here", "i am sorry"]);
	await school.close();
});

test("whoever is rude and ends the chat in those seconds is told of all the same", async () => {
	const school = await School.open();
	const counselor = await Counselor.arrive(school);
	const { visitor, supporter, room } = await talking(school);
	await holdTime(supporter);
	await supporter.press("End and tell a counselor");
	await supporter.sees("Ending this chat and telling a counselor.");
	await visitor.more("End chat");
	await visitor.isAt("Chat ended");
	await supporter.sees(`${room} has ended the chat. Telling a counselor.`);
	assert.deepEqual(await look(supporter, "console-report-left"), []);
	await supporter.page.evaluate("window.letTimeGo()");
	await supporter.sees("This chat has ended, and a counselor was told.");
	await visitor.sees(/You can write again/);
	await counselor.page.locator(".stream .ev").filter({ hasText: `blocked ${room}` }).first().waitFor();
	await school.close();
});

test("what one tap began is done at once with a reason, and at once when the page is left", async () => {
	const school = await School.open();
	const counselor = await Counselor.arrive(school);
	const { visitor, supporter, room } = await talking(school);
	const other = await Visitor.arrive(school, { name: "other" });
	await other.start();
	await other.say("hi");
	await supporter.sayHi();
	await other.isAt("Juniper");
	const name = supporter.page.locator(".conv-id h1");
	await becomes("the other chat to be open", async () => (await name.textContent()) !== room);
	const left = await name.textContent();

	await holdTime(supporter);
	await supporter.press("End and tell a counselor");
	await supporter.sees("Ending this chat");
	await supporter.page.locator("section[aria-labelledby=rail-yours]").getByText(room).click();
	await supporter.sees(`Ending the chat with ${left}`);
	await supporter.press("End and tell a counselor");
	await supporter.page.getByRole("main").getByRole("button", { name: "A threat" }).click();
	await visitor.isAt("Chat ended");
	await supporter.sees("This chat has ended, and a counselor was told.");
	assert.equal(await other.title(), "Juniper", "the other chat goes on until its seconds end");

	await supporter.page.goto("about:blank");
	await other.isAt("Chat ended");
	for (const each of [room, left]) {
		await counselor.page.locator(".stream .ev").filter({ hasText: `blocked ${each}` }).first().waitFor();
	}
	await school.close();
});
