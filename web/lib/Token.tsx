/*
 * The made-up picture of a room or a peer ("lantern-a"), and the picture of an adult (a letter).
 * A made-up picture is a list of shapes in two fills, classes a and b.
 */

type Shape = readonly [fill: "a" | "b", d: string];

const shapes: Record<string, readonly Shape[]> = {
	lantern: [
		["a", "M18 8h0a7 7 0 0 1 7 7v6a7 7 0 0 1 -7 7h-0a7 7 0 0 1 -7 -7v-6a7 7 0 0 1 7 -7Z"],
		["b", "M11 16h14v4h-14Z"],
	],
	window: [
		["a", "M9 27V17a9 9 0 0 1 18 0v10Z"],
		["b", "M16.8 8h2.4v19h-2.4zM9 18h18v2.4H9z"],
	],
	river: [
		["a", "M7 14c4-4 7-4 11 0s7 4 11 0v4.5c-4 4-7 4-11 0s-7-4-11 0Z"],
		["b", "M7 21.5c4-4 7-4 11 0s7 4 11 0V26c-4 4-7 4-11 0s-7-4-11 0Z"],
	],
	field: [
		["b", "M18 14a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z"],
		["a", "M6.5 25a11.5 9 0 0 1 23 0c-7 2-16 2-23 0Z"],
	],
	harbor: [
		["a", "M17.2 8.5v13.3H9.4Z"],
		["b", "M19.2 12.5v9.3h6.4Z"],
		["a", "M8.4 23.6h19.2a7 7 0 0 1-6 4.4h-7.2a7 7 0 0 1-6-4.4Z"],
	],
	gate: [
		["a", "M8 27V17.5a10 10 0 0 1 20 0V27h-5v-9.5a5 5 0 0 0-10 0V27Z"],
		["b", "M15 23.5a3 3 0 1 0 6 0a3 3 0 1 0 -6 0Z"],
	],
	bell: [
		["a", "M10 24v-5.5a8 8 0 0 1 16 0V24Z"],
		["b", "M8.5 24h19v2.6h-19z"],
		["b", "M16.1 9.6a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0 -3.8 0Z"],
	],
	moss: [
		["a", "M18 28c-7-2-9.5-8-8.5-17 6 .5 9 4 8.5 9 .5-4 3-6.6 8-7.5 1.2 8.5-1.5 13.5-8 15.5Z"],
	],
};
export interface TokenProps {
	picture: string; /* "lantern-a"; the letter after the dash chooses the colours */
	class?: string;
}

export function Token({ picture, class: more = "" }: TokenProps) {
	const [name = "", variant] = picture.split("-");
	const drawn = shapes[name] ?? shapes.lantern ?? [];
	return (
		<span class={`tok ${variant === "b" ? "tok--dawn" : ""} ${more}`} aria-hidden="true">
			<svg viewBox="0 0 36 36">
				{drawn.map(([fill, d]) => (
					<path class={fill} d={d} />
				))}
			</svg>
		</span>
	);
}

/* An adult has a letter, never a made-up picture. */
export function AdultToken({ name, class: more = "" }: { name: string; class?: string }) {
	const words = name.trim().split(/\s+/);
	const letter = (words[words.length - 1] ?? "").charAt(0).toUpperCase();
	return (
		<span class={`tok tok--adult ${more}`} aria-hidden="true">
			{letter}
		</span>
	);
}
