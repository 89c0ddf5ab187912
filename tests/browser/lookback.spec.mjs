// What counselors do when they look back and set things up: search, past chats, exports, the audit,
// watch phrases, settings, the ways to adults; two holders who must agree; older items granted.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { MailServer } from "../wire/outside.mjs";
import { password } from "../wire/school.mjs";
import { becomes, desktop, same } from "./browser.mjs";
import { Counselor, Supporter, Visitor, talking } from "./people.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

const dialog = (one) => one.page.getByRole("dialog");
const field = (one, name) => one.page.getByRole("textbox", { name });
const hits = (one) => one.page.locator(".hits > li");

/* A page of the bar, or one behind "More". */
async function goes(one, page) {
	const bar = one.page.getByRole("navigation");
	if (["Watch phrases", "Audit", "Settings"].includes(page)) {
		await bar.getByRole("button", { name: "More" }).click();
	}
	await bar.getByRole("button", { name: page }).click();
	await one.page.getByRole("heading", { level: 1, name: page }).waitFor();
}

/* Searches until there are so many: words are found a second after they were said. */
async function finds(one, number) {
	await becomes(`${number} to be found`, async () => {
		await one.page.getByRole("search").getByRole("button", { name: "Search", exact: true }).click();
		await one.page.locator(".page").getByText("One moment").waitFor({ state: "detached" });
		return (await hits(one).count()) === number;
	});
}

