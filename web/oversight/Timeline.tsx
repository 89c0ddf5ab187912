/*
 * The events of the opened room, oldest first. It follows the newest one as long as the reader is
 * at the end; older ones are put above without moving what is being read.
 */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { iconDown } from "../lib/icons";
import { t } from "../lib/say";
import { hasOlder, moments, roomName } from "./select";
import type { Timeline as Open } from "./state";
import { TimelineLine } from "./TimelineLine";
import type { View } from "./views";
import { orSomeChat } from "./words";

const NEAR_PX = 48; /* so near to the end counts as at the end */

/* Keeps the scroll place: at the end, or on what was being read when something came above. */
function useFollow(first: string, last: string) {
	const box = useRef<HTMLDivElement>(null);
	const before = useRef({ first, height: 0, atEnd: true });
	const [atEnd, setAtEnd] = useState(true);
	useLayoutEffect(() => {
		const element = box.current;
		if (!element) {
			return;
		}
		if (before.current.atEnd) {
			element.scrollTop = element.scrollHeight;
		} else if (before.current.first !== first) {
			element.scrollTop += element.scrollHeight - before.current.height;
		}
		before.current = { ...before.current, first, height: element.scrollHeight };
	}, [first, last]);
	const onScroll = (): void => {
		const element = box.current;
		if (element) {
			const end = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
			before.current.atEnd = end;
			setAtEnd(end);
		}
	};
	const toEnd = (): void => box.current?.scrollTo({ top: box.current.scrollHeight });
	return { box, onScroll, atEnd, toEnd };
}

export function Timeline(view: View & { open: Open }) {
	const { state, actions, open } = view;
	const list = moments(state);
	const { name } = roomName(state, open.room);
	const follow = useFollow(list[0]?.key ?? "", list[list.length - 1]?.key ?? "");
	return (
		<div class="tl-frame">
			<div
				class="tl-wrap"
				ref={follow.box}
				onScroll={follow.onScroll}
				role="log"
				tabIndex={0}
				aria-label={t("conv.log")}
			>
				{open.refused === "" ? null : (
					<p class="note" role="alert">
						{t("read.refused", { why: open.refused })}
					</p>
				)}
				{hasOlder(state) ? (
					<button
						type="button"
						class="btn btn--sm btn--quiet btn--wide"
						disabled={open.asking}
						onClick={actions.older}
					>
						{open.asking ? t("read.loading") : t("read.older")}
					</button>
				) : null}
				{list.length === 0 && open.asking ? <p class="meta">{t("read.loading")}</p> : null}
				<ol class="tl-list">
					{list.map((moment) => (
						<TimelineLine
							key={moment.key}
							moment={moment}
							room={orSomeChat(name)}
							fetchBefore={actions.fetchBefore}
						/>
					))}
				</ol>
			</div>
			{follow.atEnd ? null : (
				<button type="button" class="btn btn--sm btn--line to-end" onClick={follow.toEnd}>
					<Icon of={iconDown} class="i-16" />
					{t("read.new")}
				</button>
			)}
		</div>
	);
}
