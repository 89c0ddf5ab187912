/* visitor/: what the page promises over refresh, breaks and second tabs; the way out. */

import assert from "node:assert/strict";
import test from "node:test";
import { Connection, WireError } from "../lib/connection";
import { type TabStore, tabStore } from "../lib/store";
import type { RoomState } from "../lib/wire";
import { makeWords } from "../visitor/codename";
import { exitAddress, onTripleShift } from "../visitor/exit";
import { Session } from "../visitor/session";
import { mayWrite, pausedUntil } from "../visitor/Paused";
import { blank, place } from "../visitor/state";
import { FakeClock, FakeSocket, posted, settle } from "./fakes";

const words = "amber kettle meadow drum";

const stands = (some: Partial<RoomState> = {}): RoomState => ({
	type: "state.room",
	room: 7,
	phase: "live",
	to: "now",
	n: 1,
	name: "Paper Lantern",
	picture: "lantern-a",
	peer_here: true,
	visitor_here: true,
	peer_seen: 0,
	visitor_seen: 0,
	peer_typing: false,
	visitor_typing: false,
	has_codename: false,
	...some,
});

function setUp(store: TabStore = tabStore(() => fail())) {
	const clock = new FakeClock();
	const sockets: FakeSocket[] = [];
	let reloads = 0;
	const session = new Session({
		store,
		school: null,
		makeConnection: (hello) =>
			new Connection({
				url: "ws://school/ws",
				hello,
				clock,
				random: () => 0,
				detour: () => Promise.reject(new Error("no network")),
				socket: () => {
					sockets.push(new FakeSocket());
					return sockets[sockets.length - 1] as FakeSocket;
				},
			}),
		changed: () => undefined,
		visible: () => true,
		reload: () => reloads++,
		now: () => clock.now(),
	});
	session.start();
	const socket = (): FakeSocket => sockets[sockets.length - 1] as FakeSocket;
	return {
		session,
		clock,
		socket,
		reloads: () => reloads,
		/* The connection breaks and comes back; welcome names the room the server knows. */
		welcome: async (room?: number) => {
			socket().onopen?.();
			const ref = socket().last("hello")?.ref;
			socket().give({ type: "welcome", ref, role: "visitor", server_ms: 0, ...(room === undefined ? {} : { room }) });
			await settle();
		},
		cut: () => {
			socket().onclose?.({ code: 1006 });
			clock.pass(500);
		},
		give: async (message: object) => {
			socket().give(message);
			await settle();
		},
		answer: async (type: string, more: object = {}) => {
			socket().give({ type: "ok", ref: socket().last(type)?.ref, ...more });
			await settle();
		},
		refuse: async (type: string, code: string) => {
			socket().give({ type: "error", ref: socket().last(type)?.ref, code, message: "No." });
			await settle();
		},
	};
}

function fail(): never {
	throw new Error("blocked");
}

/* sessionStorage that several pages share, as a refresh or a duplicated tab does. */
function sharedStore() {
	const kept = new Map<string, string>();
	const storage = {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key),
		clear: () => kept.clear(),
	} as unknown as Storage;
	return { open: () => tabStore(() => storage), kept };
}

test("visitor: a chat started without a network starts when there is one", async () => {
	const page = setUp();
	page.session.open({ topics: ["Friends"], to: "now" });
	page.session.send("hi");
	assert.equal(place(page.session.state), "waiting");
	await page.welcome();
	assert.deepEqual(page.socket().last("room.start")?.topics, ["Friends"]);
	assert.equal(page.socket().last("chat.send"), undefined);
	await page.answer("room.start", { room: 7 });
	assert.equal(page.socket().last("chat.send")?.body, "hi");
});

test("visitor: a chat the server refuses says so, and keeps what was written", async () => {
	const page = setUp();
	page.session.open({ topics: [], to: "now" });
	page.session.send("hi");
	await page.welcome();
	await page.refuse("room.start", "too_many");
	assert.equal(page.session.state.trouble, true);
	assert.equal(page.session.state.screen, "start");
	assert.equal(page.socket().last("chat.send"), undefined);
	assert.equal(page.session.state.log.outbox.length, 1);
});

/* What the page starts when a sum is asked for. */
class FakeWorker {
	static last: FakeWorker | undefined;
	onmessage: ((event: { data: string }) => void) | null = null;
	ended = false;
	constructor() {
		FakeWorker.last = this;
	}
	postMessage(): void {}
	terminate(): void {
		this.ended = true;
	}
}

