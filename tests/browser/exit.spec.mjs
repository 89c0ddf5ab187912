// The ways out leave nothing behind: Quick exit from every screen, Shift three times, and what a
// whole talk has left in the browser, in the daemon's log and in its files.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { frame } from "../wire/client.mjs";
import { Socket, schema } from "../wire/school.mjs";
import { becomes, same } from "./browser.mjs";
import { Supporter, Visitor, talking } from "./people.mjs";
import { Network } from "./proxy.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

const tokenOf = (visitor) => visitor.page.evaluate("JSON.parse(sessionStorage.getItem('hark.token'))");

/* What the daemon says to a page that comes with this token. */
async function roomOf(school, token) {
	const socket = await Socket.open(school.port);
	const hello = { type: "hello", ref: 1, page: "visitor", schema: schema.hash, token };
	socket.send(frame("text", JSON.stringify(hello)));
	const welcome = await socket.wait("welcome", () =>
		socket.take().map((text) => JSON.parse(text)).flatMap((one) => one.events ?? [one])
			.find(({ type }) => type === "welcome"));
	socket.drop();
	return welcome.room;
}

/* Presses it on a page that stands between two others, and looks at all that may be left. */
async function exits(school, visitor, leave) {
	const token = await tokenOf(visitor);
	await leave();
	await visitor.page.waitForURL(school.exit);
	await visitor.sees("Lunch menu");
	await visitor.page.goBack();
	await visitor.page.waitForURL(`${school.outside}/before`);
	await visitor.page.goForward();
	await visitor.page.waitForURL(school.exit);
	await becomes("the token to open nothing", async () => (await roomOf(school, token)) === undefined);
	await visitor.page.goto(`${school.url}/`);
	await visitor.page.locator(".choices").waitFor();
	const kept = await visitor.page.evaluate("JSON.stringify({ ...sessionStorage })");
	assert.ok(!kept.includes(token), "a token of its own");
	assert.ok(!/room|outbox|draft|letter|wanted|mail/.test(kept), kept);
	assert.equal(await visitor.page.evaluate("localStorage.length"), 0);
	assert.deepEqual(await visitor.context.cookies(), []);
}

/* From the outside to the welcome page. */
async function comes(school, visitor) {
	await visitor.page.goto(`${school.outside}/before`);
	await visitor.page.goto(`${school.url}/`);
}

test("Quick exit from every screen", async () => {
	const school = await School.open();
	const network = await Network.open(school.door);
	const supporter = await Supporter.arrive(school);
	const visitor = await Visitor.arrive(school);
	const quick = () => visitor.press("Quick exit");
	const chat = async () => {
		await visitor.start();
		await visitor.say("hello");
		await visitor.stateIs("Sent. They'll read it when they join");
	};
	const live = async () => {
		await chat();
		await supporter.sayHi();
		await visitor.isAt("Juniper");
	};
	/* Those who left while they waited still wait: the talks come first. */
	const screens = {
		welcome: () => {},
		help: () => visitor.press("Get help right now"),
		start: () => visitor.press("Chat now"),
		leave: () => visitor.press("Leave a message"),
		live,
		ended: async () => {
			await live();
			await visitor.more("End chat");
			await visitor.isAt("Chat ended");
		},
		wait: chat,
		words: async () => {
			await chat();
			await visitor.press("Show words");
			await visitor.words();
		},
	};
	for (const [name, go] of Object.entries(screens)) {
		await comes(school, visitor);
		await go();
		await exits(school, visitor, quick).catch((error) => {
			throw new Error(`from ${name}: ${error.message}`);
		});
	}

	/* Without a network the page goes all the same. */
	await visitor.page.goto(`${school.outside}/before`);
	await visitor.page.goto(`${network.url}/`);
	await chat();
	network.cut();
	await visitor.page.getByText("No connection.", { exact: true }).waitFor();
	await quick();
	await visitor.page.waitForURL(school.exit);
	await visitor.page.goBack();
	await visitor.page.waitForURL(`${school.outside}/before`);
	network.close();
	await school.close();
});

test("Shift three times is Quick exit, twice or with another key is not", async () => {
	const school = await School.open();
	const { visitor } = await talking(school);
	const press = async (...keys) => {
		for (const key of keys) {
			await visitor.page.keyboard.press(key);
		}
	};
	await press("Shift", "Shift", "a", "Shift", "Escape");
	await visitor.field.pressSequentially("Big Words Are Fine");
	await visitor.isAt("Juniper");
	await comes(school, visitor);
	await visitor.isAt("Juniper");
	await exits(school, visitor, () => press("Shift", "Shift", "Shift"));
	await school.close();
});

