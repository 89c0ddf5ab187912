// Whether a state of a page holds what it must in little room, with text twice as large, and in the
// reader's own colours: nothing to scroll sideways for, no control cut off, the ways out and up in
// view, and what is chosen told apart by more than a fill.

import { desktop, phone } from "./browser.mjs";

const narrow = { width: 320, height: 568 };
/* px of the reader's own text, and what browsers come with */
const LARGE = 32;
const USUAL = 16;

const views = [
	{ name: "text at 200 %, desktop", size: desktop, text: LARGE },
	{ name: "text at 200 %, phone", size: phone, text: LARGE },
	{ name: "320 px", size: narrow, text: USUAL },
];

/* Runs in the page. */
function cutOff() {
	const wrong = [];
	const wide = document.documentElement.scrollWidth - innerWidth;
	if (wide > 0) {
		wrong.push(`${wide} px too wide`);
	}
	const called = (one) => `${one.localName}.${one.getAttribute("class") ?? ""} "${(one.getAttribute("aria-label") ?? one.textContent).trim().slice(0, 30)}"`;

	/* What is left of it inside all that clip it. With reach, the part that scrolls up and down counts as there. */
	const left = (one, reach) => {
		let { left: x1, right: x2, top: y1, bottom: y2 } = one.getBoundingClientRect();
		const clip = (box, x, y) => {
			if (x) {
				[x1, x2] = [Math.max(x1, box.left), Math.min(x2, box.right)];
			}
			if (y) {
				[y1, y2] = [Math.max(y1, box.top), Math.min(y2, box.bottom)];
			}
		};
		let scrolls = false;
		for (let up = one.parentElement; up && up !== document.body && up.parentElement?.localName !== "dialog"; up = up.parentElement) {
			const { overflowX, overflowY } = getComputedStyle(up);
			scrolls ||= reach && /auto|scroll/.test(overflowY);
			clip(up.getBoundingClientRect(), overflowX !== "visible", overflowY !== "visible" && !scrolls);
		}
		clip({ left: 0, right: innerWidth, top: 0, bottom: innerHeight }, true, !reach);
		return { width: x2 - x1, height: y2 - y1 };
	};
	const shown = (one) => one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) &&
		!one.closest(".sr") && getComputedStyle(one).clipPath === "none" && one.getBoundingClientRect().width > 1;
	const whole = (one, reach) => {
		const box = one.getBoundingClientRect();
		const { width, height } = left(one, reach);
		return width > box.width - 1.5 && height > box.height - 1.5;
	};

	const dialog = document.querySelector("dialog[open]");
	const controls = "button, a[href], input, textarea, select, summary";
	for (const one of (dialog ?? document).querySelectorAll(controls)) {
		if (shown(one) && !whole(one, true)) {
			wrong.push(`cut off: ${called(one)}`);
		}
	}
	for (const one of (dialog ?? document).querySelectorAll("h1, h2, h3")) {
		if (one.checkVisibility() && !one.closest(".sr") && left(one, true).width < 40) {
			wrong.push(`gone: ${called(one)}`);
		}
	}
	/* In view at once, wherever the page is scrolled to. */
	for (const one of dialog ? [] : document.querySelectorAll(".exit, .w-help, .conv-adult, .compose textarea, .compose .go")) {
		if (shown(one) && !whole(one, false)) {
			wrong.push(`out of view: ${called(one)}`);
		}
	}
	return wrong;
}

/* Runs in the page, in forced colours: a chosen one must not look like its neighbour. */
function alike() {
	const wrong = [];
	const parts = ["borderStyle", "borderWidth", "borderColor", "outlineStyle", "outlineWidth", "outlineColor", "color", "fontWeight"];
	const drawn = (one) => {
		const all = [one, ...one.querySelectorAll("*")].map((each) => {
			const style = getComputedStyle(each);
			return parts.map((part) => style[part]).join() + (style.forcedColorAdjust === "none" ? style.backgroundColor : "");
		});
		return `${all.join(";")}/${one.querySelectorAll("svg").length}/${getComputedStyle(one, "::after").backgroundColor}`;
	};
	const states = ["aria-pressed", "aria-checked", "aria-selected"];
	for (const state of states) {
		for (const one of document.querySelectorAll(`[${state}=true]`)) {
			const other = [...one.parentElement.children].find((each) => each.getAttribute(state) === "false");
			if (other && drawn(one) === drawn(other)) {
				wrong.push(`looks like one that is not chosen: ${one.textContent.trim().slice(0, 30)}`);
			}
		}
	}
	for (const one of document.querySelectorAll("nav [aria-current]")) {
		const other = [...one.parentElement.children].find((each) => !each.hasAttribute("aria-current"));
		if (other && drawn(one) === drawn(other)) {
			wrong.push(`looks like a page one is not on: ${one.textContent.trim()}`);
		}
	}
	for (const one of document.querySelectorAll(".switch")) {
		if (getComputedStyle(one).backgroundColor === getComputedStyle(one, "::after").backgroundColor) {
			wrong.push("a switch without a thumb");
		}
	}
	return wrong;
}

/* What is wrong with it, as lines. The page is left in the last of these views. */
export async function misfits({ page }) {
	const wrong = [];
	const devtools = await page.context().newCDPSession(page);
	const texts = (size) => devtools.send("Page.setFontSizes", { fontSizes: { standard: size } });
	for (const { name, size, text } of views) {
		await texts(text);
		await page.setViewportSize(size);
		wrong.push(...(await page.evaluate(cutOff)).map((line) => `${name}: ${line}`));
	}
	await page.emulateMedia({ forcedColors: "active" });
	wrong.push(...(await page.evaluate(alike)).map((line) => `forced colours: ${line}`));
	await page.emulateMedia({ forcedColors: "none" });
	await devtools.detach();
	return wrong;
}
