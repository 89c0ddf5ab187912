// Nothing is lost and nothing is doubled: over a refresh, a second tab, a silent and a broken
// network, a killed and a stopped daemon. What was said stands on every page once and in one order.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { becomes, same } from "./browser.mjs";
import { Counselor, Supporter, Visitor, talking } from "./people.mjs";
import { Network } from "./proxy.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

/* All three have the same, in the same order. */
async function allHave(people, expected, limit) {
	for (const one of people) {
		await one.hears(expected, limit);
	}
}

test("a refresh in the middle: the same chat, one room, everything once", async () => {
	const school = await School.open();
	const counselor = await Counselor.arrive(school);
	const { visitor, supporter, room } = await talking(school);
	const all = ["hello", "hey", "how are you", "not so good"];
	await supporter.say("hey", "how are you");
	await visitor.say("not so good");
	await counselor.reads(room);
	const everybody = [visitor, supporter, counselor];
	await allHave(everybody, all);

	await visitor.field.fill("half a sen");
	await Promise.all([visitor.page.reload(), supporter.page.reload(), counselor.page.reload()]);
	await counselor.reads(room);
	await allHave(everybody, all);
	assert.equal(await visitor.field.inputValue(), "half a sen");
	await visitor.isAt("Juniper");
	await visitor.say("still here");
	await supporter.say("me too");
	await same("the last two", async () => (await visitor.said()).slice(4).sort(), ["me too", "still here"]);
	await allHave(everybody, await visitor.said());
	await counselor.press("All rooms");
	assert.deepEqual(await counselor.page.locator(".room h2").allTextContents(), [room]);
	const words = (await counselor.stream()).filter((line) => line.includes("not so good"));
	assert.deepEqual(words, [`${room} not so good`]);
	await school.close();
});

test("two tabs of one visitor are one visitor", async () => {
	const school = await School.open();
	const counselor = await Counselor.arrive(school);
	const { visitor, supporter, room } = await talking(school);
	const opened = visitor.context.waitForEvent("page");
	await visitor.page.evaluate("void open('/')");
	const second = await opened;
	const both = [visitor.page, second];
	for (const page of both) {
		await same("both tabs to have the chat", () => visitor.said(page), ["hello"]);
	}
	await second.getByRole("textbox", { name: "Your message" }).fill("from the second tab");
	await second.keyboard.press("Enter");
	await supporter.hears(["hello", "from the second tab"]);
	await visitor.say("from the first tab");
	await supporter.say("I see both");
	const all = ["hello", "from the second tab", "from the first tab", "I see both"];
	for (const page of both) {
		await same("both tabs to have all of it", () => visitor.said(page), all);
	}
	await supporter.hears(all);
	assert.deepEqual(await counselor.page.locator(".room h2").allTextContents(), [room]);

	/* One tab goes: the visitor has not. */
	await second.close();
	await visitor.say("one tab left");
	await supporter.hears([...all, "one tab left"]);
	await supporter.notSees("stepped away");
	await school.close();
});

test("a network that swallows everything: offline is said, and it comes back by itself", async () => {
	const school = await School.open();
	const network = await Network.open(school.door);
	const counselor = await Counselor.arrive(school);
	const { visitor, supporter, room } = await talking(school, { visitor: { url: network.url } });
	await counselor.reads(room);
	network.swallow();
	await visitor.say("into the dark");
	await visitor.stateIs("Waiting to send");
	await visitor.page.getByText("No connection.", { exact: true }).waitFor({ timeout: 15000 });
	await visitor.stateIs("Will send when you're back");
	await visitor.sees("Your messages are safe here.");
	await visitor.press("Get help now");
	await visitor.sees("Call or text 988");
	await visitor.press("Back to the chat");
	await visitor.say("and one more");
	await supporter.say("are you there");
	network.mend();
	await visitor.page.getByText("No connection.", { exact: true }).waitFor({ state: "detached", timeout: 5000 });
	const all = ["hello", "are you there", "into the dark", "and one more"];
	for (const one of [visitor, supporter, counselor]) {
		await one.hears(all);
	}
	await visitor.stateIs("Seen");
	const tries = visitor.sent.filter(({ body }) => body === "into the dark");
	assert.equal(tries.length, 2, "sent again");
	assert.equal(tries[0].id, tries[1].id, "under its id");
	network.close();
	await school.close();
});

