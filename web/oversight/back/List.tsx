/* The frame of a list that comes in pages: none, refused, more. */

import type { ComponentChildren } from "preact";
import type { Paged } from "../pages";
import { t } from "./say";

export interface ListProps<T> {
	list: Paged<T>;
	none: string;
	text?: string; /* under `none` */
	next: () => void;
	children: ComponentChildren;
}

export function List<T>({ list, none, text, next, children }: ListProps<T>) {
	return (
		<>
			{list.items.length > 0 ? children : null}
			<div role="status">
				{list.asking ? <p class="meta">{t("one.moment")}</p> : null}
				{list.why === "" ? null : <p class="note">{t("list.refused", { why: list.why })}</p>}
				{list.asked && !list.asking && list.why === "" && list.items.length === 0 ? (
					<div class="page-none">
						<h2>{none}</h2>
						{text === undefined ? null : <p>{text}</p>}
					</div>
				) : null}
			</div>
			{list.more && !list.asking ? (
				<button type="button" class="btn btn--sm btn--wide" onClick={next}>
					{t("list.more")}
				</button>
			) : null}
		</>
	);
}
