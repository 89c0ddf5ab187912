/* The dot between two facts on one line. */

export function Mid() {
	return (
		<>
			<span class="sr">, </span>
			<i class="mid" />
		</>
	);
}
