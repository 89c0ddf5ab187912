// What counselors do beside watching: a call for an adult is taken, notes are written, one steps in,
// words to look at are marked, cases are kept and printed, sealed details are opened on a clock.

import assert from "node:assert/strict";
import { password } from "../wire/school.mjs";
import { becomes, same } from "./browser.mjs";
import { Counselor, Supporter, Visitor, talking } from "./people.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

const band = (one) => one.page.getByRole("region", { name: "An adult is asked for" });
const dialog = (one) => one.page.getByRole("dialog");

/* Somebody who waits and has said a word, and what their room is called. */
async function waiting(school, counselor) {
	await Supporter.arrive(school);
	const visitor = await Visitor.arrive(school);
	await visitor.start("Family");
	await visitor.say("hello");
	await counselor.sees("Waiting for a peer");
	return { visitor, room: await counselor.page.locator(".room h2").first().textContent() };
}

async function asksForAnAdult(visitor, note) {
	await visitor.press("I need an adult");
	await visitor.page.getByRole("textbox", { name: /What should they know/ }).fill(note);
	await visitor.press("Ask for an adult");
	await visitor.sees("You asked for an adult");
}

test("a call for an adult is one counselor's, seen by the others at once; handed on; closed", async () => {
	const school = await School.open();
	const rivera = await Counselor.arrive(school, "rivera");
	const okafor = await Counselor.arrive(school, "okafor");
	const { visitor, room } = await waiting(school, rivera);
	await asksForAnAdult(visitor, "i can't say it to a peer");
	for (const one of [rivera, okafor]) {
		await band(one).getByRole("alert").getByText(`${room} asked for an adult`).waitFor();
		await band(one).getByText("i can't say it to a peer").waitFor();
		assert.equal(await one.page.title(), "● Hark");
	}

	/* Read first: it goes on for everybody until somebody has it. */
	await rivera.press(`Read first: ${room}`);
	await rivera.page.getByRole("log").getByText("hello").waitFor();
	await band(okafor).getByText("Rivera is reading. Nobody has it yet.").waitFor();
	await rivera.press(`I’ve got it: ${room}`);
	await band(rivera).getByText(`You have ${room}`).waitFor();
	await band(okafor).getByText(`Rivera has ${room}`).waitFor();
	await same("nothing to ring any more", () => okafor.page.title(), "Hark");
	await okafor.card(room).getByText("Rivera has it").waitFor();
	await same("nobody else to take it", () => okafor.button("I’ve got it").count(), 0);

	await rivera.press(`Hand on: ${room}`);
	await dialog(rivera).getByRole("radio", { name: "Okafor" }).check();
	await dialog(rivera).getByRole("button", { name: "Hand it on" }).click();
	await band(okafor).getByText("Rivera hands this to you.").waitFor();
	await okafor.press(`I’ve got it: ${room}`);
	await band(rivera).getByText(`Okafor has ${room}`).waitFor();

	await okafor.press(`Close: ${room}`);
	await dialog(okafor).getByRole("radio", { name: "There is a plan" }).check();
	await dialog(okafor).getByRole("button", { name: "Close the call" }).click();
	for (const one of [rivera, okafor]) {
		await same("the band to be gone", () => band(one).count(), 0);
	}
	await rivera.sees("Okafor closed the call. There is a plan");
	await school.close();
});

test("a private note and stepping in: who sees what, and stepping out again", async () => {
	const school = await School.open();
	const counselor = await Counselor.arrive(school);
	const { visitor, supporter, room } = await talking(school);
	await counselor.reads(room);
	await counselor.press("Note to Juniper");
	await dialog(counselor).getByRole("button", { name: "You’re doing well" }).click();
	await dialog(counselor).getByRole("button", { name: "Send" }).click();
	await counselor.sees("Private note from Rivera to Juniper. They never see it.");
	await supporter.sees("You’re doing well.");

	await counselor.press("Step in");
	await dialog(counselor).getByText("Rivera joined this chat").waitFor();
	await dialog(counselor).getByRole("textbox", { name: "Your first words" }).fill("Hi. I am here now.");
	await dialog(counselor).getByRole("button", { name: "Step in" }).click();
	await counselor.sees("You’re in this chat");
	for (const one of [visitor, supporter]) {
		await one.sees("Hi. I am here now.");
	}
	const field = counselor.page.getByRole("textbox", { name: "Write to both, as Rivera" });
	await field.fill("You don't have to answer.");
	await field.press("Enter");
	await visitor.sees("You don't have to answer.");
	await visitor.say("ok");
	await same("the words in order", () => counselor.said(), ["hello", "You’re doing well.", "Hi. I am here now.", "You don't have to answer.", "ok"]);
	assert.equal(await visitor.page.getByText("You’re doing well.").count(), 0);

	await counselor.press("Step out");
	await dialog(counselor).getByRole("button", { name: "Step out" }).click();
	await counselor.sees("Reading only");
	await counselor.sees("Rivera left the chat");
	await school.close();
});