/* A day as a date field has it. */
function day(ms) {
	const pad = (n) => String(n).padStart(2, "0");
	const at = new Date(ms);
	return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

async function takesFile(one, format, reason) {
	await dialog(one).getByRole("textbox", { name: "Why do you need it?" }).fill(reason);
	await dialog(one).getByRole("radio", { name: format }).check();
	const coming = one.page.waitForEvent("download");
	await dialog(one).getByRole("button", { name: "Export", exact: true }).click();
	const file = await coming;
	await dialog(one).getByText("The file is in your downloads.").waitFor();
	await dialog(one).getByRole("button", { name: "Close", exact: true }).click();
	return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
}

test("looking back: search and its filters, past chats by peer, exports, and the audit of it all", async () => {
	const school = await School.open();
	const rivera = await Counselor.arrive(school, "rivera");
	const okafor = await Counselor.arrive(school, "okafor");
	const { visitor, supporter, room } = await talking(school);
	await visitor.say("my brother has a lantern");
	await supporter.say("A lantern, like the one at school?");
	await visitor.hears(["hello", "my brother has a lantern", "A lantern, like the one at school?"]);

	await goes(rivera, "Search");
	const form = rivera.page.getByRole("search");
	await form.getByRole("searchbox", { name: "Words" }).fill("Lantern");
	await finds(rivera, 2);
	assert.deepEqual(await hits(rivera).locator("mark").allTextContents(), ["lantern", "lantern"]);
	const by = form.getByRole("combobox", { name: "Said by" });
	await by.selectOption({ label: "Visitors" });
	await finds(rivera, 1);
	await rivera.sees("my brother has a");
	await by.selectOption({ label: "Juniper" });
	await finds(rivera, 1);
	await hits(rivera).getByText("like the one at school?").waitFor();
	await by.selectOption({ label: "Anyone" });
	await form.getByLabel("Flagged").selectOption({ label: "Look now" });
	await finds(rivera, 0);
	await rivera.sees("Nothing found");
	await form.getByLabel("Flagged").selectOption({ label: "Does not matter" });
	await form.getByLabel("Until").fill(day(Date.now() - 86_400_000));
	await finds(rivera, 0);
	await form.getByLabel("Until").fill(day(Date.now()));
	await form.getByLabel("From").fill(day(Date.now()));
	await finds(rivera, 2);
	await rivera.picture("lookback-search");
	await hits(rivera).last().getByRole("button", { name: "Search only here" }).click();
	await form.getByRole("button", { name: `Only in ${room}` }).waitFor();
	await same("those of this chat", () => hits(rivera).count(), 2);
	await hits(rivera).last().getByRole("button", { name: /^Read in the chat/ }).click();
	await rivera.page.locator(".tl--found").getByText("my brother has a lantern").waitFor();

	await goes(okafor, "Past chats");
	await hits(okafor).getByText(room).waitFor();
	await okafor.page.getByLabel("Peer").selectOption({ label: "Robin" });
	await okafor.sees("No chat in this time");
	await okafor.page.getByLabel("Peer").selectOption({ label: "Juniper" });
	await hits(okafor).getByText(room).waitFor();
	await okafor.press(`Export ${room}`);
	await dialog(okafor).getByRole("textbox", { name: "Why do you need it?" }).fill("short");
	await dialog(okafor).getByRole("button", { name: "Export", exact: true }).click();
	await dialog(okafor).getByText("10 characters at least").waitFor();
	const table = await takesFile(okafor, "Table (CSV)", "Asked for by the principal");
	assert.match(table.name, /\.csv$/);
	assert.match(table.text, /my brother has a lantern/);
	await rivera.page.getByRole("alert").getByText("Okafor exported transcripts: “Asked for by the principal”").waitFor();
	await okafor.page.getByRole("button", { name: "Export", exact: true }).click();
	const data = await takesFile(okafor, "Data (JSON)", "For the yearly review");
	assert.match(data.name, /\.json$/);
	assert.ok(JSON.parse(data.text).some(({ body }) => body === "my brother has a lantern"));
	await same("both, told", () => rivera.page.getByRole("alert").filter({ hasText: "exported" }).count(), 2);
	await rivera.page.getByRole("button", { name: "Dismiss" }).first().click();
	await same("one put away", () => rivera.page.getByRole("alert").filter({ hasText: "exported" }).count(), 1);

	await goes(okafor, "Audit");
	const row = (...texts) => texts.reduce((rows, hasText) => rows.filter({ hasText }), okafor.page.locator(".sheet--audit tbody tr"));
	await row("Searched", "Rivera", "words: Lantern").first().waitFor();
	await row("Looked at past chats", "Okafor", "rooms of account").first().waitFor();
	await row("Exported", "Okafor", "Asked for by the principal").first().waitFor();
	await row("Exported", "For the yearly review").first().waitFor();
	await same("no kind without words", () => row("audit.").count(), 0);
	const [entry, hash] = await okafor.page.locator(".audit-head dd").allTextContents();
	await school.hark("audit", "verify", "--head", `${entry}:${hash}`);
	await row("Read a chat", "Rivera").first().getByRole("button").click();
	await okafor.page.locator(".tl-list").getByText("my brother has a lantern").waitFor();
	await school.close();
});

async function fillsPhrase(one, words, soon) {
	const box = dialog(one);
	await box.getByRole("textbox", { name: "Words" }).fill(words);
	await box.getByRole("textbox", { name: "Category" }).fill("Safety at home");
	await box.getByRole("radio", { name: soon }).check();
	await box.getByLabel("Match").selectOption({ label: "Anywhere" });
	await box.getByRole("button", { name: "Save" }).click();
	await same("the dialog to be gone", () => box.count(), 0);
}

test("watch phrases and settings: a coordinator keeps them, a counselor reads them", async () => {
	const school = await School.open();
	const chen = await Counselor.arrive(school, "chen");
	const rivera = await Counselor.arrive(school, "rivera");
	const { visitor, room } = await talking(school);
	await goes(chen, "Watch phrases");
	await chen.sees("0 phrases");
	await chen.press("Add a phrase");
	await fillsPhrase(chen, "go hmoe", "Look soon");
	await chen.press("Change “go hmoe”");
	await fillsPhrase(chen, "go home", "Look now");
	await same("one phrase", () => chen.page.locator(".sheet tbody th").allTextContents(), ["go home"]);
	await chen.page.getByRole("searchbox", { name: "Find in the list" }).fill("nothing");
	await chen.sees("0 phrases");
	await chen.page.getByRole("searchbox", { name: "Find in the list" }).fill("HOME");
	await chen.sees("1 phrase");
	await visitor.say("i dont want to go home");
	await rivera.card(room).getByText("Look now").waitFor();
	await goes(rivera, "Watch phrases");
	await rivera.sees("A coordinator keeps this list.");
	await rivera.page.getByRole("rowheader", { name: "go home" }).waitFor();
	await same("nothing to change it with", () => rivera.page.locator(".row-acts").count(), 0);
	await chen.press("Remove “go home”");
	await dialog(chen).getByRole("button", { name: "Remove" }).click();
	await same("none left", () => chen.page.locator(".sheet tbody th").count(), 0);
	assert.doesNotMatch(await school.hark("phrase", "list"), /go home/);

	await goes(chen, "Settings");
	await chen.sees("Name of the school");
	const set = async (label, value) => {
		await field(chen, label).fill(value);
		await chen.press(`Save: ${label}`);
		await chen.page.locator(".set-one").filter({ hasText: label }).getByText("Saved.").waitFor();
	};
	await set("Who is called for an adult, one step a line: minutes | who | how", "0 | duty | screen, mail\n5 | everyone | mail");
	await set("E-mail of the front office, one address a line", "office@hill.example");
	await set("Steps of a new case, one a line", "Talk with the student\nCall the nurse");
	await set("Who gets the daily digest, one address a line", "head@hill.example");
	await set("Who keeps the audit’s newest entry, one address a line", "clerk@hill.example");
	await chen.page.getByLabel("Words marked “Look now” call an adult by themselves").selectOption({ label: "Yes" });
	await chen.press("Save: Words marked");
	const key = async (name) => school.hark("setting", "get", name);
	await same("the switch on disk", async () => /yes/.test(await key("flag_escalates")), true);
	assert.match(await key("ladder"), /5 \| everyone \| mail/);
	assert.match(await key("case_steps"), /Call the nurse/);
	assert.match(await key("office_mail"), /office@hill\.example/);
	assert.match(await key("digest_to"), /head@hill\.example/);
	assert.match(await key("audit_head_to"), /clerk@hill\.example/);
	await field(chen, "E-mail of the front office").fill("no address");
	await chen.press("Save: E-mail of the front office");
	await chen.page.locator(".set-one").getByRole("alert").filter({ hasText: /address/ }).waitFor();
	assert.match(await key("office_mail"), /office@hill\.example/);

	await goes(rivera, "Settings");
	await rivera.sees("A coordinator changes these.");
	assert.equal(await field(rivera, "Steps of a new case").inputValue(), "Talk with the student\nCall the nurse");
	await same("nothing to change", () => rivera.page.locator(".set-one .field:not(:disabled)").count(), 0);
	/* Every setting has words of its own. */
	const known = (await school.hark("--json", "setting", "get")).match(/"key":"[a-z_]+"/g).map((one) => one.slice(7, -1));
	for (const name of known) {
		const plain = name.replaceAll("_", " ");
		const bare = plain[0].toUpperCase() + plain.slice(1);
		assert.equal(await rivera.page.locator(".set-one").getByText(bare, { exact: true }).count(), 0, `words for ${name}`);
	}
	await school.close();
});

test("the ways to adults: on duty, the own address, a test that goes out and one that does not", async () => {
	const mail = await new MailServer("plain").listen();
	const school = await School.open({
		"server.public_url": "https://hark.hill.example", "mail.host": "127.0.0.1", "mail.port": mail.port,
		"mail.security": "none", "mail.from": "hark@hill.example",
	});
	const rivera = await Counselor.arrive(school, "rivera");
	const okafor = await Counselor.arrive(school, "okafor");
	const duty = (one) => one.page.getByRole("banner").getByRole("switch");
	await duty(rivera).click();
	await duty(rivera).getByText("On duty, alone").waitFor();
	await duty(okafor).getByText("Only Rivera on duty").waitFor();
	await duty(okafor).click();
	await duty(rivera).getByText("On duty with Okafor").waitFor();

	await goes(rivera, "Settings");
	await field(rivera, "Your e-mail").fill("rivera@hill.example");
	await rivera.press("Save: Your e-mail");
	await rivera.sees("Saved: rivera@hill.example");
	await field(rivera, "Your ntfy topic").fill("no topic!");
	await rivera.press("Save: Your ntfy topic");
	await rivera.sees("up to 64 letters");
	await field(rivera, "Your ntfy topic").fill("");
	await rivera.press("Save: Your ntfy topic");
	await rivera.sees("You use the school’s own topic.");

	await rivera.press("Alerts");
	const channels = rivera.page.getByRole("region", { name: "How adults are reached" });
	await channels.getByText("E-mail").waitFor();
	await channels.getByRole("button", { name: "Send a test" }).click();
	await channels.getByText("The test went out on E-mail.").waitFor();
	await becomes("the test to be with her", () => mail.mails.find(({ to }) => to.includes("rivera@hill.example")));
	await channels.getByText(/Last sent/).waitFor();
	await rivera.picture("lookback-channels");
	await mail.refuse();
	await channels.getByRole("button", { name: "Send a test" }).click();
	await channels.getByText("The test did not go out on E-mail.").waitFor();
	await okafor.button("Alerts: something is wrong").waitFor();
	await rivera.page.keyboard.press("Escape");
	await same("the box to be closed", () => channels.count(), 0);
	await duty(rivera).click();
	await duty(rivera).getByText("Only Okafor on duty").waitFor();
	await mail.close();
	await school.close();
});

async function asks(one, again) {
	await one.press("Find out");
	await dialog(one).getByRole("radio", { name: "Someone may hurt them" }).check();
	await dialog(one).getByRole("textbox", { name: "What did you read or hear?" }).fill("Says home is not safe today.");
	await dialog(one).getByLabel("Your password").fill(again);
	await dialog(one).getByRole("button", { name: /^(Ask to open|Open sealed details)$/ }).click();
}

test("two must agree: one says no, one says yes; and after a reset older items are granted", async () => {
	const school = await School.open({ "escrow.approvals": 2 });
	const rivera = await Counselor.arrive(school, "rivera");
	const okafor = await Counselor.arrive(school, "okafor");
	await Supporter.arrive(school);
	const visitor = await Visitor.arrive(school);
	await visitor.start("Family");
	await visitor.say("hello");
	await rivera.sees("Waiting for a peer");
	const room = await rivera.page.locator(".room h2").first().textContent();
	const opened = rivera.page.getByRole("region", { name: "Sealed details" });
	await rivera.reads(room);
	await asks(rivera, password("rivera"));
	await rivera.sees("You asked. Another counselor must agree.");
	await okafor.page.getByRole("alert").getByText("Rivera asks for your yes").waitFor();
	await okafor.press("Look at it");
	await dialog(okafor).getByText("Says home is not safe today.").waitFor();
	await dialog(okafor).getByRole("button", { name: "No, not yet" }).click();
	await rivera.page.getByRole("alert").getByText(`Okafor did not agree to open sealed details of ${room}.`).waitFor();
	await rivera.button("Find out").waitFor();
	await asks(rivera, password("rivera"));
	await okafor.press("Look at it");
	await dialog(okafor).getByRole("button", { name: "Read the chat first" }).click();
	await okafor.page.locator(".tl-list").getByText("hello").waitFor();
	await okafor.page.getByRole("region", { name: "Who this is" }).getByRole("button", { name: "Look at it" }).click();
	await dialog(okafor).getByLabel("Your password").fill("not this one");
	await dialog(okafor).getByRole("button", { name: "Approve" }).click();
	await dialog(okafor).getByText("That is not your password.").waitFor();
	await dialog(okafor).getByLabel("Your password").fill(password("okafor"));
	await dialog(okafor).getByRole("button", { name: "Approve" }).click();
	await same("the dialog to be gone", () => dialog(okafor).count(), 0);
	await rivera.sees(`Okafor agreed: you can open the sealed details of ${room}`);
	assert.equal(await rivera.page.getByText("127.0.0.1").count(), 0);
	await rivera.page.getByRole("region", { name: "Who this is" }).getByRole("button", { name: "Open now" }).click();
	await dialog(rivera).getByLabel("Your password").fill(password("rivera"));
	await dialog(rivera).getByRole("button", { name: "Open", exact: true }).click();
	await opened.getByText("127.0.0.1").waitFor();
	await opened.getByText("Approved by Okafor").waitFor();
	assert.equal(await okafor.page.getByText("127.0.0.1").count(), 0);
	await opened.getByRole("button", { name: "Close now" }).click();
	await same("nothing of it on the page", () => rivera.page.getByText("127.0.0.1").count(), 0);

	const secret = /#([0-9a-f]{64})/.exec(await school.hark("account", "reset", "okafor"))[1];
	const fresh = "a fresh password";
	const signed = await school.daemon.post("/enrol", { type: "sign.enrol", secret, password: fresh });
	assert.equal(signed.status, 204);
	await okafor.leave();
	const again = await Counselor.arrive({ ...school, cookies: { okafor: signed.cookie } }, "okafor", { size: desktop });
	await again.reads(room);
	await again.sees("Your key opens none of it. Another holder can grant it to you in Settings.");
	await goes(rivera, "Settings");
	await rivera.sees(/Lacks \d+ items? sealed before/);
	await rivera.press("Grant older items to Okafor");
	await dialog(rivera).getByLabel("Your password").fill("not this one");
	await dialog(rivera).getByRole("button", { name: "Grant" }).click();
	await dialog(rivera).getByText("That is not your password.").waitFor();
	await dialog(rivera).getByLabel("Your password").fill(password("rivera"));
	await dialog(rivera).getByRole("button", { name: "Grant" }).click();
	await same("nobody to lack anything", () => rivera.page.getByText(/Lacks/).count(), 0);
	await again.notSees("Your key opens none of it. Another holder can grant it to you in Settings.");
	await asks(again, fresh);
	await again.sees("You asked. Another counselor must agree.");
	await rivera.page.getByRole("alert").getByText("Okafor asks for your yes").waitFor();
	await school.close();
});
