import assert from "node:assert/strict";
import test from "node:test";
import { PictureSender, whyNoPicture } from "../lib/pictures";
import { items } from "../lib/roomitems";
import { addEvent, emptyLog } from "../lib/roomlog";
import type { Of } from "../lib/wire";

/* A request under the test's hand. */
class Fake {
	status = 0;
	responseText = "";
	aborted = false;
	headers: Record<string, string> = {};
	upload: { onprogress: ((event: ProgressEvent) => void) | null } = { onprogress: null };
	onload: (() => void) | null = null;
	onerror: (() => void) | null = null;
	onabort: (() => void) | null = null;
	ontimeout = null;
	timeout = 0;
	open(): void {}
	setRequestHeader(name: string, value: string): void {
		this.headers[name] = value;
	}
	send(): void {}
	abort(): void {
		this.aborted = true;
		this.onabort?.();
	}
	answer(status: number, body: object): void {
		this.status = status;
		this.responseText = JSON.stringify(body);
		this.onload?.();
	}
}

function setUp() {
	const requests: Fake[] = [];
	const later: (() => void)[] = [];
	const urls = new Set<string>();
	const sender = new PictureSender({
		headers: () => ({ Authorization: "Bearer x" }),
		changed: () => undefined,
		request: () => {
			const fake = new Fake();
			requests.push(fake);
			return fake as never;
		},
		later: (_, run) => later.push(run),
		url: {
			createObjectURL: () => {
				const url = `blob:${urls.size}-${Math.random()}`;
				urls.add(url);
				return url;
			},
			revokeObjectURL: (url) => void urls.delete(url),
		},
	});
	const file = { size: 10, type: "image/png" } as File;
	return { sender, requests, later, urls, file };
}

test("pictures go one at a time, with who, where and a number of their own", () => {
	const { sender, requests, file } = setUp();
	sender.add(7, file);
	sender.add(7, file);
	assert.equal(requests.length, 1);
	const [first, second] = sender.list.map((one) => one.id);
	assert.deepEqual(requests[0]!.headers, {
		Authorization: "Bearer x", "Content-Type": "image/png", "X-Hark-Room": "7", "X-Hark-Id": first,
	});
	requests[0]!.upload.onprogress?.({ loaded: 5, total: 10 } as ProgressEvent);
	assert.equal(sender.list[0]!.part, 0.5);
	requests[0]!.answer(200, { type: "ok", room: 7, n: 3, at_ms: 1 });
	assert.equal(sender.list[0]!.state, "sent");
	assert.equal(requests[1]!.headers["X-Hark-Id"], second);
});

test("what was sent stays on screen until the log has it, and is let go of then", () => {
	const { sender, requests, urls, file } = setUp();
	sender.add(7, file);
	const { id } = sender.list[0]!;
	sender.arrived(new Set([id])); /* the event may come before the answer */
	assert.equal(sender.list.length, 1);
	requests[0]!.answer(200, { type: "ok" });
	sender.arrived(new Set([id]));
	assert.deepEqual([sender.list.length, urls.size], [0, 0]);
});

test("a break, or a refusal that passes: the same picture again, with the same id", () => {
	const { sender, requests, later, file } = setUp();
	sender.add(7, file);
	const { id } = sender.list[0]!;
	requests[0]!.onerror?.();
	assert.equal(sender.list[0]!.state, "waiting");
	later[0]!();
	requests[1]!.answer(503, { type: "error", code: "too_many", retry_ms: 5000 });
	sender.flush();
	requests[2]!.answer(502, {});
	later[2]!();
	assert.equal(requests.length, 4);
	assert.equal(requests.every((one) => one.headers["X-Hark-Id"] === id), true);
});

test("another refusal is the sender's to see; the next one goes on", () => {
	const { sender, requests, file } = setUp();
	sender.add(7, file);
	sender.add(7, file);
	requests[0]!.answer(415, { type: "error", code: "bad_picture" });
	assert.deepEqual([sender.list[0]!.state, sender.list[0]!.code, sender.list[1]!.state], ["failed", "bad_picture", "sending"]);
	sender.again(sender.list[0]!.id);
	assert.deepEqual([sender.list[0]!.state, sender.list[0]!.code], ["waiting", undefined]);
});

test("taken back in the middle; and all of it when the page goes", () => {
	const { sender, requests, urls, file } = setUp();
	sender.add(7, file);
	sender.add(7, file);
	sender.cancel(sender.list[0]!.id);
	assert.equal(requests[0]!.aborted, true);
	assert.deepEqual([sender.list.length, requests.length], [1, 2]);
	sender.stop();
	assert.equal(requests[1]!.aborted, true);
	assert.deepEqual([sender.list.length, urls.size], [0, 0]);
});

test("what cannot be sent is known before it is tried", () => {
	assert.equal(whyNoPicture({ size: 8 * 1024 * 1024, type: "image/jpeg" }), undefined);
	assert.equal(whyNoPicture({ size: 8 * 1024 * 1024 + 1, type: "image/jpeg" }), "too_large");
	assert.equal(whyNoPicture({ size: 10, type: "image/gif" }), "bad_picture");
	assert.equal(whyNoPicture({ size: 0, type: "image/png" }), "bad_picture");
});

test("a picture stands in a run of what one person said", () => {
	const said = { room: 7, who: "visitor", name: "" } as const;
	let log = addEvent(emptyLog, { type: "chat.posted", n: 1, at_ms: 1, id: "a", body: "look", ...said });
	const event: Of<"chat.pictured"> = { type: "chat.pictured", n: 2, at_ms: 2, id: "b", picture: 9, width: 4, height: 3, ...said };
	log = addEvent(log, event);
	const list = items(log, { self: { who: "visitor", name: "" }, seen: 2 });
	assert.deepEqual(list.map((one) => one.kind), ["day", "message", "picture"]);
	const last = list[2]!;
	assert.equal(last.kind === "picture" && last.mine && last.state === "seen" && !last.first && last.event === event, true);
});
