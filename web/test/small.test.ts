/* lib/store, lib/text, lib/i18n: the small ones. */

import assert from "node:assert/strict";
import test from "node:test";
import { daysBetween, rightToLeft, translator } from "../lib/i18n";
import { tabStore } from "../lib/store";
import { fits, holdsWords, normalWords, tidy } from "../lib/text";

class FakeStorage implements Storage {
	readonly kept = new Map<string, string>();
	full = false;
	get length(): number {
		return this.kept.size;
	}
	clear(): void {
		this.kept.clear();
	}
	getItem(key: string): string | null {
		return this.kept.get(key) ?? null;
	}
	key(): string | null {
		return null;
	}
	removeItem(key: string): void {
		this.kept.delete(key);
	}
	setItem(key: string, value: string): void {
		if (this.full) {
			throw new Error("full");
		}
		this.kept.set(key, value);
	}
}

test("store: what one page wrote, the page after a refresh reads", () => {
	const storage = new FakeStorage();
	const store = tabStore(() => storage);
	assert.equal(store.lasting, true);
	store.write("outbox", [{ id: "a" }]);
	assert.deepEqual(tabStore(() => storage).read("outbox"), [{ id: "a" }]);
	store.write("outbox", undefined);
	assert.equal(tabStore(() => storage).read("outbox"), undefined);
});

test("store: blocked storage lasts as long as the page, and says so", () => {
	const store = tabStore(() => {
		throw new Error("blocked");
	});
	assert.equal(store.lasting, false);
	store.write("token", "t");
	assert.equal(store.read("token"), "t");
	store.clear();
	assert.equal(store.read("token"), undefined);
});

test("store: storage that fills up loses nothing while the page lives", () => {
	const storage = new FakeStorage();
	const store = tabStore(() => storage);
	storage.full = true;
	store.write("draft", "long");
	assert.equal(store.read("draft"), "long");
});

test("store: clear leaves nothing behind", () => {
	const storage = new FakeStorage();
	const store = tabStore(() => storage);
	store.write("token", "t");
	store.clear();
	assert.equal(storage.length, 0);
});

test("store: what somebody else wrote there is no value", () => {
	const storage = new FakeStorage();
	storage.setItem("hark.token", "{");
	assert.equal(tabStore(() => storage).read("token"), undefined);
});

test("text: 4,000 code points and 16,000 bytes, both", () => {
	assert.equal(fits("x".repeat(4000)), true);
	assert.equal(fits("x".repeat(4001)), false);
	assert.equal(fits("\u{1f600}".repeat(4000)), true);
	assert.equal(fits("\u{1f600}".repeat(4001)), false);
});

test("text: what the wire refuses is taken out before sending", () => {
	assert.equal(tidy("  a\r\nb\u0000\u0007\t "), "a\nb");
	assert.equal(tidy("a\ud800b\udc00c\u{1f600}"), "a\ufffdb\ufffdc\u{1f600}");
	assert.equal(tidy(" \n "), "");
});

test("text: the words are found however they are written, and only whole", () => {
	const words = "amber kettle meadow drum";
	assert.equal(holdsWords("my words are Amber, KETTLE - meadow\ndrum.", words), true);
	assert.equal(holdsWords("amber kettle meadow", words), false);
	assert.equal(holdsWords("amber kettle meadow drums", words), false);
	assert.equal(holdsWords("anything", ""), false);
	assert.equal(normalWords("  Amber  kettle,MEADOW drum "), words);
});

test("i18n: values are put in, the school's own words too", () => {
	const t = translator({ hello: "{Peer} says {what} to {nobody}." }, { Peer: "Friend" });
	assert.equal(t("hello", { what: "hi" }), "Friend says hi to .");
});

test("i18n: days are those of the calendar, and Arabic runs from right to left", () => {
	const late = new Date(2026, 4, 12, 23, 50).getTime();
	assert.equal(daysBetween(new Date(2026, 4, 13, 0, 10).getTime(), late), 1);
	assert.equal(daysBetween(late, late), 0);
	assert.equal(rightToLeft("ar"), true);
	assert.equal(rightToLeft("en"), false);
});