test("an answer that was lost: the message stands there once", async () => {
	const school = await School.open();
	const network = await Network.open(school.door);
	await Supporter.arrive(school);
	const visitor = await Visitor.arrive(school, { url: network.url });
	await visitor.start();
	await visitor.say("hello");
	await visitor.stateIs("Sent. They'll read it when they join");
	network.swallowAnswers();
	await visitor.say("was this heard");
	const counselor = await Counselor.arrive(school);
	await counselor.sees("was this heard");
	network.cut();
	await visitor.page.getByText("No connection.", { exact: true }).waitFor();
	await visitor.say("and this");
	network.mend();
	await visitor.stateIs("Sent. They'll read it when they join");
	const all = ["hello", "was this heard", "and this"];
	await visitor.hears(all);
	await same("the room's card", () => counselor.page.locator(".room .mini").allTextContents(), all);
	const ids = visitor.sent.filter(({ body }) => body === "was this heard").map(({ id }) => id);
	assert.equal(new Set(ids).size, 1, "under one id, however often");
	network.close();
	await school.close();
});

test("a browser that is told it has no network says so, and comes back", async () => {
	const school = await School.open();
	const network = await Network.open(school.door);
	const { visitor, supporter, room } = await talking(school, { visitor: { url: network.url }, supporter: { url: network.url } });
	await visitor.context.setOffline(true);
	await supporter.context.setOffline(true);
	network.cut();
	for (const one of [visitor, supporter]) {
		await one.page.getByText("No connection.", { exact: true }).first().waitFor();
		await one.say(`kept for ${one.name}`);
	}
	await visitor.stateIs("Will send when you're back");
	await supporter.stateIs("Will send when you’re back");
	network.mend();
	await visitor.context.setOffline(false);
	await supporter.context.setOffline(false);
	for (const one of [visitor, supporter]) {
		await same("what was kept", async () => (await one.said()).sort(), ["hello", "kept for juniper", "kept for visitor"]);
	}
	assert.deepEqual(await visitor.said(), await supporter.said());
	network.close();
	await school.close();
});

test("kill -9 while both send: every word once, in one order, on all pages", async () => {
	const school = await School.open();
	const counselor = await Counselor.arrive(school);
	const { visitor, supporter, room } = await talking(school);
	await counselor.reads(room);
	const list = (who) => Array.from({ length: 20 }, (_, i) => `${who} ${i + 1}`);
	const speaking = Promise.all([visitor.say(...list("visitor")), supporter.say(...list("supporter"))]);
	await becomes("some of it to be on disk", async () => (await counselor.said()).length >= 8);
	await school.kill();
	await counselor.page.getByRole("alert").getByText("No connection.").waitFor();
	await speaking;
	await school.start();
	await becomes("all of it", async () => (await counselor.said()).length >= 41, 20000);
	const all = await counselor.said();
	assert.deepEqual([...all].sort(), ["hello", ...list("visitor"), ...list("supporter")].sort());
	for (const who of ["visitor", "supporter"]) {
		assert.deepEqual(all.filter((line) => line.startsWith(who)), list(who));
	}
	await allHave([visitor, supporter, counselor], all);
	await visitor.page.reload();
	await visitor.hears(all);
	await counselor.press("All rooms");
	assert.deepEqual(await counselor.page.locator(".room h2").allTextContents(), [room]);
	await school.close();
});

test("a daemon that is stopped and started: all come back by themselves", async () => {
	const school = await School.open();
	const counselor = await Counselor.arrive(school);
	const { visitor, supporter, room } = await talking(school);
	await counselor.reads(room);
	await school.daemon.stop();
	for (const one of [visitor, supporter, counselor]) {
		await one.page.getByText("No connection.", { exact: true }).first().waitFor();
	}
	await visitor.say("while it was down");
	await school.start();
	for (const one of [visitor, supporter, counselor]) {
		await one.page.getByText("No connection.", { exact: true }).first().waitFor({ state: "detached", timeout: 10000 });
		await one.hears(["hello", "while it was down"]);
	}
	await supporter.say("here again");
	await visitor.hears(["hello", "while it was down", "here again"]);
	await school.close();
});

test("a tab that was away too long is forgotten, and asks for the words", async () => {
	const school = await School.open({ "talk.token_grace": "200ms" });
	await Supporter.arrive(school);
	const visitor = await Visitor.arrive(school);
	await visitor.start();
	await visitor.say("only for me");
	await visitor.stateIs("Sent. They'll read it when they join");
	await visitor.press("Show words");
	const words = await visitor.words();
	const forgot = visitor.page.getByText("so it forgot your chat");
	let away_ms = 400;
	await becomes("the tab to be forgotten", async () => {
		await visitor.page.goto("about:blank");
		await pause(away_ms *= 2);
		await visitor.page.goto(`${school.url}/`);
		await visitor.page.locator(".words, .enter4, [role=log]").first().waitFor();
		return (await forgot.count()) > 0;
	});
	assert.equal(await visitor.page.getByText("only for me").count(), 0);
	await visitor.enterWords(words);
	await visitor.hears(["only for me"]);
	await school.close();
});