async function waitsForSum() {
	FakeWorker.last = undefined;
	(globalThis as { Worker?: unknown }).Worker = FakeWorker;
	const page = setUp();
	await page.welcome(7);
	await page.give(stands({ phase: "mailbox", to: "counselor" }));
	const done = page.session.wait("23456");
	await settle();
	const ref = page.socket().last("room.wait")?.ref;
	await page.give({ type: "error", ref, code: "work_needed", message: "Work.", challenge: "00".repeat(32), bits: 17 });
	while (FakeWorker.last === undefined) {
		await settle(); /* it is fetched first */
	}
	return { ...page, done, worker: FakeWorker.last as FakeWorker };
}

test("visitor: waiting for a peer with the sum that the server wants for it", async () => {
	const page = await waitsForSum();
	assert(page.session.state.stop);
	assert.equal(page.session.state.trouble, false);
	assert.equal(await page.session.wait(), false); /* one sum is enough */
	page.worker.onmessage?.({ data: "the sum" });
	await settle();
	const { room, code, work } = page.socket().last("room.wait") ?? {};
	assert.deepEqual({ room, code, work }, { room: 7, code: "23456", work: "the sum" });
	await page.answer("room.wait");
	assert.equal(await page.done, true);
	assert.equal(page.session.state.stop, undefined);
});

test("visitor: a sum that is stopped, or whose chat is forgotten, is no trouble", async () => {
	for (const leave of ["stop", "forget"]) {
		const page = await waitsForSum();
		const before = page.socket().last("room.wait")?.ref;
		if (leave === "stop") {
			page.session.state.stop?.();
		} else {
			page.session.forget();
		}
		assert.equal(await page.done, false);
		assert.equal(page.session.state.trouble, false);
		assert.equal(page.session.state.stop, undefined);
		assert.equal(page.worker.ended, true);
		assert.equal(page.socket().last("room.wait")?.ref ?? before, before);
	}
});

test("visitor: a lost answer is asked for again, with the same token and the same id", async () => {
	const page = setUp();
	await page.welcome();
	page.session.open({ topics: [], to: "now" });
	await page.answer("room.start", { room: 7 });
	page.session.send("hi");
	await settle();
	const first = page.socket();
	page.cut();
	await page.welcome(7);
	await page.give(stands());
	assert.equal(page.socket().last("hello")?.token, first.last("hello")?.token);
	assert.equal(page.socket().last("chat.send")?.id, first.last("chat.send")?.id);
	assert.equal(page.socket().last("chat.send")?.again, undefined); /* or an old room would call it stale */
	await page.answer("chat.send", { n: 2, at_ms: 5 });
	assert.equal(page.session.state.log.outbox.length, 0);
	assert.equal(page.session.state.log.events.length, 1);
});

test("visitor: a refresh comes back to the chat and sends what had not been sent", async () => {
	const { open } = sharedStore();
	const before = setUp(open());
	await before.welcome();
	before.session.open({ topics: [], to: "now" });
	await before.answer("room.start", { room: 7 });
	before.session.send("hi");
	await settle();
	const after = setUp(open());
	assert.equal(place(after.session.state), "opening");
	await after.welcome(7);
	await after.give(stands());
	assert.equal(after.socket().last("hello")?.token, before.socket().last("hello")?.token);
	assert.equal(after.socket().last("chat.send")?.id, before.socket().last("chat.send")?.id);
});

test("visitor: of a duplicated tab both work, and neither doubles", async () => {
	const { open } = sharedStore();
	const one = setUp(open());
	await one.welcome();
	one.session.open({ topics: [], to: "now" });
	await one.answer("room.start", { room: 7 });
	await one.give(posted(1, { room: 7 }));
	const two = setUp(open());
	await two.welcome(7);
	await two.give(stands());
	await two.give(posted(1, { room: 7 }));
	one.session.send("hi");
	await settle();
	const id = one.socket().last("chat.send")?.id as string;
	await one.answer("chat.send", { n: 2, at_ms: 5 });
	await two.give(posted(2, { room: 7, id, who: "visitor", name: "", body: "hi" }));
	assert.equal(two.session.state.log.events.length, 2);
	assert.equal(one.session.state.log.events.length, 2);
});

test("visitor: without storage the page says so, and works", async () => {
	const page = setUp();
	assert.equal(page.session.state.lasting, false);
	await page.welcome();
	assert.equal(String(page.socket().last("hello")?.token).length, 64);
});