test("the page is blank before anything else happens", async () => {
	const school = await School.open();
	const { visitor } = await talking(school);
	const left = await visitor.page.evaluate(() => {
		document.querySelector(".exit").click();
		return { title: document.title, text: document.body.innerText, storage: sessionStorage.length };
	});
	assert.deepEqual(left, { title: "", text: "", storage: 0 });
	await visitor.page.waitForURL(school.exit);
	await school.close();
});

/* Every way in which a text may stand in a file. */
function encodings(text) {
	const bytes = Buffer.from(text);
	const base64 = [0, 1, 2].map((shift) => Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64").slice(shift + 1, -4));
	const escaped = JSON.stringify(text).slice(1, -1).replace(/[\u0080-\uffff]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
	return [
		bytes, Buffer.from(text, "utf16le"), Buffer.from(text, "utf16le").swap16(),
		...[bytes.toString("hex"), bytes.toString("hex").toUpperCase(), encodeURIComponent(text), escaped, ...base64]
			.map((form) => Buffer.from(form)),
	];
}

test("a whole talk leaves no trace in the browser, in the log or in clear in any file", async () => {
	const school = await School.open({ "log.level": "debug" });
	const { visitor, supporter } = await talking(school);
	const markers = ["marker-kestrel-7301", "метка-сойка-7302", "علامة-هدهد-٧٣٠٣"];
	await visitor.say(...markers);
	await supporter.hears(["hello", ...markers]);
	await visitor.press("Show words");
	const words = await visitor.words();
	await visitor.press("Back");
	const token = await tokenOf(visitor);

	assert.equal(await visitor.page.evaluate("localStorage.length"), 0);
	assert.deepEqual(await visitor.context.cookies(), []);
	assert.equal(visitor.page.url(), `${school.url}/`);
	assert.equal(await visitor.page.title(), "School");
	const kept = await visitor.page.evaluate("JSON.stringify({ ...sessionStorage })");
	for (const secret of [...markers, ...words]) {
		assert.ok(!kept.includes(secret), "nothing that was said is kept in the tab");
	}
	const history = await (await visitor.context.newCDPSession(visitor.page)).send("Page.getNavigationHistory");
	assert.deepEqual(history.entries.map(({ url }) => url), ["about:blank", `${school.url}/`]);

	for (const path of ["/", "/console", "/oversight", "/login", "/enrol"]) {
		const { headers } = await fetch(school.url + path);
		assert.equal(headers.get("cache-control"), "no-store", path);
		assert.equal(headers.get("referrer-policy"), "no-referrer", path);
	}
	await school.daemon.stop();
	const codename = words.join(" ");
	for (const secret of [...markers, codename, words.join("-"), token, "127.0.0.1"]) {
		const log = school.log.split("\n").filter((line) => !/ready on/.test(line)).join("\n");
		assert.ok(!log.includes(secret), `the log has ${secret}`);
	}
	const files = readdirSync(school.daemon.directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	assert.ok(files.length >= 2);
	for (const file of files) {
		const bytes = readFileSync(join(file.parentPath ?? file.path, file.name));
		for (const secret of [...markers, codename, token]) {
			assert.ok(!encodings(secret).some((form) => bytes.includes(form)), `${file.name} has ${secret}`);
		}
		assert.ok(!bytes.includes(Buffer.from(token, "hex")), `${file.name} has the token`);
	}
	await school.daemon.destroy();
});

test("a browser that keeps nothing: it is said, and the words bring back", async () => {
	const school = await School.open();
	const supporter = await Supporter.arrive(school);
	const forbidden = `Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("no", "SecurityError"); } })`;
	const visitor = await Visitor.arrive(school, { scripts: [forbidden] });
	await visitor.sees("This browser keeps nothing for us.");
	await visitor.start();
	await visitor.sees("This browser keeps nothing for us.");
	await visitor.say("hello");
	await supporter.sayHi();
	await visitor.press("Show words");
	const words = await visitor.words();
	await visitor.page.reload();
	await visitor.isAt("Want to talk?");
	await visitor.press("Been here before?");
	await visitor.enterWords(words);
	await visitor.isAt("Juniper");
	await visitor.hears(["hello"]);
	await supporter.say("welcome back");
	await visitor.hears(["hello", "welcome back"]);
	await same("one chat", async () => (await supporter.list("rail-yours")).length, 1);
	await school.close();
});
