/* An h whose arch shelters one dot. */
export function Mark({ class: more = "" }: { class?: string }) {
	return (
		<svg class={`mark ${more}`} viewBox="0 0 32 32" aria-hidden="true">
			<path
				class="mark-b"
				d="M16 2.5c7.8 0 13 4.9 13 12.3s-5.2 12.4-13 12.4c-1 0-2-.1-2.9-.25-1.9 1.6-4.3 2.5-7.3 2.55.9-1.2 1.5-2.7 1.6-4.3C4.6 22.9 3 19.3 3 14.8 3 7.4 8.2 2.5 16 2.5Z"
			/>
			<path class="mark-h" d="M11.6 8.2v13M11.6 15.6c0-2.5 1.9-4.3 4.4-4.3s4.4 1.8 4.4 4.3v5.6" />
			<circle class="mark-d" cx="16" cy="19.3" r="1.75" />
		</svg>
	);
}
