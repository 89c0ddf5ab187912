/* The words that were looked for, in a message that was found: pure. The server finds them folded
   (case, accents); so they are marked folded. */

/* One code point as it is compared. */
function fold(point: string): string {
	return point.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/* "kind "of lonely"" is two: a word, and words as they stand. */
export function terms(words: string): string[] {
	const found = words.matchAll(/"([^"]*)"|[^\s"]+/g);
	return Array.from(found, (one) => Array.from(one[1] ?? one[0], fold).join("").replace(/\*$/, "").trim()).filter((term) => term !== "");
}

export interface Found { text: string; hit: boolean }

const isWord = /[\p{L}\p{N}]/u;

/* Cuts a body where a term begins a word in it. */
export function highlight(body: string, words: string): Found[] {
	const wanted = terms(words);
	const points = [...body];
	const folded = points.map(fold);
	const marked = new Array<boolean>(points.length).fill(false);
	for (let at = 0; at < points.length; at++) {
		if (at > 0 && isWord.test(points[at - 1] ?? "")) {
			continue;
		}
		for (const term of wanted) {
			let text = "";
			let end = at;
			while (end < points.length && text.length < term.length) {
				text += folded[end++];
			}
			if (text === term) {
				marked.fill(true, at, end);
			}
		}
	}
	const list: Found[] = [];
	points.forEach((point, i) => {
		const last = list[list.length - 1];
		const hit = marked[i] ?? false;
		if (last && last.hit === hit) {
			last.text += point;
		} else {
			list.push({ text: point, hit });
		}
	});
	return list;
}
