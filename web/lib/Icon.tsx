/* One icon. It is never alone: words stand beside it, or its button has a spoken label. */

export interface IconProps {
	of: string; /* from icons.ts */
	class?: string; /* i-14, i-16, i-18, i-24, i-28; i-flip for those that point in writing direction */
}

export function Icon({ of, class: more = "" }: IconProps) {
	return (
		<svg class={`i ${more}`} viewBox="0 0 24 24" aria-hidden="true">
			<path d={of} />
		</svg>
	);
}
