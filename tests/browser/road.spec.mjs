// The road under a talk: frames that are swallowed, a proxy that keeps streams back, and the way
// back to the WebSocket once it is open, without a sign on screen and without a word lost.

import assert from "node:assert/strict";
import { becomes, same } from "./browser.mjs";
import { Counselor, talking } from "./people.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

const LOOK = 61 * 1000; /* by then a page on a stream has looked for the WebSocket */

/* Both sides, from hello to the end. */
async function talk(school) {
	const { visitor, supporter, room } = await talking(school);
	await supporter.say("hey");
	await visitor.hears(["hello", "hey"]);
	await visitor.say("not so good");
	await supporter.hears(["hello", "hey", "not so good"]);
	await visitor.stateIs("Seen");
	return { visitor, supporter, room };
}

test("frames that are swallowed: the page goes by HTTP, and the tab remembers", async () => {
	const school = await School.open({}, { upgrade: "swallow" });
	const { visitor, supporter } = await talk(school);
	assert.ok(school.filter.seen.upgrades > 0);
	assert.equal(await visitor.page.evaluate("sessionStorage.getItem('hark.road')"), "true");
	await visitor.page.reload();
	await visitor.hears(["hello", "hey", "not so good"]);
	await supporter.say("still here");
	await visitor.hears(["hello", "hey", "not so good", "still here"]);
	await school.close();
});

test("a proxy that keeps every answer until it is complete: the page polls", async () => {
	const school = await School.open({}, { upgrade: "refuse", holds: true });
	const { visitor, supporter } = await talk(school);
	assert.ok(school.filter.seen.polls > 0);
	await supporter.end();
	await visitor.isAt("Chat ended");
	await school.close();
});

/* Tells from now on whether the page has said that it is offline, and what left by a WebSocket. */
async function watch(person) {
	await person.page.evaluate(() => {
		window.wasOffline = false;
		new MutationObserver(() => {
			window.wasOffline ||= document.body.innerText.includes("No connection.");
		}).observe(document.body, { childList: true, subtree: true, characterData: true });
	});
	const frames = [];
	person.page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => frames.push(JSON.parse(payload).type)));
	return frames;
}

test("back to the WebSocket: nobody sees it, nothing is lost or doubled", async () => {
	const school = await School.open({}, { upgrade: "refuse" });
	const withClock = async (person) => {
		await person.page.clock.install();
		await person.page.reload();
	};
	const counselor = await Counselor.arrive(school);
	await withClock(counselor);
	const { visitor, supporter, room } = await talk(school);
	await withClock(visitor);
	await withClock(supporter);
	await counselor.reads(room);
	const said = ["hello", "hey", "not so good"];
	const everybody = [visitor, supporter, counselor];
	for (const one of everybody) {
		await one.hears(said);
	}
	const frames = await Promise.all(everybody.map(watch));
	const { streams } = school.filter.seen;
	school.filter.upgrade = "pass";
	for (const [at, one] of everybody.entries()) {
		const words = [`before ${at}`, `while ${at}`, `after ${at}`];
		await visitor.say(words[0]);
		const changed = becomes(`${one.name}'s page to be greeted`, () => frames[at].includes("hello"));
		await one.page.clock.fastForward(LOOK);
		await supporter.say(words[1]);
		await changed;
		await visitor.say(words[2]);
		said.push(...words);
		for (const each of everybody) {
			await same(`${each.name} to have it all`, async () => (await each.said()).sort(), [...said].sort());
		}
	}
	await same("one order", async () => (await Promise.all(everybody.map((one) => one.said()))).map(String),
		Array(3).fill(String(await counselor.said())));
	assert.ok(frames[0].includes("chat.send") && frames[1].includes("chat.send"), "words go by the WebSocket");
	assert.equal(school.filter.seen.streams, streams, "no new stream");
	for (const one of everybody) {
		assert.equal(await one.page.evaluate("window.wasOffline"), false, one.name);
	}
	assert.equal(await visitor.page.evaluate("sessionStorage.getItem('hark.road')"), null);
	await school.close();
});
