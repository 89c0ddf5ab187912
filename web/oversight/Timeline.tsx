/* The events of the opened room, oldest first. */

import { useFollow } from "../lib/follow";
import { Icon } from "../lib/Icon";
import { iconDown } from "../lib/icons";
import { t } from "../lib/say";
import { hasOlder, moments, roomName } from "./select";
import type { Timeline as Open } from "./state";
import { TimelineLine } from "./TimelineLine";
import type { View } from "./views";
import { orSomeChat } from "./words";

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
