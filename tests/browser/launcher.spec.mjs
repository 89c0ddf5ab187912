// The button on a school's own page, the frame it opens, and the keyboard alone.

import assert from "node:assert/strict";
import { Person, becomes, phone, pictures, same } from "./browser.mjs";
import { Supporter, Visitor } from "./people.mjs";
import { School, outsidePages, outsideUrl } from "./school.mjs";
import { test } from "./tests.mjs";

/* The launcher's inside is closed to the page around it; here it is open, to be looked at. */
const openShadow = `(() => {
	const { attachShadow } = Element.prototype;
	Element.prototype.attachShadow = function (options) {
		return attachShadow.call(this, { ...options, mode: "open" });
	};
})()`;

class Embedded extends Visitor {
	static async arrive(school, options = {}) {
		const exit = options.exit ? ` exit="${options.exit}"` : "";
		const path = `/school-${school.port}`;
		outsidePages.set(path, `<!doctype html><html lang="en"><title>Hill High School</title>
			<h1>Hill High School</h1><p>Lunch at noon.</p>
			<script src="${school.url}/launcher.js" defer></script><hark-chat${exit}></hark-chat>`);
		const visitor = await Person.arrive.call(this, "embedded", { scripts: [openShadow], ...options });
		visitor.whole = visitor.page;
		visitor.around = `${outsideUrl()}${path}`;
		await visitor.whole.goto(visitor.around);
		return visitor;
	}

	get launcher() {
		return this.whole.locator("hark-chat button");
	}

	async picture(name) {
		await this.whole.screenshot({ path: `${pictures}/${name}.png` });
	}

	get frame() {
		return this.whole.locator("hark-chat iframe");
	}

	/* What the visitor does is done in the frame from here on. */
	async opens() {
		await this.launcher.click();
		const element = await this.frame.elementHandle();
		this.page = await element.contentFrame();
		await this.page.locator(".exit").waitFor();
	}
}

test("the launcher: open, talk, fold, the dot, exit", async () => {
	const school = await School.open({ "server.frame_ancestors": outsideUrl() });
	const supporter = await Supporter.arrive(school);
	const visitor = await Embedded.arrive(school, { exit: "/lunch" });
	await visitor.opens();
	await visitor.start();
	await visitor.say("hello");
	await supporter.sayHi();
	await visitor.isAt("Juniper");

	/* Folded, the chat goes on; something new shows as a dot, without a word of it. */
	await visitor.press("Make the chat small");
	await visitor.launcher.waitFor();
	assert.equal(await visitor.frame.isVisible(), false);
	await same("no dot", () => visitor.launcher.getAttribute("class").then(String), "null");
	await supporter.say("are you there");
	await same("the dot", () => visitor.launcher.getAttribute("class"), "new");
	assert.equal(await visitor.launcher.getAttribute("aria-description"), "something new");
	assert.equal(await visitor.whole.title(), "Hill High School");
	await supporter.stateIs("Sent");
	await visitor.launcher.click();
	await visitor.hears(["hello", "are you there"]);
	await supporter.stateIs("Seen");
	await same("the dot to be gone", () => visitor.launcher.getAttribute("class"), "");

	/* Esc folds, in the frame and on the page around it. */
	await visitor.field.press("Escape");
	await visitor.launcher.waitFor();
	await visitor.launcher.press("Enter");
	await visitor.frame.waitFor();
	await visitor.hears(["hello", "are you there"]);

	await visitor.press("Quick exit");
	await visitor.whole.waitForURL(`${outsideUrl()}/lunch`);
	await visitor.whole.goBack();
	await same("the page before", () => visitor.whole.url(), "about:blank");

	/* Shift three times on the page around the chat. */
	await visitor.whole.goto(visitor.around);
	await visitor.opens();
	await visitor.isAt("Want to talk?");
	await visitor.whole.locator("h1").click();
	for (let i = 0; i < 3; i++) {
		await visitor.whole.keyboard.press("Shift");
	}
	await visitor.whole.waitForURL(`${outsideUrl()}/lunch`);
	await school.close();
});

test("without an exit of its own the launcher leads to the school's", async () => {
	const school = await School.open({ "server.frame_ancestors": outsideUrl() });
	await Supporter.arrive(school);
	const visitor = await Embedded.arrive(school, { size: phone });
	await visitor.opens();
	await visitor.press("Quick exit");
	await visitor.whole.waitForURL(school.exit);
	await school.close();
});

test("a site that is not on the list gets no frame", async () => {
	const school = await School.open({ "server.frame_ancestors": "https://elsewhere.example" });
	const visitor = await Embedded.arrive(school);
	await visitor.launcher.click();
	await becomes("the browser to refuse", () => visitor.complaints.some((line) => line.includes("frame-ancestors")));
	visitor.mayComplain = true;
	await school.close();
});

test("the main talk with the keyboard alone", async () => {
	const school = await School.open();
	const supporter = await Supporter.arrive(school);
	const visitor = await Visitor.arrive(school);
	const { keyboard } = visitor.page;
	await visitor.isAt("Want to talk?");
	const focused = () => visitor.page.evaluate(() => {
		const { activeElement: one } = document;
		return one.getAttribute("aria-label") ?? one.innerText.split("\n")[0] ?? "";
	});
	/* Tab until it is there; each thing on the way has to be seen. */
	const reach = async (name, key = "Tab") => {
		for (let i = 0; i < 30; i++) {
			await keyboard.press(key);
			if ((await focused()).startsWith(name)) {
				const outline = await visitor.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
				assert.notEqual(outline, "none", `${name} shows that it has the focus`);
				return i + 1;
			}
		}
		return assert.fail(`${name} cannot be reached`);
	};
	const press = async (name) => {
		await reach(name);
		await keyboard.press("Enter");
	};
	assert.equal(await reach("Quick exit"), 1, "the way out comes first");
	await press("Chat now");
	await visitor.isAt("Before you start");
	await press("Friends");
	await reach("Anyone");
	await keyboard.press("ArrowRight");
	await same("the next choice", focused, "Near my grade");
	await press("Start chat");
	await visitor.isAt("Finding someone");
	await same("the focus", focused, "Your message");
	await keyboard.type("with the keyboard");
	await keyboard.press("Shift+Enter");
	await keyboard.type("in two lines");
	await keyboard.press("Enter");
	await supporter.sayHi();
	await supporter.hears(["with the keyboard\nin two lines"]);
	await supporter.say("got it");
	await visitor.isAt("Juniper");
	await same("the focus to stay", focused, "Your message");
	await keyboard.press("Shift+Tab");
	await same("the picture", focused, "Add a picture");
	await keyboard.press("Shift+Tab");
	await same("the menu", focused, "More");
	await keyboard.press("Enter");
	await same("the menu's first", focused, "Come back later");
	await keyboard.press("Escape");
	await same("no menu", () => visitor.page.locator("#more").count(), 0);
	await same("the focus back", focused, "More");
	await keyboard.press("Enter");
	await press("End chat");
	await visitor.isAt("Chat ended");
	await press("Read this chat");
	await visitor.hears(["with the keyboard\nin two lines", "got it"]);
	await reach("Messages");
	await school.close();
});
