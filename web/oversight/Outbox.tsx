/* What this counselor wrote in the room and what is not on disk yet. */

import { Icon } from "../lib/Icon";
import { iconAlert, iconClock } from "../lib/icons";
import { exact } from "../lib/when";
import { t } from "./say";
import type { Key } from "./say";
import { voiceOf } from "./state";
import type { View } from "./views";

const known = new Set(["room_ended", "no_such_room", "codename_inside"]);

export function Outbox({ state, actions, room }: View & { room: number }) {
	return (
		<>
			{voiceOf(state, room).outbox.map(({ id, body, at_ms, failed }) => (
				<li class="tl tl--d" key={id}>
					<time class="num">{exact(at_ms)}</time>
					<div class="tl-b">
						<span class="tl-w">{t("read.you")}</span>
						<p class="bub bub--a" dir="auto">
							{body}
						</p>
						{failed === undefined ? (
							<span class="state">
								<Icon of={iconClock} />
								{t(state.status === "online" ? "conv.state.sending" : "conv.state.waiting")}
							</span>
						) : (
							<span class="state state--fail">
								<Icon of={iconAlert} />
								{t("conv.state.failed")}. {t(`fail.${known.has(failed) ? failed : "other"}` as Key)}.
								<button type="button" class="btn btn--sm btn--quiet" onClick={() => actions.tryAgain(room, id)}>
									{t("conv.again")}
								</button>
								<button type="button" class="btn btn--sm btn--quiet" onClick={() => actions.takeBack(room, id)}>
									{t("conv.back")}
								</button>
							</span>
						)}
					</div>
				</li>
			))}
		</>
	);
}
