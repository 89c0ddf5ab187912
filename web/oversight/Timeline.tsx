/* The events of the opened room, oldest first. */

import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useFollow } from "../lib/follow";
import { Icon } from "../lib/Icon";
import { iconDown } from "../lib/icons";
import { flagOf } from "./flags";
import { Outbox } from "./Outbox";
import { t } from "./say";
import { hasOlder, moments, roomName } from "./select";
import { voiceOf } from "./state";
import type { Timeline as Open } from "./state";
import { TimelineLine } from "./TimelineLine";
import type { View } from "./views";
import { orSomeChat } from "./words";

/* Shows the place that was looked for, once it has come, and puts the focus there. */
function useJump({ room, at }: Open, there: boolean, box: RefObject<HTMLDivElement>): void {
	useLayoutEffect(() => {
		const element = there ? box.current?.querySelector<HTMLElement>(".tl--found") : null;
		element?.scrollIntoView({ block: "center" });
		element?.focus({ preventScroll: true });
	}, [room, at, there]);
}

export function Timeline(view: View & { open: Open }) {
	const { state, actions, open } = view;
	const list = moments(state);
	const { name } = roomName(state, open.room);
	const { outbox } = voiceOf(state, open.room);
	const follow = useFollow(list[0]?.key ?? "", list[list.length - 1]?.key ?? "", outbox[outbox.length - 1]?.id ?? "");
	useJump(open, list.some(({ key }) => key === `n${open.at}`), follow.box);
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
							me={state.me?.name ?? ""}
							flag={moment.event.type === "chat.posted" ? flagOf(state, open.room, moment.event.n) : undefined}
							found={open.at > 0 && moment.key === `n${open.at}`}
							fetchBefore={actions.fetchBefore}
						/>
					))}
					<Outbox {...view} room={open.room} />
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