test("visitor: a tab the server has forgotten asks for the words, and gets its chat back", async () => {
	const { open } = sharedStore();
	const store = open();
	store.write("room", 7);
	const page = setUp(store);
	await page.welcome();
	assert.equal(page.session.state.forgot, true);
	assert.equal(page.session.state.screen, "words");
	const opened = page.session.openWords(words);
	await page.give(posted(1, { room: 7 }));
	await page.give(stands());
	assert.equal(place(page.session.state), "live");
	assert.equal(page.session.state.log.after, 1);
	await page.answer("codename.open", { room: 7 });
	assert.equal(await opened, "ok");
	assert.equal(page.session.state.log.after, 1);
	assert.equal(page.session.state.words, words);
});

test("visitor: wrong words say so", async () => {
	const page = setUp();
	await page.welcome();
	const opened = page.session.openWords(words);
	await page.refuse("codename.open", "wrong_words");
	assert.equal(await opened, "wrong");
});

test("visitor: words that come too fast are waited for, not for ever", async () => {
	const waited: number[] = [];
	const pause = async (ms: number): Promise<void> => void waited.push(ms);
	const tooFast = new WireError({ type: "error", code: "too_fast", message: "No.", retry_ms: 300 });
	let refusals = 1;
	const connection = {
		request: () => (refusals-- > 0 ? Promise.reject(tooFast) : Promise.resolve({ type: "codename", room: 7, words } as const)),
	};
	assert.deepEqual(await makeWords(connection, 7, pause), { result: "ok", words });
	assert.deepEqual(waited, [300]);
	refusals = 99;
	assert.deepEqual(await makeWords(connection, 7, pause), { result: "tooFast" });
});

test("visitor: a message for a counselor alone waits until the room is theirs", async () => {
	const page = setUp();
	await page.welcome();
	page.session.open({ topics: [], to: "now" });
	await page.answer("room.start", { room: 7 });
	await page.give(stands({ phase: "waiting" }));
	page.session.keepDraft("letter", "secret");
	page.session.leaveMessage("counselor", "secret");
	await settle();
	assert.equal(page.session.draft("letter"), "secret");
	assert.equal(page.socket().last("room.mailbox")?.to, "counselor");
	assert.equal(page.socket().last("chat.send"), undefined);
	await page.give(stands({ phase: "mailbox", to: "counselor" }));
	await page.answer("room.mailbox");
	assert.equal(page.socket().last("chat.send")?.body, "secret");
	assert.equal(page.session.draft("letter"), "");
});

test("visitor: a peer who joins at that moment never gets what was meant for a counselor", async () => {
	const page = setUp();
	await page.welcome();
	page.session.open({ topics: [], to: "now" });
	await page.answer("room.start", { room: 7 });
	await page.give(stands({ phase: "waiting" }));
	page.session.keepDraft("letter", "secret");
	page.session.leaveMessage("counselor", "secret");
	await page.give(stands({ phase: "live" }));
	await page.refuse("room.mailbox", "not_allowed");
	assert.equal(page.socket().last("chat.send"), undefined);
	assert.equal(page.session.state.screen, "leave");
	assert.equal(page.session.draft("letter"), "secret");
});

test("visitor: a newer server's reload loses nothing: without storage it waits for the outbox", async () => {
	const kept = setUp(sharedStore().open());
	kept.session.open({ topics: [], to: "now" });
	kept.session.send("hi");
	kept.socket().onopen?.();
	await kept.give({ type: "reload" });
	assert.equal(kept.reloads(), 1);
	await kept.give({ type: "reload" });
	assert.equal(kept.reloads(), 1, "not for ever");

	const memory = setUp();
	memory.session.open({ topics: [], to: "now" });
	memory.session.send("hi");
	memory.socket().onopen?.();
	await memory.give({ type: "reload" });
	assert.equal(memory.reloads(), 0);
});

test("visitor: forgetting tells the server, empties the tab and takes a new token", async () => {
	const { open, kept } = sharedStore();
	const page = setUp(open());
	await page.welcome(7);
	await page.give(stands());
	const first = page.socket();
	page.session.forget();
	assert(first.last("token.forget"));
	assert.equal(place(page.session.state), "home");
	assert.deepEqual([...kept.keys()], ["hark.token"]);
	await page.welcome();
	assert(page.socket().last("hello")?.token !== first.last("hello")?.token);
	assert.equal(page.session.state.status, "online");
});

test("visitor: what a peer said is reported as seen once it is on screen, not in a folded frame", async () => {
	const page = setUp();
	await page.welcome(7);
	await page.give(stands());
	page.session.setFolded(true);
	await page.give(posted(1, { room: 7 }));
	assert.equal(page.socket().last("chat.seen"), undefined);
	page.session.setFolded(false);
	page.session.look();
	assert.equal(page.socket().last("chat.seen")?.n, 1);
});

