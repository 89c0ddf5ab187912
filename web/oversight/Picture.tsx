/* A picture in a room, blurred until it is tapped: one does not know what is on it. */

import { useState } from "preact/hooks";
import type { Of } from "../lib/wire";
import { t } from "./say";

const WIDEST = 260; /* px on the page */

export function Picture({ event, by }: { event: Of<"chat.pictured">; by: string }) {
	const [clear, setClear] = useState(false);
	const [failed, setFailed] = useState(false);
	const { picture, width, height } = event;
	if (failed) {
		return <p class="bub">{t("picture.failed")}</p>;
	}
	const wide = Math.min(WIDEST, width);
	return (
		<button type="button" class={`pic ${clear ? "" : "pic--blur"}`} aria-pressed={clear} onClick={() => setClear(!clear)}>
			<img
				src={`/picture/${picture}${clear ? "" : "/thumb"}`}
				alt={t("picture", { name: by })}
				width={wide}
				height={Math.round((wide * height) / width)}
				onError={() => setFailed(true)}
			/>
			<span class="pic-w">{t(clear ? "picture.hide" : "picture.show")}</span>
		</button>
	);
}
