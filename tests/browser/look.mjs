// Looks at a state of a page: axe, in both layouts and both sets of colours, and pictures of all four;
// and whether it fits where there is little room.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { desktop, phone } from "./browser.mjs";
import { misfits } from "./fit.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sizes = { phone, desktop };

/* What axe finds, as lines: the rule, what it says, where. */
export async function violations(page) {
	if (await page.evaluate("typeof window.axe === 'undefined'")) {
		await page.evaluate(axe);
	}
	const found = await page.evaluate(async () => (await window.axe.run({ resultTypes: ["violations"] })).violations);
	return found.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`));
}

/* All of what is wrong with a state, of every size and scheme, is reported together. */
export async function look(person, name) {
	const { page } = person;
	const own = page.viewportSize();
	const wrong = [];
	for (const [size, viewport] of Object.entries(sizes)) {
		await page.setViewportSize(viewport);
		for (const colorScheme of ["light", "dark"]) {
			await page.emulateMedia({ colorScheme });
			await person.picture(`${name}-${size}-${colorScheme}`);
			/* Two runs see both layouts and both sets of colours. */
			const lines = (size === "phone") === (colorScheme === "light") ? await violations(page) : [];
			wrong.push(...lines.map((line) => `${name}, ${size}, ${colorScheme}: ${line}`));
			const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			if (wide > 0) {
				wrong.push(`${name}, ${size}, ${colorScheme}: ${wide} px too wide`);
			}
		}
	}
	wrong.push(...(await misfits(person)).map((line) => `${name}, ${line}`));
	await page.setViewportSize(own);
	await page.emulateMedia({ colorScheme: "light" });
	return wrong;
}
