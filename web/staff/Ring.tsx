/* A ring that shows a part of a whole; what it says stands beside it in words. */

const ROUND = 62.8; /* of a circle with radius 10 */

export interface RingProps {
	part: number; /* 0 to 1 */
	class?: string;
	size?: number; /* px */
}

export function Ring({ part, class: more = "", size = 26 }: RingProps) {
	const drawn = (Math.min(1, Math.max(0, part)) * ROUND).toFixed(1);
	return (
		<svg class={`meter ${more}`} viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
			<circle cx="12" cy="12" r="10" class="m-t" />
			<circle
				cx="12"
				cy="12"
				r="10"
				class="m-v"
				stroke-dasharray={`${drawn} ${ROUND}`}
				transform="rotate(-90 12 12)"
			/>
		</svg>
	);
}
