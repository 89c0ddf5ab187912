// The main talk: a visitor, a supporter and a counselor, each in a browser of their own. Nothing of
// the pages' own rules is relaxed here, and no page may complain about anything.

import assert from "node:assert/strict";
import { becomes, phone, same } from "./browser.mjs";
import { Counselor, Supporter, Visitor } from "./people.mjs";
import { School, overHttp } from "./school.mjs";
import { test } from "./tests.mjs";

test("a visitor, a supporter and a counselor in one talk, from hello to the end", async () => {
	const school = await School.open();
	const counselor = await Counselor.arrive(school);
	const supporter = await Supporter.arrive(school);
	const visitor = await Visitor.arrive(school);
	await supporter.sees("Nobody’s waiting");
	await counselor.sees("No chats right now");
	await counselor.sees("1 peer here");

	/* Who reads this is said before the first word. */
	await visitor.sees("School counselors can read every conversation.");
	await visitor.sees("1 peer here.");
	await visitor.start("Friends");
	await visitor.say("my friends made a chat without me");
	await visitor.stateIs("Sent. They'll read it when they join");

	/* The counselor reads it while the visitor waits; the supporter sees the topic alone. */
	const room = (await becomes("somebody to wait", async () => (await supporter.list("rail-waiting"))[0]));
	await counselor.card(room).getByText("my friends made a chat without me").waitFor();
	await supporter.sees("Friends");
	assert.equal(await supporter.page.getByText("my friends made a chat").count(), 0);

	await supporter.sayHi();
	await visitor.isAt("Juniper");
	await visitor.sees("Trained peer, here now");
	await supporter.hears(["my friends made a chat without me"]);
	await visitor.stateIs("Seen");

	/* Both write: marks, then words. */
	await supporter.field.pressSequentially("Hey.");
	await visitor.page.locator(".dots").waitFor();
	await same("typing to be said", () => visitor.page.locator("p[role=status]").textContent(), "Juniper is typing");
	await counselor.card(room).getByRole("img", { name: "Juniper is typing" }).waitFor();
	await supporter.field.press("Enter");
	await visitor.hears(["my friends made a chat without me", "Hey."]);
	await same("typing to be over", () => visitor.page.locator(".dots").count(), 0);
	await supporter.stateIs("Seen");

	await visitor.field.pressSequentially("they");
	await supporter.page.locator(".conv .dots").waitFor();
	await visitor.say("they laughed", "and then\u2026");
	const all = ["my friends made a chat without me", "Hey.", "they laughed", "and then\u2026"];
	await supporter.hears(all);
	await visitor.hears(all);
	await visitor.stateIs("Seen");

	/* The words to come back, once there is something to come back to. */
	await visitor.press("Show words");
	const words = await visitor.words();
	assert.equal(new Set(words).size, 4);
	assert.ok(words.every((word) => /^[a-z]{3,}$/.test(word)), "four plain words");
	await visitor.press("Back");

	/* They are refused inside a message, which stays in the field. */
	await visitor.field.fill(`my words are ${words.join(" ")}`);
	await visitor.field.press("Enter");
	await visitor.sees("Your four words are in this message.");
	await visitor.field.fill("thank you");
	await visitor.field.press("Enter");
	all.push("thank you");
	await supporter.hears(all);

	/* The timeline has it all, and reading it changed nothing for the others. */
	await counselor.reads(room);
	const timeline = [
		"Came in. Friends", `${room} my friends made a chat without me`, "Juniper said hi", "Juniper Hey.",
		`${room} they laughed`, `${room} and then\u2026`, `${room} thank you`,
	];
	await same("the room's timeline", () => counselor.timeline(), timeline);
	await counselor.page.locator(".read-f").getByText("You’re reading. Step in to write here").waitFor();
	await visitor.sees("Counselors can read this chat");

	await supporter.end();
	await visitor.isAt("Chat ended");
	await visitor.sees("Thanks for talking with us");
	await same("the end in the timeline", () => counselor.timeline(), [...timeline, "Juniper ended the chat"]);
	await counselor.press("All rooms");
	await counselor.sees("No chats right now");
	await same("the stream", () => counselor.stream(), [
		`${room} came in, friends`, `${room} my friends made a chat without me`, `Juniper said hi to ${room}`,
		`Juniper with ${room} Hey.`, `${room} they laughed`, `${room} and then\u2026`, `${room} thank you`,
		`Juniper ended the chat with ${room}`,
	]);
	await visitor.press("Read this chat");
	await visitor.hears(all);

	/* A page that is loaded now is given the same. */
	await counselor.page.reload();
	await same("the stream once more", async () => (await counselor.stream()).length, 8);

	/* Another device, with nothing but the words. */
	const elsewhere = await Visitor.arrive(school, { name: "elsewhere", size: phone });
	await elsewhere.press("Been here before?");
	await elsewhere.enterWords(["wrong", "words", "these", "are"]);
	await elsewhere.sees("These words don't open a chat.");
	await elsewhere.enterWords(words);
	await elsewhere.isAt("Chat ended");
	await elsewhere.press("Keep talking");
	await elsewhere.hears(all);
	await elsewhere.say("me again");
	await same("who waits", () => supporter.list("rail-waiting"), [room]);
	await supporter.sees("Has been here before");

	for (const person of [visitor, supporter, counselor, elsewhere]) {
		assert.deepEqual(overHttp() ? person.trouble() : person.complaints, [], person.name);
	}
	await school.close();
});
