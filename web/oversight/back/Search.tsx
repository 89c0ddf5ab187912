/* Search over everything that was said, and the way to its place. */

import { useState } from "preact/hooks";
import { Icon } from "../../lib/Icon";
import { iconClose, iconEye, iconSearch } from "../../lib/icons";
import type { Asked } from "../../lib/connection";
import { SEARCH_WORDS_MAX_CODE_POINTS } from "../../lib/protocol";
import type { Hit, Severity } from "../../lib/protocol";
import { Token } from "../../lib/Token";
import { Line, Pick } from "../../staff/Field";
import { highlight } from "../find";
import { usePages } from "../usePages";
import type { Source } from "../usePages";
import type { View } from "../views";
import { momentFormat, startOf } from "./day";
import { List } from "./List";
import { people } from "./people";
import { count, t } from "./say";
import { Sheet } from "./Sheet";

const PAGE = 25;

interface Wanted {
	words: string;
	by: string;
	from: string;
	until: string;
	flag: string;
	room: { room: number; name: string } | null;
}

const anything: Wanted = { words: "", by: "", from: "", until: "", flag: "", room: null };

function question(wanted: Wanted, before: number | undefined): Asked {
	const from_ms = startOf(wanted.from);
	const until_ms = startOf(wanted.until, 1);
	const words = wanted.words.replace(/\s+/g, " ").trim();
	return {
		type: "search", limit: PAGE,
		...(words === "" ? {} : { words }),
		...(wanted.by === "" ? {} : { account: Number(wanted.by) }),
		...(from_ms === undefined ? {} : { from_ms }),
		...(until_ms === undefined ? {} : { until_ms }),
		...(wanted.flag === "" ? {} : { flag: wanted.flag as Severity }),
		...(wanted.room === null ? {} : { room: wanted.room.room }),
		...(before === undefined ? {} : { before }),
	};
}

const source = (wanted: Wanted): Source<Hit> => ({
	ask: (last) => question(wanted, last?.seq),
	take: (answer) => (answer.type === "search.found" ? { items: answer.hits, more: answer.more } : null),
});

interface HitProps extends View {
	hit: Hit;
	words: string;
	within: (room: number, name: string) => void;
}

function One({ hit, words, within, actions }: HitProps) {
	const { room, name, picture, n } = hit;
	return (
		<li class="hit card">
			<Token picture={picture} />
			<div>
				<p class="hit-h">
					<b>{hit.who === "visitor" ? name : hit.by}</b>
					{hit.who === "visitor" ? null : <span class="meta"> {t("card.with", { name })}</span>}
					<time class="meta num" dateTime={new Date(hit.at_ms).toISOString()}>
						{momentFormat(hit.at_ms)}
					</time>
				</p>
				<p class="hit-b" dir="auto">
					{highlight(hit.body, words).map((piece, i) => (piece.hit ? <mark key={i}>{piece.text}</mark> : piece.text))}
				</p>
				<p class="hit-f">
					<button
						type="button"
						class="btn btn--sm btn--quiet"
						data-room={room}
						aria-label={`${t("search.read")}: ${name}, ${momentFormat(hit.at_ms)}`}
						onClick={() => actions.read(room, { n, name, picture })}
					>
						<Icon of={iconEye} class="i-16" />
						{t("search.read")}
					</button>
					<button
						type="button"
						class="btn btn--sm btn--quiet"
						aria-label={`${t("search.in")}: ${name}`}
						onClick={() => within(room, name)}
					>
						<Icon of={iconSearch} class="i-16" />
						{t("search.in")}
					</button>
				</p>
			</div>
		</li>
	);
}

export function Search(view: View) {
	const { state } = view;
	const [wanted, setWanted] = useState<Wanted>(anything);
	const [done, setDone] = useState<Wanted>(anything);
	const [late, setLate] = useState(false);
	const { list, fetch } = usePages<Hit>(view);
	const set = <K extends keyof Wanted>(key: K) => (value: Wanted[K]): void => setWanted((was) => ({ ...was, [key]: value }));
	const search = async (what: Wanted): Promise<void> => {
		setDone(what);
		const answer = await fetch(source(what), true);
		setLate(answer?.type === "search.found" && answer.indexed_seq < state.seq);
	};
	const within = (room: number, name: string): void => {
		const next = { ...wanted, room: { room, name } };
		setWanted(next);
		void search(next);
	};
	const found = list.more ? t("search.found.more", { n: list.items.length }) : count("search.found", list.items.length);
	return (
		<Sheet title={t("search.title")}>
			<form
				class="ask"
				role="search"
				onSubmit={(event) => {
					event.preventDefault();
					void search(wanted);
				}}
			>
				<Line
					label={t("search.words")}
					hint={t("search.words.hint")}
					type="search"
					value={wanted.words}
					set={set("words")}
					max={SEARCH_WORDS_MAX_CODE_POINTS}
				/>
				<div class="ask-more">
					<Pick label={t("search.by")} value={wanted.by} set={set("by")} options={people(view, true)} />
					<Line label={t("from")} type="date" value={wanted.from} set={set("from")} />
					<Line label={t("until")} type="date" value={wanted.until} set={set("until")} />
					<Pick
						label={t("search.flag")}
						value={wanted.flag}
						set={set("flag")}
						options={[
							["", t("search.flag.any")],
							["low", t("search.flag.low")],
							["medium", t("search.flag.medium")],
							["high", t("search.flag.high")],
						]}
					/>
				</div>
				<div class="ask-go">
					{wanted.room === null ? null : (
						<button
							type="button"
							class="chip chip--sm"
							aria-label={`${t("search.room", { name: wanted.room.name })}. ${t("search.room.not")}`}
							onClick={() => set("room")(null)}
						>
							{t("search.room", { name: wanted.room.name })}
							<Icon of={iconClose} class="i-14" />
						</button>
					)}
					<span class="meta grow">{t("search.audit")}</span>
					<button type="submit" class="btn btn--dusk" disabled={list.asking || state.status !== "online"}>
						<Icon of={iconSearch} class="i-18" />
						{t("search.do")}
					</button>
				</div>
			</form>
			{late ? <p class="note">{t("search.late")}</p> : null}
			<p class="meta" role="status">
				{list.items.length > 0 ? found : ""}
			</p>
			<List
				list={list}
				none={t("search.none")}
				text={t("search.none.text")}
				next={() => void fetch(source(done), false)}
			>
				<ol class="hits">
					{list.items.map((hit) => (
						<One key={hit.seq} {...view} hit={hit} words={done.words} within={within} />
					))}
				</ol>
			</List>
		</Sheet>
	);
}
