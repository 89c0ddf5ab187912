// Pictures, chosen with the browser's own file chooser and seen by everybody in a room: blurred for
// the supporter until tapped, taken back in the middle, sent again after a break.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { scratchDirectory } from "../wire/client.mjs";
import { becomes, desktop, same } from "./browser.mjs";
import { Counselor, Supporter, Visitor } from "./people.mjs";
import { password } from "../wire/school.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const made = (kind, width, height) =>
	execFileSync(join(process.argv[2], "tests/picture/make"), [kind, String(width), String(height)], { maxBuffer: 1 << 26 });

const directory = scratchDirectory();
let files = 0;

/* A file on the disk: the browser reads it itself. */
async function choose(person, bytes, type = "jpg") {
	const path = join(directory, `${++files}.${type}`);
	writeFileSync(path, bytes);
	const chooser = person.page.waitForEvent("filechooser");
	await person.page.getByRole("button", { name: "Add a picture" }).click();
	await (await chooser).setFiles(path);
}

/* The button in the preview, not the composer's. */
const confirm = (person) => person.page.locator(".pic-ask").getByRole("button", { name: "Send" }).click();

/* How wide each picture in the log is, once it is there; blurred or not. */
const shown = (person) => person.page.locator("[role=log] .bub--img:not(.bub--load) img").evaluateAll((images) =>
	images.map((image) => ({ loaded: image.complete && image.naturalWidth > 0, blurred: getComputedStyle(image).filter !== "none" })));

