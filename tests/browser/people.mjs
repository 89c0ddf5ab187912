// Who is in a talk, and what each of them does on their page.

import { Person, phone, same } from "./browser.mjs";

const words = ".words li";

export class Visitor extends Person {
	static async arrive(school, { name = "visitor", url = school.url, query = "", ...options } = {}) {
		const visitor = await super.arrive(name, { size: phone, ...options });
		await visitor.page.goto(`${url}/${query}`);
		return visitor;
	}

	get field() {
		return this.page.getByRole("textbox", { name: "Your message" });
	}

	title() {
		return this.page.locator("h1").first().textContent();
	}

	async isAt(title) {
		await same(`${this.name}'s page to be "${title}"`, () => this.title(), title);
	}

	/* Opens a chat and is in the waiting room. */
	async start(...topics) {
		await this.press("Chat now");
		for (const topic of topics) {
			await this.press(topic);
		}
		await this.press("Start chat");
		await this.isAt("Finding someone");
	}

	async say(...bodies) {
		for (const body of bodies) {
			await this.field.fill(body);
			await this.field.press("Enter");
		}
	}

	/* Under the newest own message. */
	async stateIs(text) {
		await same(`the message's state to be "${text}"`, () => this.page.locator("[role=log] .state").last().textContent(), text);
	}

	async more(name) {
		await this.press("More");
		await this.press(name);
	}

	/* The four words, from the page that shows them. */
	async words() {
		await this.page.locator(words).nth(3).waitFor();
		return this.page.locator(words).allTextContents();
	}

	async enterWords(four) {
		await this.page.getByRole("textbox", { name: "First word" }).fill(four.join(" "));
		await this.press("Open my chat");
	}
}

class Staff extends Person {
	static async arrive(school, login, path, { url = school.url, name = login, ...options } = {}) {
		const person = await super.arrive(name, { cookie: school.cookies[login], url, ...options });
		await person.page.goto(`${url}${path}`);
		return person;
	}
}

export class Supporter extends Staff {
	static async arrive(school, login = "juniper", options) {
		const supporter = await super.arrive(school, login, "/console", options);
		await supporter.page.locator(".me").waitFor();
		return supporter;
	}

	get field() {
		return this.page.getByRole("textbox", { name: /^Message to/ });
	}

	/* Takes whoever waits first. */
	async sayHi() {
		await this.page.getByRole("button", { name: /^Say hi to/ }).first().click();
		await this.field.waitFor();
	}

	async say(...bodies) {
		for (const body of bodies) {
			await this.field.fill(body);
			await this.field.press("Enter");
		}
	}

	async stateIs(text) {
		await same(`the message's state to be "${text}"`, () => this.page.locator("[role=log] .state").last().textContent(), text);
	}

	async end() {
		await this.press("End chat");
		await this.page.getByRole("dialog").getByRole("button", { name: "End chat" }).click();
	}

	/* Names of those in a list of the rail: rail-waiting, rail-yours, rail-left. */
	list(id) {
		return this.page.locator(`section[aria-labelledby=${id}] li b`).allTextContents();
	}
}

export class Counselor extends Staff {
	static async arrive(school, login = "rivera", options) {
		const counselor = await super.arrive(school, login, "/oversight", options);
		await counselor.page.locator(".live-dot").waitFor();
		return counselor;
	}

	/* The stream from old to new, without the times. */
	async stream() {
		const lines = await this.page.locator(".stream-log .ev > div").allInnerTexts();
		return lines.reverse().map((line) => line.replace(/\s+/g, " ").trim());
	}

	async reads(name) {
		await this.press(`Read ${name}`);
	}

	card(name) {
		return this.page.locator(".room").filter({ has: this.page.getByRole("heading", { name, exact: true }) });
	}

	/* The open room's times and what happened, oldest first. */
	async timeline() {
		const lines = await this.page.locator(".tl-list .tl-b").allInnerTexts();
		return lines.map((line) => line.replace(/\s+/g, " ").trim());
	}
}

/* A visitor and a supporter who talk already, and the name of their room. */
export async function talking(school, { visitor: one = {}, supporter: other = {}, login = "juniper" } = {}) {
	const supporter = await Supporter.arrive(school, login, other);
	const visitor = await Visitor.arrive(school, one);
	await visitor.start();
	await visitor.say("hello");
	await visitor.stateIs("Sent. They'll read it when they join");
	await supporter.sayHi();
	const alias = login[0].toUpperCase() + login.slice(1);
	await visitor.isAt(alias);
	await supporter.hears(["hello"]);
	const room = await supporter.page.locator(".conv-id h1").textContent();
	return { visitor, supporter, room };
}
