/* lib/say and lib/when: sentences with their numbers, names and times. */

import assert from "node:assert/strict";
import test from "node:test";
import { count, names, t } from "../lib/say";
import { brief, clock, dayAndClock, elapsed, minutes } from "../lib/when";

const noon = new Date(2025, 10, 19, 12, 5, 9).getTime();
const MIN = 60_000;

test("say: parts are filled in, and the number chooses its form", () => {
	assert.equal(t("shift.left", { n: 42 }), "42 min left");
	assert.equal(count("rail.room", 1), "Room for one more");
	assert.equal(count("rail.room", 3), "Room for 3 more");
});

test("say: names are listed as one says them", () => {
	assert.equal(names([]), "");
	assert.equal(names(["Ms. R."]), "Ms. R.");
	assert.equal(names(["Ms. R.", "Mr. T."]), "Ms. R. and Mr. T.");
	assert.equal(names(["A", "B", "C"]), "A, B and C");
});

test("when: waiting is said in minutes and seconds, then in hours, and never below zero", () => {
	assert.equal(elapsed(-5), "0:00");
	assert.equal(elapsed(72_900), "1:12");
	assert.equal(elapsed(3600_000 * 2 + 5 * MIN), "2 h 05");
	assert.equal(minutes(-1), 0);
	assert.equal(minutes(119_999), 1);
});

test("when: today's times stand alone, other days are named", () => {
	assert.equal(brief(noon, noon + MIN), clock(noon));
	assert.equal(brief(noon - 48 * 60 * MIN, noon), "Mon");
	assert.equal(dayAndClock(noon + 24 * 60 * MIN, noon), `Thu ${clock(noon)}`);
});