async function wellMade(person) {
	await person.page.evaluate(axe);
	const found = await person.page.evaluate(async () => (await window.axe.run({ resultTypes: ["violations"] })).violations);
	assert.deepEqual(found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
}

async function talk() {
	const school = await School.open();
	const supporter = await Supporter.arrive(school);
	const visitor = await Visitor.arrive(school);
	await visitor.start("Friends");
	await visitor.say("look");
	await supporter.sayHi();
	await visitor.isAt("Juniper");
	return { school, supporter, visitor };
}

test("a picture is chosen, looked at, sent, tapped and opened", async () => {
	const { school, supporter, visitor } = await talk();
	await choose(visitor, made("jpeg", 1600, 1000));
	await visitor.sees("Place and device details are taken off");
	await wellMade(visitor);
	await visitor.picture("picture-preview");
	await confirm(visitor);
	await same("her picture to be in the log", () => shown(visitor), [{ loaded: true, blurred: false }]);
	await visitor.stateIs("Seen");

	/* The supporter chooses to see it, then opens it. */
	await same("a blurred picture", () => shown(supporter), [{ loaded: true, blurred: true }]);
	await wellMade(supporter);
	await supporter.picture("picture-blurred");
	await supporter.page.getByRole("button", { name: /Show picture/ }).click();
	await same("a clear picture", () => shown(supporter), [{ loaded: true, blurred: false }]);
	await supporter.page.getByRole("button", { name: /Open it larger/ }).click();
	const whole = supporter.page.getByRole("dialog");
	await becomes("the whole picture", () => whole.locator("img").evaluate((image) => image.naturalWidth === 1600));
	await supporter.picture("picture-whole");
	await supporter.page.keyboard.press("Escape");
	await same("it to be closed", () => whole.count(), 0);
	await visitor.picture("picture-sent");

	/* And one back. */
	await choose(supporter, made("png-alpha", 400, 500), "png");
	await confirm(supporter);
	await same("both", () => shown(visitor), [{ loaded: true, blurred: false }, { loaded: true, blurred: false }]);
	await visitor.page.getByRole("button", { name: /^Picture from Juniper/ }).click();
	await becomes("the whole picture", () =>
		visitor.page.getByRole("dialog").locator("img").evaluate((image) => image.src.startsWith("blob:") && image.naturalWidth === 400));
	await visitor.page.getByRole("button", { name: "Close" }).click();
	await school.close();
});

test("what cannot be sent is said at once; what the server refuses, when it does", async () => {
	const { school, visitor } = await talk();
	await choose(visitor, Buffer.from("GIF89a"), "gif");
	await visitor.sees("This isn't a JPEG, PNG or WebP picture we can show.");
	await visitor.press("Cancel");
	await choose(visitor, Buffer.alloc(8 * 1024 * 1024 + 1));
	await visitor.sees("This picture is too large.");
	await visitor.press("Cancel");
	await choose(visitor, made("jpeg", 300, 200).subarray(0, 900));
	visitor.mayComplain = true; /* the browser says that the answer was 415 */
	await confirm(visitor);
	await visitor.sees("Not sent. This isn't a JPEG, PNG or WebP picture we can show.");
	await visitor.press("Remove");
	await same("nothing of it to stay", () => visitor.page.locator(".bub--img").count(), 0);
	await school.close();
});

test("taken back in the middle, and sent again after a break with the same id", async () => {
	const { school, supporter, visitor } = await talk();
	const ids = [];
	let hold = true;
	const held = [];
	await visitor.page.route("**/picture", async (route) => {
		ids.push(route.request().headers()["x-hark-id"]);
		if (hold) {
			held.push(route);
		} else {
			await route.continue();
		}
	});
	await choose(visitor, made("jpeg", 300, 200));
	await confirm(visitor);
	await becomes("it to be on its way", () => held.length === 1);
	await visitor.picture("picture-sending");
	await visitor.page.locator(".bub--load + .state").getByRole("button", { name: "Cancel" }).click();
	await same("nothing of it to stay", () => visitor.page.locator(".bub--img").count(), 0);

	await choose(visitor, made("jpeg", 300, 200));
	await confirm(visitor);
	await becomes("the next to be on its way", () => held.length === 2);
	hold = false;
	await held[1].abort("connectionreset");
	await same("her picture to be in the log", () => shown(visitor), [{ loaded: true, blurred: false }]);
	await same("one picture", () => shown(supporter), [{ loaded: true, blurred: true }]);
	assert.equal(ids.length, 3);
	assert.equal(ids[1], ids[2]);
	assert.notEqual(ids[0], ids[1]);
	await school.close();
});

test("Quick exit leaves no picture and no upload behind", async () => {
	const { school, visitor } = await talk();
	await visitor.page.route("**/picture", () => undefined); /* never goes on */
	await choose(visitor, made("jpeg", 300, 200));
	await confirm(visitor);
	const image = visitor.page.locator(".bub--load img");
	await image.waitFor();
	const ended = visitor.page.waitForEvent("requestfailed", (request) => request.url().endsWith("/picture"));
	await visitor.press("Quick exit");
	await ended;
	await same("nothing to be left", () => visitor.page.locator("img").count(), 0);
	await school.close();
});

test("as it was sent, a counselor gets it out of the sealed details", async () => {
	const { school, visitor } = await talk();
	const counselor = await Counselor.arrive(school, "rivera", { size: desktop });
	try {
		await choose(visitor, made("jpeg", 1600, 1000));
		await confirm(visitor);
		await becomes("the picture in the log", async () => (await shown(visitor)).some((one) => one.loaded));
		await counselor.press("Read");
		await becomes("the picture among what is sealed", async () => {
			await counselor.press("Find out");
			const dialog = counselor.page.getByRole("dialog");
			const listed = await dialog.getByText(/Picture, as it was sent/i).count();
			if (listed === 0) {
				await dialog.getByRole("button", { name: "Cancel" }).click();
			}
			return listed > 0;
		});
		const dialog = counselor.page.getByRole("dialog");
		await dialog.getByRole("radio", { name: "May hurt themselves" }).check({ force: true });
		await dialog.getByRole("textbox", { name: /What did you read or hear/ }).fill("The picture may tell where they are.");
		await dialog.getByLabel("Your password").fill(password("rivera"));
		await dialog.getByRole("button", { name: "Open sealed details" }).click();
		await counselor.press("Open the original");
		await counselor.page.locator(".op-ask").getByLabel("Your password").fill("not this one");
		await counselor.press("Open the original");
		await counselor.sees("That is not your password.");
		await counselor.page.locator(".op-ask").getByLabel("Your password").fill(password("rivera"));
		await counselor.press("Open the original");
		const image = counselor.page.locator(".op-pic img");
		await becomes("the original", () => image.evaluate((one) => one.complete && one.naturalWidth === 1600));
		await wellMade(counselor);
		await counselor.picture("picture-original");
		await counselor.press("Close now");
		await image.waitFor({ state: "detached" });
	} finally {
		await school.close();
	}
});