test("words to look at are marked in the card, the stream and the room until somebody has looked", async () => {
	const school = await School.open();
	await school.hark("phrase", "add", "en", "high", "Safety at home", "anywhere", "go home");
	const counselor = await Counselor.arrive(school);
	const { visitor, room } = await talking(school);
	await visitor.say("\u{1f622} i dont want to go home today");
	const card = counselor.card(room);
	await card.getByText("Look now").waitFor();
	await same("the words that matched", () => card.locator("mark").evaluate((mark) => mark.firstChild.data), "go home");
	await counselor.page.locator(".stream mark").waitFor();
	await counselor.page.getByRole("radio", { name: /^Flagged/ }).click();
	await same("the flagged cards", () => counselor.page.locator(".room").count(), 1);
	await counselor.reads(room);
	const spoken = counselor.page.getByRole("log").locator("mark");
	await same("what is heard of it", async () => (await spoken.textContent()).trim(), "go home (words to look at: Safety at home)");
	await counselor.page.getByRole("button", { name: "Looked at it" }).click();
	await counselor.notSees("Look now");
	assert.equal(await spoken.count(), 1, "the mark itself stays");
	await school.close();
});

test("a case: opened, a step done, one held back with its reason, a note; seen by a colleague; printed", async () => {
	const school = await School.open();
	const rivera = await Counselor.arrive(school, "rivera");
	const okafor = await Counselor.arrive(school, "okafor");
	const { room } = await waiting(school, rivera);
	await rivera.reads(room);
	await rivera.page.getByRole("textbox", { name: "What is it about?" }).fill("Safety at home");
	await rivera.press("Open a case");
	await rivera.sees(/Case \d\d-001/);
	const tier = rivera.page.getByRole("radio", { name: /One to one/ });
	await tier.click();
	await same("the tier on disk", () => tier.isChecked(), true);
	const steps = rivera.page.locator(".cs li");
	const before = await steps.count();
	await rivera.press("Add a step");
	await rivera.page.getByRole("textbox", { name: "What is to be done?" }).fill("Call the nurse");
	await rivera.page.getByRole("textbox", { name: "What is to be done?" }).press("Enter");
	await same("one more step", () => steps.count(), before + 1);
	await rivera.page.getByRole("checkbox", { name: "Done: Call the nurse" }).click();
	await steps.last().getByText(/^Rivera, /).waitFor();
	await rivera.press("Add a step");
	await rivera.page.getByRole("textbox", { name: "What is to be done?" }).fill("Tell a parent");
	await rivera.page.getByRole("textbox", { name: "What is to be done?" }).press("Enter");
	await rivera.press("Hold back: Tell a parent");
	await dialog(rivera).getByRole("textbox", { name: "Why it waits" }).fill("Home may not be safe");
	await dialog(rivera).getByRole("button", { name: "Hold it back" }).click();
	await rivera.sees("Home may not be safe");
	await rivera.page.getByRole("textbox", { name: "New note" }).fill("Meets the nurse at noon.");
	await rivera.press("Add the note");
	await rivera.sees("Meets the nurse at noon.");

	await okafor.press("Cases");
	await okafor.page.getByRole("button", { name: /Safety at home/ }).click();
	await okafor.sees("Meets the nurse at noon.");
	await rivera.page.getByRole("checkbox", { name: "Done: Call the nurse" }).click();
	await same("the change on the other page", () => okafor.page.getByRole("checkbox", { name: "Done: Call the nurse" }).isChecked(), false);

	await rivera.page.getByRole("button", { name: "Print" }).click();
	await dialog(rivera).getByRole("textbox", { name: "What is it for?" }).fill("Meeting with the principal");
	await dialog(rivera).getByRole("button", { name: "Make the record" }).click();
	await rivera.page.getByText(/^The record is ready\. Disclosure \d+/).waitFor();
	await rivera.page.emulateMedia({ media: "print" });
	for (const [text, there] of [["Meets the nurse at noon.", true], ["Home may not be safe", true], ["Live", false]]) {
		assert.equal(await rivera.page.getByText(text).first().isVisible(), there, `${text} on paper`);
	}
	const sheets = String(await rivera.page.pdf({ format: "Letter" })).match(/\/Type\s*\/Page\b/g);
	assert.ok(sheets.length >= 1);
	await school.close();
});

