// Chromium, and what a test needs of it: one context for each person, what their pages complain
// about, waiting for what is seen, and pictures.

import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";

export const patience = 60000; // a browser beside others on two busy cores, and a daemon that is instrumented
export const pictures = "build/screenshots";
export const phone = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 800 };

const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const flags = [
	"--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
	"--disable-component-update", "--disable-sync", "--disable-quic",
	"--autoplay-policy=no-user-gesture-required",
];

let browser;
const scene = new AsyncLocalStorage(); /* the people of the test that runs */

export async function launch() {
	const executablePath = process.env.CHROMIUM ?? program.find((path) => existsSync(path));
	assert.ok(executablePath, "there is no Chromium: apt install chromium, or set CHROMIUM");
	browser = await chromium.launch({ executablePath, args: flags });
	mkdirSync(pictures, { recursive: true });
	for (const name of readdirSync(pictures).filter((one) => one.startsWith("failed-"))) {
		rmSync(`${pictures}/${name}`);
	}
}

export async function quit() {
	await browser?.close();
}

/* Looks again until check() gives something; its errors mean "not yet". */
export async function becomes(what, check, limit = patience) {
	let last;
	for (const end = Date.now() + limit; Date.now() < end; await pause(25)) {
		try {
			const found = await check();
			if (found !== undefined && found !== false && found !== null) {
				return found;
			}
			last = undefined;
		} catch (error) {
			last = error;
		}
	}
	throw new Error(`waited in vain for ${what}${last ? `\n${last.message ?? last}` : ""}`);
}

/* Waits until get() is this. */
export function same(what, get, expected, limit) {
	return becomes(what, async () => {
		assert.deepEqual(await get(), expected);
		return true;
	}, limit);
}

/* What a page says that it should not have to; a lost network is said by the browser itself. */
const network = /WebSocket connection to|net::ERR_|Failed to load resource/;

function complaints(page, list) {
	page.on("pageerror", (error) => list.push(`error: ${error.stack ?? error.message}`));
	page.on("console", (message) => {
		if (message.type() === "error" || message.type() === "warning") {
			list.push(`${message.type()}: ${message.text()}`);
		}
	});
}

/* Somebody with a browser profile of her own. */
export class Person {
	complaints = [];
	mayComplain = false; /* the browser refuses something, as it should */
	sent = []; /* each chat.send of these pages */

	static async arrive(name, { size = desktop, cookie, url, scripts = [], ...options } = {}) {
		const person = new this();
		person.name = name;
		const still = { reducedMotion: "reduce" }; /* without a graphics card, rings that breathe cost most */
		person.context = await browser.newContext({ viewport: size, locale: "en-US", ...still, ...options });
		person.context.setDefaultTimeout(patience);
		if (cookie) {
			await person.context.addCookies([{ name: "hark", value: cookie, url, httpOnly: true }]);
		}
		for (const script of scripts) {
			await person.context.addInitScript(script);
		}
		person.page = await person.tab();
		scene.getStore().add(person);
		return person;
	}

	/* One more page of the same profile. */
	async tab() {
		const page = await this.context.newPage();
		complaints(page, this.complaints);
		const said = (text) => {
			const message = JSON.parse(text);
			if (message.type === "chat.send") {
				this.sent.push(message);
			}
		};
		page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => said(payload)));
		page.on("request", (request) => {
			if (new URL(request.url()).pathname === "/send") {
				said(request.postData());
			}
		});
		return page;
	}

	/* The button whose words begin so; what it adds in small print does not matter. */
	button(name) {
		const start = new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
		return this.page.getByRole("button", { name: start });
	}

	async press(name) {
		await this.button(name).click();
	}

	/* Waits until it is on screen. */
	async sees(text) {
		await this.page.getByText(text).first().waitFor();
	}

	async notSees(text) {
		await same(`${this.name} not to see ${text}`, () => this.page.getByText(text).count(), 0);
	}

	/* What was said in the open chat, in the order of the page. */
	said(page = this.page) {
		return page.locator("[role=log] li:not([aria-hidden]) .bub").allTextContents();
	}

	async hears(expected, limit) {
		await same(`${this.name} to have all that was said`, () => this.said(), expected, limit);
	}

	/* Complaints that are not about the network itself. */
	trouble() {
		return this.mayComplain ? [] : this.complaints.filter((line) => !network.test(line));
	}

	async picture(name) {
		await this.page.screenshot({ path: `${pictures}/${name}.png`, animations: "disabled" });
	}

	async leave() {
		scene.getStore().delete(this);
		await this.context.close();
	}
}

/* Nobody had to complain, and everybody goes. */
async function everybodyLeaves(people) {
	const trouble = people.flatMap((one) => one.trouble().map((line) => `${one.name}: ${line}`));
	await Promise.all(people.map((one) => one.leave()));
	assert.deepEqual(trouble, [], "pages complained");
}

/* Runs a test in which people arrive. When it fails, what was on their screens is kept. */
export function play(number, body) {
	return scene.run(new Set(), async () => {
		const people = scene.getStore();
		try {
			await body();
		} catch (error) {
			for (const one of people) {
				await one.picture(`failed-${number}-${one.name}`).catch(() => {});
			}
			await everybodyLeaves([...people]).catch((more) => (error.stack += `\n${more.message}`));
			throw error;
		}
		await everybodyLeaves([...people]);
	});
}
