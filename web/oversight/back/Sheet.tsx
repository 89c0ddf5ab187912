/* One of the pages behind the first: its title, what belongs beside it, its content. The focus goes
   to the title when the page is opened. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface SheetProps {
	title: string;
	beside?: ComponentChildren;
	children: ComponentChildren;
}

export function Sheet({ title, beside, children }: SheetProps) {
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => heading.current?.focus(), []);
	return (
		<main class="page">
			<header class="bar">
				<h1 ref={heading} tabIndex={-1}>
					{title}
				</h1>
				<span class="grow" />
				{beside}
			</header>
			<div class="page-in">{children}</div>
		</main>
	);
}