test("sealed details: opened with a reason, told to every counselor, gone by the clock and on closing", async () => {
	const school = await School.open({ "escrow.open": "60s" });
	const rivera = await Counselor.arrive(school, "rivera");
	const okafor = await Counselor.arrive(school, "okafor");
	const { room } = await waiting(school, rivera);
	await rivera.reads(room);
	const open = async () => {
		await rivera.press("Find out");
		await dialog(rivera).getByRole("radio", { name: "Someone may hurt them" }).check();
		await dialog(rivera).getByRole("textbox", { name: "What did you read or hear?" }).fill("Says home is not safe today.");
		await dialog(rivera).getByLabel("Your password").fill(password("rivera"));
		await dialog(rivera).getByRole("button", { name: "Open sealed details" }).click();
	};
	await open();
	const opened = rivera.page.getByRole("region", { name: "Sealed details" });
	await opened.getByText("127.0.0.1").waitFor();
	await okafor.page.getByRole("alert").getByText(`Rivera opened sealed details of ${room}.`).waitFor();
	assert.equal(await okafor.page.getByText("127.0.0.1").count(), 0);
	await opened.getByRole("button", { name: "Close now" }).click();
	await same("nothing of it on the page", () => rivera.page.getByText("127.0.0.1").count(), 0);

	await open();
	await opened.getByText("127.0.0.1").waitFor();
	await rivera.page.evaluate(() => {
		const real = Date.now;
		Date.now = () => real() + 61_000; /* the minute is over */
	});
	await same("the clock to close it", () => opened.count(), 0);
	await same("nothing of it on the page", () => rivera.page.getByText("127.0.0.1").count(), 0);
	await school.close();
});

/* Presses Tab until the focus is on what bears this name. */
async function tabTo(one, name) {
	await becomes(`the focus to reach ${name}`, async () => {
		await one.page.keyboard.press("Tab");
		const at = await one.page.evaluate(() => {
			const { activeElement: element } = document;
			return element?.getAttribute("aria-label") ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "";
		});
		return at.trim().startsWith(name);
	});
}

test("all of it by keyboard: a call read, taken, a note sent, stepped in, closed", async () => {
	const school = await School.open();
	const counselor = await Counselor.arrive(school);
	const { visitor, supporter, room } = await talking(school);
	await asksForAnAdult(visitor, "please");
	await band(counselor).getByText(`${room} asked for an adult`).waitFor();
	const { keyboard } = counselor.page;
	await tabTo(counselor, `Read first: ${room}`);
	await keyboard.press("Enter");
	await same("the room's name to have the focus", () => counselor.page.evaluate(() => document.activeElement.textContent), room);
	await tabTo(counselor, "Note to Juniper");
	await keyboard.press("Enter");
	await dialog(counselor).waitFor();
	await tabTo(counselor, "Note");
	await keyboard.type("I am coming in");
	await tabTo(counselor, "Send");
	await keyboard.press("Enter");
	await supporter.sees("I am coming in");
	await same("the dialog to be gone", () => dialog(counselor).count(), 0);
	await same("the focus to be back", () => counselor.page.evaluate(() => document.activeElement.textContent), "Note to Juniper");
	await tabTo(counselor, "Step in");
	await keyboard.press("Enter");
	await dialog(counselor).waitFor();
	await keyboard.press("Escape");
	await same("Escape to close only the dialog", () => dialog(counselor).count(), 0);
	await counselor.sees("Reading only");
	await keyboard.press("Enter");
	await dialog(counselor).waitFor();
	await tabTo(counselor, "Your first words");
	await keyboard.type("I am here");
	await tabTo(counselor, "Juniper stays");
	await keyboard.press("ArrowDown");
	await keyboard.press("ArrowUp");
	await keyboard.press("Enter");
	await visitor.sees("I am here");
	await tabTo(counselor, `I’ve got it: ${room}`);
	await keyboard.press("Enter");
	await band(counselor).getByText(`You have ${room}`).waitFor();
	await tabTo(counselor, `Close: ${room}`);
	await keyboard.press("Enter");
	await dialog(counselor).waitFor();
	await tabTo(counselor, "They are safe");
	await keyboard.press("Space");
	await keyboard.press("Enter");
	await same("the band to be gone", () => band(counselor).count(), 0);
	await school.close();
});
