// What must be found nowhere, and the search for it in every common encoding: of secrets.mjs.

import { randomInt } from "node:crypto";

/* ---- markers: words nobody else would write ---- */

const scripts = {
	latin: "bcdfghjklmnpqrstvwxz",
	arabic: "\u0628\u062a\u062b\u062c\u062d\u062e\u062f\u0630\u0631\u0632\u0633\u0634\u0635\u0636\u0637\u0638",
	cjk: "\u8774\u8776\u79d8\u5bc6\u661f\u6708\u68a6\u6cb3\u5c71\u96ea\u7af9\u82b1\u96e8\u4e91\u98ce\u6d77",
};
export const secrets = []; // { what, bytes, text, needles once searched for }

export function word(what, script = "latin") {
	const letters = [...scripts[script]];
	const text = Array.from({ length: 14 }, () => letters[randomInt(letters.length)]).join("");
	return keep(`${what} (${script})`, text);
}

export function keep(what, text) {
	secrets.push({ what, text, bytes: Buffer.from(text) });
	return text;
}

/* Of a secret given in hexadecimal its bytes too. */
export function keepHex(what, hex) {
	keep(what, hex);
	secrets.push({ what: `${what}, its bytes`, bytes: Buffer.from(hex, "hex") });
	return hex;
}

export const zeros = (size) => Buffer.alloc(size);

export function bytesOf(address) {
	if (!address.includes(":")) {
		return Buffer.from(address.split("."));
	}
	const [head, tail] = address.split("::").map((side) => Buffer.from(side.split(":").map((one) => one.padStart(4, "0")).join(""), "hex"));
	return Buffer.concat([head, zeros(16 - head.length - tail.length), tail]);
}

/* Of four bytes those forms that do not come about by chance: mapped into IPv6 (its end), and with
 * the zeros behind them in a sockaddr_in, or in sixteen bytes made for both. */
export function keepAddress(address) {
	keep("an address", address);
	const bytes = bytesOf(address);
	if (bytes.length === 16) {
		secrets.push({ what: "an address, its bytes", bytes });
		return address;
	}
	const hex = hexOf(bytes);
	keep("an address in hexadecimal", `::ffff:${hex.slice(0, 4)}:${hex.slice(4)}`);
	secrets.push({ what: "an address, its bytes, mapped", bytes: Buffer.concat([Buffer.from("ffff", "hex"), bytes]) },
		{ what: "an address, its bytes, and zeros", bytes: Buffer.concat([bytes, zeros(8)]) });
	return address;
}

export const three = (what) => Object.keys(scripts).map((script) => word(what, script));

/* ---- looking for them ---- */

function base64(bytes) {
	return [0, 1, 2].flatMap((shift) => {
		const coded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
		const rest = (shift + bytes.length) % 3;
		const text = coded.slice(shift === 0 ? 0 : shift + 1, rest === 0 ? undefined : rest - 4);
		return [text, text.replaceAll("+", "-").replaceAll("/", "_")];
	});
}

const hexOf = (bytes, before = "") => [...bytes].map((byte) => before + byte.toString(16).padStart(2, "0")).join("");

export function encodings({ bytes, text }) {
	const all = [...base64(bytes), hexOf(bytes), hexOf(bytes).toUpperCase(), hexOf(bytes, "\\x"),
		hexOf(bytes, "%"), hexOf(bytes, "%").toUpperCase()];
	const needles = [bytes, ...all.map((one) => Buffer.from(one))];
	if (text !== undefined) {
		const units = [...Array(text.length).keys()].map((at) => text.charCodeAt(at).toString(16).padStart(4, "0"));
		const escaped = units.map((unit) => `\\u${unit}`).join("");
		needles.push(Buffer.from(text, "utf16le"), Buffer.from(text, "utf16le").swap16(),
			Buffer.from(escaped), Buffer.from(units.map((unit) => `\\u${unit.toUpperCase()}`).join("")),
			Buffer.from(encodeURIComponent(text)));
	}
	return needles;
}

/* The file's log is as long from the start as it will be: nothing stands in its zeros. */
function withoutZeros(bytes) {
	let end = bytes.length;
	while (end > 0 && bytes[end - 1] === 0) {
		end--;
	}
	return bytes.subarray(0, end);
}

export function find(all, which = /./) {
	const bytes = withoutZeros(all);
	return secrets.filter((secret) => which.test(secret.what))
		.filter((secret) => (secret.needles ??= encodings(secret)).some((needle) => bytes.includes(needle)))
		.map((secret) => secret.what);
}
