/* The hill and the sun of the welcome; at night, the moon. */

export function Art({ night = false }: { night?: boolean }) {
	return (
		<svg class={night ? "art art--night" : "art"} viewBox="0 0 400 150" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
			<rect class="sky-bg" width="400" height="150" />
			<g class="rings">
				{[46, 72, 100, 130, 162].map((r) => (
					<circle cx="206" cy="90" r={r} />
				))}
			</g>
			<circle class="sun" cx="206" cy="90" r="23" />
			{night && <circle class="sun-cut" cx="197" cy="83" r="20" />}
			<path class="h1" d="M0 116c48-30 98-36 150-18 46 16 82 20 122 2 44-20 88-22 128-8v58H0Z" />
			<path class="h2" d="M0 128c40-8 88-24 142-10 56 14 96 22 146 4 38-13 78-14 112-4v32H0Z" />
			<path class="h3" d="M0 146c52-18 96-18 150-8 62 11 104 10 152-4 36-10 68-10 98-4v20H0Z" />
		</svg>
	);
}