test("visitor: what is refused for want of a code stands there again, and why", async () => {
	const page = setUp();
	await page.welcome();
	page.session.open({ topics: ["Friends"], to: "now", code: "abc" });
	await page.refuse("room.start", "code_wrong");
	const { screen, trouble, why, wanted } = page.session.state;
	assert.deepEqual([screen, trouble, wanted], ["start", true, undefined]);
	assert.deepEqual(why, { code: "code_wrong", until_ms: why?.until_ms, wanted: { topics: ["Friends"], to: "now", code: "abc" } });
});

test("visitor: a pause is over by the clock, and never between the visitor and an adult", () => {
	const until = 1_000_000;
	const at = (room: Partial<RoomState>, now: number): [number, boolean] => {
		const visitor = { ...blank, room: 7, state: stands({ blocked_until_ms: until, ...room }) };
		return [pausedUntil(visitor, now), mayWrite(visitor, now)];
	};
	assert.deepEqual(at({}, until - 1), [until, false]);
	assert.deepEqual(at({}, until), [0, true]);
	assert.deepEqual(at({ help: "asked" }, until - 1), [until, true]);
	assert.deepEqual(at({ adult_name: "Ms. R." }, until - 1), [until, true]);
});

test("exit: only a web address, and never something that runs", () => {
	const base = "https://chat.school.example/";
	assert.equal(exitAddress("/lunch", base), "https://chat.school.example/lunch");
	assert.equal(exitAddress("https://school.example/a", base), "https://school.example/a");
	assert.equal(exitAddress("javascript:alert(1)", base), "about:blank");
	assert.equal(exitAddress("http://[", base), "about:blank");
});

test("exit: Shift three times, with nothing between", () => {
	const target = new EventTarget();
	let exits = 0;
	onTripleShift(target, () => exits++);
	const press = (key: string, repeat = false) => target.dispatchEvent(Object.assign(new Event("keydown"), { key, repeat }));
	["Shift", "A", "Shift", "B", "Shift"].forEach((key) => press(key));
	press("Shift", true);
	press("Shift", true);
	assert.equal(exits, 0);
	press("A");
	["Shift", "Shift", "Shift"].forEach((key) => press(key));
	assert.equal(exits, 1);
});

test("visitor: an adult is asked for before there is a room, and the break in between is survived", async () => {
	const shared = sharedStore();
	const page = setUp(shared.open());
	page.session.needAdult("  it is about home ");
	assert.equal(page.session.state.screen, "need");
	await page.welcome();
	assert.equal(page.socket().last("room.start")?.to, "counselor");
	await page.answer("room.start", { room: 7 });
	const first = page.socket().last("escalation.raise");
	assert.deepEqual([first?.room, first?.reason, first?.note], [7, "need", "it is about home"]);
	page.cut();

	const again = setUp(shared.open()); /* refreshed without an answer */
	await again.welcome(7);
	await again.give(stands({ phase: "mailbox", to: "counselor" }));
	const second = again.socket().last("escalation.raise");
	assert.equal(second?.id, first?.id);
	await again.refuse("escalation.raise", "unavailable");
	assert.equal(again.session.state.call?.id, first?.id); /* a refusal that passes forgets no call */
	await again.give(stands({ phase: "mailbox", to: "counselor", help: "asked" }));
	await again.answer("escalation.raise");
	assert.equal(again.session.state.call, undefined);
	assert.equal(again.session.state.state?.help, "asked");
});

test("visitor: who looks at how far the call has come is brought to the adult who comes", async () => {
	const page = setUp();
	await page.welcome(7);
	await page.give(stands({ phase: "mailbox", to: "counselor" }));
	page.session.go("need");
	const joined = { type: "room.joined", room: 7, n: 2, at_ms: 2000, who: "counselor", name: "Ms. R.", picture: "", handed: false } as const;
	await page.give({ ...joined, replay: true });
	assert.equal(page.session.state.screen, "need"); /* that was before */
	await page.give({ ...joined, n: 3 });
	assert.equal(page.session.state.screen, undefined);
	page.session.go("help");
	await page.give({ ...posted(4), room: 7 });
	assert.equal(page.session.state.screen, "help"); /* ways to get help are never taken away */
});

test("visitor: a call that can reach no room says so", async () => {
	const page = setUp();
	await page.welcome(7);
	await page.give(stands({ phase: "ended" }));
	page.session.needAdult("");
	await settle();
	assert.equal("note" in (page.socket().last("escalation.raise") ?? {}), false);
	await page.refuse("escalation.raise", "room_ended");
	assert.equal(page.session.state.call, undefined);
	assert.equal(page.session.state.trouble, true);
});
