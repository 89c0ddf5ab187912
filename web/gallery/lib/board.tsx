/*
 * A gallery page: all states side by side, each in a frame of its own so that media queries see
 * the frame's size; or one state alone, full screen, named by the address (visitor.html#live).
 */

import { type ComponentChild, render } from "preact";

export interface State {
	name: string; /* in the address */
	caption: string;
	view: () => ComponentChild;
}

export interface BoardOptions {
	title: string;
	states: State[];
	width: number; /* of each frame */
	height: number;
}

export function board({ title, states, width, height }: BoardOptions): void {
	const alone = states.find((state) => state.name === location.hash.slice(1));
	if (alone) {
		render(alone.view(), document.body);
		addEventListener("hashchange", () => location.reload());
		return;
	}
	render(
		<main class="board">
			<h1>{title}</h1>
			<ul>
				{states.map(({ name, caption }) => (
					<li>
						<figure>
							<figcaption>
								<a href={`#${name}`}>{caption}</a>
							</figcaption>
							<iframe title={caption} src={`${location.pathname}#${name}`} width={width} height={height} />
						</figure>
					</li>
				))}
			</ul>
		</main>,
		document.body,
	);
	addEventListener("hashchange", () => location.reload());
}
