// An adult is called, heard and seen: from a visitor while nobody is on shift, from a supporter, and
// without a network. The counselor is a wire client here; the counselors' own page has its own specs.

import assert from "node:assert/strict";
import { same } from "./browser.mjs";
import { Overseer } from "./overseer.mjs";
import { Supporter, Visitor, talking } from "./people.mjs";
import { Network } from "./proxy.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

const id = (letter) => letter.repeat(32);

test("nobody is on shift, no counselor is there: a visitor asks for an adult, and is heard", async () => {
	const school = await School.open();
	await school.noShifts();
	const visitor = await Visitor.arrive(school);
	await visitor.sees("Peers are away right now");
	await visitor.press("I need an adult");
	await visitor.isAt("I need an adult");
	await visitor.page.getByRole("textbox", { name: "What should they know?" }).fill("it is about home");
	await visitor.press("Ask for an adult");
	await same("the call to be heard", () => visitor.page.getByRole("status").getByRole("heading").textContent(),
		"You asked for an adult");
	await visitor.sees("No counselor can be reached right now. We keep trying.");
	await visitor.page.getByRole("link", { name: /Call 911/ }).waitFor();

	const counselor = await Overseer.arrive(school);
	const { escalation, room, source, note } = await counselor.call();
	assert.deepEqual([source, note], ["visitor", "it is about home"]);
	await visitor.notSees("No counselor can be reached right now. We keep trying.");
	await counselor.ask({ type: "escalation.open", escalation });
	await same("that it was seen", () => visitor.page.getByRole("status").getByRole("heading").textContent(),
		"A counselor has seen this");
	await counselor.ask({ type: "escalation.take", escalation });
	await visitor.sees("Rivera is on it");

	await visitor.press("Back");
	await counselor.ask({ type: "room.step_in", room, alone: false });
	await visitor.isAt("Rivera");
	await visitor.sees("Rivera joined this chat");
	await visitor.sees("You still don't have to give your name.");
	await counselor.ask({ type: "chat.send", room, id: id("a"), body: "Hello. Are you safe?" });
	await visitor.hears(["Hello. Are you safe?"]);
	await visitor.say("yes");
	await visitor.hears(["Hello. Are you safe?", "yes"]);
	await counselor.ask({ type: "room.step_out", room });
	await visitor.sees("Rivera left this chat.");
	await visitor.isAt("Your message is kept");
	counselor.leave();
	await school.close();
});

test("a supporter calls: each step is seen, the note by nobody else, the counselor by both", async () => {
	const school = await School.open();
	const counselor = await Overseer.arrive(school);
	const { visitor, supporter, room: name } = await talking(school);
	await supporter.page.getByRole("button", { name: "Get an adult" }).focus();
	await supporter.page.keyboard.press("Enter");
	const dialog = supporter.page.getByRole("dialog", { name: "Get an adult" });
	await dialog.waitFor();
	/* By keyboard alone: the reason, a few words, and off it goes. */
	await same("the chosen reason to have the focus", () => dialog.getByRole("radio", { checked: true }).evaluate((one) =>
		one === document.activeElement), true);
	await supporter.page.keyboard.press("ArrowUp");
	await dialog.getByRole("radio", { name: "They asked for an adult", checked: true }).waitFor();
	await supporter.page.keyboard.press("Tab");
	await supporter.page.keyboard.type("says home is not safe");
	await dialog.getByRole("button", { name: "Get an adult" }).focus();
	await supporter.page.keyboard.press("Enter");

	const call = await counselor.call();
	const { escalation, room } = call;
	assert.deepEqual([call.source, call.reason, call.by, call.note],
		["supporter", "asked", "Juniper", "says home is not safe"]);
	const heading = supporter.page.getByRole("region", { name: "The call for an adult" }).getByRole("heading");
	await visitor.sees("A counselor was asked for");
	await counselor.ask({ type: "escalation.open", escalation });
	await same("that it was opened", () => heading.textContent(), "Rivera has opened it");
	await counselor.ask({ type: "escalation.take", escalation });
	await same("that it was taken", () => heading.textContent(), "Rivera is on it");

	await counselor.ask({ type: "room.open", room, after: 0 });
	await supporter.sees("Rivera is reading along");
	await counselor.ask({ type: "note.send", room, id: id("b"), body: "Ask where she is now" });
	await supporter.sees("Rivera to you only");
	await supporter.sees("Ask where she is now");
	await supporter.page.reload(); /* comes again, once */
	await same("the note once", () => supporter.page.getByText("Ask where she is now").count(), 1);
	await supporter.press("Dismiss this note");
	await supporter.notSees("Ask where she is now");

	await counselor.ask({ type: "room.step_in", room, alone: false });
	await visitor.isAt("Juniper and Rivera");
	await supporter.sees("Rivera is in this chat.");
	await counselor.ask({ type: "chat.send", room, id: id("c"), body: "Hi from me too" });
	await visitor.hears(["hello", "Hi from me too"]);
	await supporter.hears(["hello", "Hi from me too"]);
	await supporter.say("I stay with you");
	await visitor.hears(["hello", "Hi from me too", "I stay with you"]);
	await counselor.ask({ type: "room.step_in", room, alone: true });
	await supporter.sees(`Rivera took over ${name}. You can rest.`);
	await visitor.isAt("Rivera");

	/* Nothing of what was between the adults and the supporter is anywhere on the visitor's page. */
	const page = await visitor.page.evaluate(() => document.documentElement.outerHTML + JSON.stringify({ ...sessionStorage }));
	for (const secret of ["Ask where she is now", "reading along", "says home is not safe"]) {
		assert.ok(!page.includes(secret), secret);
	}
	counselor.leave();
	await school.close();
});

test("without a network: the call waits, outlives a refresh, and goes out once", async () => {
	const school = await School.open();
	const network = await Network.open(school.door);
	const { supporter } = await talking(school, { supporter: { url: network.url } });
	network.cut();
	await supporter.sees("No connection.");
	await supporter.page.getByRole("button", { name: "Get an adult" }).click();
	const dialog = supporter.page.getByRole("dialog", { name: "Get an adult" });
	await dialog.getByRole("alert").getByText("You’re offline.").waitFor();
	await dialog.getByRole("link", { name: "Call 911" }).waitFor();
	await dialog.getByText("Someone may get hurt").click();
	await dialog.getByRole("button", { name: "Get an adult" }).click();
	await supporter.sees("Waiting for the connection");
	network.mend();
	await supporter.page.reload();
	const region = supporter.page.getByRole("region", { name: "The call for an adult" });
	await region.getByText("You asked").waitFor();
	await region.getByRole("alert").getByText("Nobody could be reached yet.").waitFor();

	const counselor = await Overseer.arrive(school);
	const { reason, escalation } = await counselor.call();
	assert.equal(reason, "hurt");
	await counselor.ask({ type: "escalation.take", escalation });
	await same("that it was taken", () => region.getByRole("heading").textContent(), "Rivera is on it");
	await same("no way around any more", () => region.getByRole("alert").count(), 0);
	counselor.leave();
	network.close();
	await school.close();
});
