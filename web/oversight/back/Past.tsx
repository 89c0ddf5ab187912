/* Rooms of the past, by peer and by time; from here transcripts are exported. */

import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../lib/Icon";
import { iconDownload, iconEye } from "../../lib/icons";
import type { RoomLine } from "../../lib/protocol";
import { Token } from "../../lib/Token";
import { Line, Pick } from "../../staff/Field";
import { Flagged } from "../Flagged";
import { usePages } from "../usePages";
import type { Source } from "../usePages";
import type { View } from "../views";
import { momentFormat, startOf } from "./day";
import { ExportDialog } from "./ExportDialog";
import { List } from "./List";
import { people } from "./people";
import { count, t } from "./say";
import { Sheet } from "./Sheet";

const PAGE = 25;

interface Wanted { peer: string; from: string; until: string }

const source = ({ peer, from, until }: Wanted): Source<RoomLine> => ({
	ask(last) {
		const from_ms = startOf(from);
		const until_ms = startOf(until, 1);
		return {
			type: "room.list", limit: PAGE,
			...(peer === "" ? {} : { account: Number(peer) }),
			...(from_ms === undefined ? {} : { from_ms }),
			...(until_ms === undefined ? {} : { until_ms }),
			...(last ? { before: last.room } : {}),
		};
	},
	take: (answer) => (answer.type === "room.listed" ? { items: answer.rooms, more: answer.more } : null),
});

interface RowProps extends View {
	line: RoomLine;
	exported: (line: RoomLine) => void;
}

function Row({ line, exported, actions }: RowProps) {
	const { room, name, picture } = line;
	return (
		<li class="past card">
			<Token picture={picture} />
			<div>
				<p>
					<b>{name}</b> <span class="tag">{t(`past.phase.${line.phase}`)}</span>{" "}
					{line.flag === undefined ? null : <Flagged severity={line.flag} />}
				</p>
				<p class="meta num">
					{[
						line.topics.join(", "),
						t("past.when", { from: momentFormat(line.opened_ms), until: momentFormat(line.last_ms) }),
						count("past.events", line.n),
					].filter((fact) => fact !== "").join(" · ")}
				</p>
			</div>
			<span class="past-acts">
				<button
					type="button"
					class="btn btn--sm btn--quiet"
					data-room={room}
					aria-label={t("card.read.this", { name })}
					onClick={() => actions.read(room, { name, picture })}
				>
					<Icon of={iconEye} class="i-16" />
					{t("card.read")}
				</button>
				<button
					type="button"
					class="icb icb--sm"
					title={t("past.export")}
					aria-label={t("export.title.one", { name })}
					onClick={() => exported(line)}
				>
					<Icon of={iconDownload} class="i-18" />
				</button>
			</span>
		</li>
	);
}

export function Past(view: View) {
	const { state } = view;
	const [wanted, setWanted] = useState<Wanted>({ peer: "", from: "", until: "" });
	const [taken, setTaken] = useState<RoomLine | "all" | null>(null);
	const { list, fetch } = usePages<RoomLine>(view);
	useEffect(() => void fetch(source(wanted), true), [wanted, state.status === "online"]);
	const set = (key: keyof Wanted) => (value: string): void => setWanted({ ...wanted, [key]: value });
	return (
		<Sheet
			title={t("past.title")}
			beside={
				<button type="button" class="btn btn--sm btn--line" onClick={() => setTaken("all")}>
					<Icon of={iconDownload} class="i-16" />
					{t("past.export")}
				</button>
			}
		>
			<div class="ask ask-more">
				<Pick
					label={t("past.peer")}
					value={wanted.peer}
					set={set("peer")}
					options={people(view, false)}
					hint={t("past.review")}
				/>
				<Line label={t("from")} type="date" value={wanted.from} set={set("from")} />
				<Line label={t("until")} type="date" value={wanted.until} set={set("until")} />
			</div>
			<List list={list} none={t("past.none")} next={() => void fetch(source(wanted), false)}>
				<ol class="hits">
					{list.items.map((line) => (
						<Row key={line.room} {...view} line={line} exported={setTaken} />
					))}
				</ol>
			</List>
			{taken === null ? null : (
				<ExportDialog
					{...view}
					room={taken === "all" ? null : taken}
					from={wanted.from}
					until={wanted.until}
					onClose={() => setTaken(null)}
				/>
			)}
		</Sheet>
	);
}
