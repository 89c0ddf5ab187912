/* What every adult did, newest first, and the head of the chain that is kept outside the box. */

import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../lib/Icon";
import { iconCopy, iconShieldCheck } from "../../lib/icons";
import type { AuditLine, AuditWhat } from "../../lib/protocol";
import { roomName } from "../select";
import { usePages } from "../usePages";
import type { Source } from "../usePages";
import type { View } from "../views";
import { momentFormat } from "./day";
import { List } from "./List";
import { t } from "./say";
import type { Key } from "./say";
import { Sheet } from "./Sheet";

const source: Source<AuditLine> = {
	ask: (last) => ({ type: "audit.list", limit: 50, ...(last ? { before: last.entry } : {}) }),
	take: (answer) => (answer.type === "audit.listed" ? { items: answer.entries, more: answer.more } : null),
};

/* "room" is the name of a column, too. */
function what(kind: AuditWhat): string {
	return t((kind === "room" ? "audit.room_" : `audit.${kind}`) as Key);
}

function Head({ head, hash }: { head: number; hash: string }) {
	const [copied, setCopied] = useState(false);
	const copy = (): void => {
		navigator.clipboard?.writeText(`${head} ${hash}`).then(() => setCopied(true), () => undefined);
	};
	return (
		<section class="audit-head card">
			<Icon of={iconShieldCheck} class="i-24" />
			<div>
				<dl>
					<dt>{t("audit.head")}</dt>
					<dd class="num">{head}</dd>
					<dt>{t("audit.hash")}</dt>
					<dd class="mono">{hash}</dd>
				</dl>
				<p class="meta">{t("audit.explain")}</p>
			</div>
			<button type="button" class="btn btn--sm btn--line" onClick={copy}>
				<Icon of={iconCopy} class="i-16" />
				<span role="status">{t(copied ? "audit.copied" : "audit.copy")}</span>
			</button>
		</section>
	);
}

function Row({ line, state, actions }: View & { line: AuditLine }) {
	const { name, picture } = roomName(state, line.room);
	return (
		<tr>
			<th scope="row" class="num">
				{line.entry}
			</th>
			<td data-th={t("audit.when")} class="num">
				{momentFormat(line.at_ms)}
			</td>
			<td data-th={t("audit.what")}>{what(line.what)}</td>
			<td data-th={t("audit.by")}>{line.by === "" ? t("audit.by.box") : line.by}</td>
			<td data-th={t("audit.room")}>
				{line.room === 0 ? null : (
					<button
						type="button"
						class="link row-go num"
						data-room={line.room}
						onClick={() => actions.read(line.room, name === "" ? {} : { name, picture })}
					>
						{name === "" ? t("audit.room.read", { n: line.room }) : name}
					</button>
				)}
			</td>
			<td data-th={t("audit.detail")} dir="auto">
				{line.detail}
			</td>
		</tr>
	);
}

export function Audit(view: View) {
	const { list, fetch } = usePages<AuditLine>(view);
	const [head, setHead] = useState<{ head: number; hash: string } | null>(null);
	const online = view.state.status === "online";
	useEffect(() => {
		void fetch(source, true).then((answer) => {
			if (answer?.type === "audit.listed") {
				setHead({ head: answer.head, hash: answer.hash });
			}
		});
	}, [online]);
	return (
		<Sheet title={t("audit.title")}>
			{head ? <Head {...head} /> : null}
			<List list={list} none={t("list.none")} next={() => void fetch(source, false)}>
				<table class="sheet sheet--audit">
					<thead>
						<tr>
							{(["entry", "when", "what", "by", "room", "detail"] as const).map((column) => (
								<th key={column} scope="col">
									{t(`audit.${column}`)}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{list.items.map((line) => (
							<Row key={line.entry} {...view} line={line} />
						))}
					</tbody>
				</table>
			</List>
		</Sheet>
	);
}
