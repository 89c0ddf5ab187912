// An adult is reached, from the first tap to the printed case: nobody is on shift, nobody looks, the
// ladder mails and widens, a counselor takes it, reads, steps in and opens what was sealed; everybody
// who must know of it does, and the audit says all of it, until a byte is changed.

import assert from "node:assert/strict";
import { copyFileSync, openSync, readSync, writeSync, closeSync, statSync } from "node:fs";
import { join } from "node:path";
import { MailServer } from "../wire/outside.mjs";
import { password } from "../wire/school.mjs";
import { becomes, desktop } from "./browser.mjs";
import { Counselor, Visitor } from "./people.mjs";
import { School } from "./school.mjs";
import { test } from "./tests.mjs";

const device = "NF-4417"; /* in the address that a managed device opens */
const ladder = "0 | duty | screen, mail\n2s | office | mail\n4s | everyone | mail";

async function schoolWithMail(mail) {
	const school = await School.open({
		"server.public_url": "https://hark.hill.example",
		"mail.host": "127.0.0.1", "mail.port": mail.port, "mail.security": "none",
		"mail.from": "hark@hill.example", "escrow.open": "60s",
	});
	await school.noShifts();
	await school.hark("setting", "set", "ladder", ladder);
	await school.hark("setting", "set", "office_mail", "office@hill.example");
	await school.hark("account", "reach", "rivera", "--mail", "rivera@hill.example");
	return school;
}

/* The first mail to this address. */
function mailTo(mail, address) {
	return becomes(`a mail to ${address}`, () => mail.mails.find(({ to }) => to.includes(address)));
}

function changeOneByte(path, at) {
	const file = openSync(path, "r+");
	const byte = Buffer.alloc(1);
	readSync(file, byte, 0, 1, at);
	byte[0] ^= 1;
	writeSync(file, byte, 0, 1, at);
	closeSync(file);
}

async function verify(school, ...args) {
	return school.hark("audit", "verify", ...args);
}

async function theLadderCalls(school, mail, visitor) {
	await visitor.press("I need an adult");
	await visitor.page.getByRole("textbox", { name: /What should they know/ }).fill("a word of a student");
	await visitor.press("Ask for an adult");
	await visitor.sees(/asked for/);
	const first = await mailTo(mail, "rivera@hill.example");
	const second = await mailTo(mail, "office@hill.example");
	for (const { headers, body } of [first, second]) {
		const all = `${headers.subject}\n${body.replaceAll("=\r\n", "")}`; /* RFC 2045 6.7 */
		assert.match(all, /adult/);
		assert.match(all, /https:\/\/hark\.hill\.example\/oversight/);
		assert.doesNotMatch(all, /a word of a student/);
	}
}

async function theCounselorTakesIt(counselor, visitor) {
	await counselor.sees("a word of a student");
	await counselor.page.getByRole("button", { name: /^I’ve got it/ }).click();
	await counselor.page.getByText(/^You have /).first().waitFor();
	await visitor.sees("Rivera is on it");
	await counselor.page.getByRole("button", { name: /^Read\b/ }).first().click();
	await counselor.page.locator(".tl-list").waitFor();
}

async function theCounselorStepsIn(counselor, visitor) {
	await counselor.press("Step in");
	const dialog = counselor.page.getByRole("dialog");
	await dialog.getByRole("textbox", { name: "Your first words" }).fill("Hi. I'm glad you asked.");
	await dialog.getByRole("button", { name: "Step in" }).click();
	await visitor.sees("Rivera joined this chat");
	await visitor.sees("Hi. I'm glad you asked.");
	await visitor.say("thank you for coming");
	await counselor.sees("thank you for coming");
}

async function theDetailsAreOpened(counselor, other, visitor) {
	await counselor.press("Find out");
	const dialog = counselor.page.getByRole("dialog");
	await dialog.getByRole("radio", { name: "Someone may hurt them" }).check({ force: true });
	await dialog.getByRole("textbox", { name: /What did you read or hear/ }).fill("They say they can't go home today.");
	await dialog.getByLabel("Your password").fill(password("rivera"));
	await counselor.picture("reached-find");
	await dialog.getByRole("button", { name: "Open sealed details" }).click();
	await counselor.sees("127.0.0.1");
	await counselor.sees(device);
	await counselor.notSees("device=");
	await counselor.picture("reached-opened");
	await other.sees(/Rivera opened sealed details/);
	await other.picture("reached-told");
	await other.notSees("127.0.0.1");
	await other.notSees(device);
	await visitor.page.reload();
	await visitor.sees(/opened your sealed details/);
	await visitor.picture("reached-visitor");
	await counselor.press("Close now");
	await counselor.notSees(device);
}

async function theCaseIsPrinted(counselor) {
	await counselor.page.getByRole("textbox", { name: "What is it about?" }).fill("Safety at home");
	await counselor.press("Open a case");
	await counselor.sees(/Case \d\d-001/);
	await counselor.picture("reached-case");
	await counselor.page.getByRole("button", { name: "Print" }).first().click();
	const dialog = counselor.page.getByRole("dialog");
	await dialog.getByRole("textbox", { name: /What is it for/ }).fill("For the meeting with the principal");
	await dialog.getByRole("button", { name: "Make the record" }).click();
	await counselor.sees(/Disclosure \d+/);
	const printed = String(await counselor.page.pdf({ format: "Letter", path: "build/screenshots/reached-case.pdf" }));
	assert.ok(printed.startsWith("%PDF"));
}

async function theAuditSaysAllOfIt(school) {
	const listed = await school.hark("audit", "list");
	for (const what of ["room", "step_in", "identity_opened", "identity_closed", "print"]) {
		assert.match(listed, new RegExp(`\\b${what}\\b`), `the audit to hold ${what}`);
	}
	assert.doesNotMatch(listed, /a word of a student|4417|127\.0\.0\.1/);
	await verify(school);
	await school.daemon.stop();
	await verify(school);
	const file = join(school.daemon.directory, "data", "hark.db");
	const copy = join(school.daemon.directory, "data", "copy.db");
	copyFileSync(file, copy);
	await verify(school, "--file", copy);
	changeOneByte(copy, Math.floor(statSync(copy).size / 2));
	await assert.rejects(verify(school, "--file", copy));
}

test("an adult is reached: from the tap to the printed case", async () => {
	const mail = await new MailServer("plain").listen();
	const school = await schoolWithMail(mail);
	try {
		const visitor = await Visitor.arrive(school, { query: `?device=${device}` });
		await theLadderCalls(school, mail, visitor);
		await visitor.picture("reached-asked");
		const counselor = await Counselor.arrive(school, "rivera", { size: desktop });
		const other = await Counselor.arrive(school, "okafor");
		await counselor.picture("reached-band");
		await theCounselorTakesIt(counselor, visitor);
		await other.page.getByText(/Rivera has/).first().waitFor();
		await theCounselorStepsIn(counselor, visitor);
		await theDetailsAreOpened(counselor, other, visitor);
		await theCaseIsPrinted(counselor);
		await theAuditSaysAllOfIt(school);
	} finally {
		await mail.close();
		await school.close();
	}
}, 60);
