/* A case as a printed record: nothing of the page around it is printed; the number of the case and of
   the disclosure stand on every sheet, and the sheets are counted. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../lib/Icon";
import { iconClose, iconDownload } from "../../lib/icons";
import { Fact } from "../../staff/Fact";
import type { Case } from "../state";
import type { View } from "../views";
import { dayFormat, momentFormat } from "./day";
import { t } from "./say";

export interface RecordProps extends View {
	file: Case;
	reason: string;
	onClose: () => void;
}

function Part({ title, empty, children }: { title: string; empty: boolean; children: ComponentChildren }) {
	return (
		<section>
			<h2>{title}</h2>
			{empty ? <p>{t("record.none")}</p> : children}
		</section>
	);
}

function Facts({ file, reason, state }: RecordProps) {
	const tier = file.tier === 0 ? t("cases.tier.none") : `${file.tier}, ${t(`case.tier.${file.tier as 1}`)}`;
	return (
		<dl class="facts">
			<Fact name={t("record.school")}>{state.school?.school ?? ""}</Fact>
			<Fact name={t("record.room")}>{file.name}</Fact>
			<Fact name={t("record.opened")}>{momentFormat(file.opened_ms)}</Fact>
			<Fact name={t("record.owner")}>{file.owner}</Fact>
			<Fact name={t("record.state")}>{t(`case.state.${file.state}`)}</Fact>
			<Fact name={t("record.tier")}>{tier}</Fact>
			<Fact name={t("record.follow")}>{file.follow_ms ? dayFormat(file.follow_ms) : t("case.follow.none")}</Fact>
			{file.outcome === "" ? null : <Fact name={t("record.outcome")}>{file.outcome}</Fact>}
			<Fact name={t("record.reason")}>{reason}</Fact>
			<Fact name={t("record.by")}>{state.me?.name ?? ""}</Fact>
		</dl>
	);
}

function Steps({ file }: { file: Case }) {
	return (
		<Part title={t("record.steps")} empty={file.steps.length === 0}>
			<ol class="record-list">
				{file.steps.map((step) => (
					<li key={step.step}>
						<b>{step.text}</b>
						<span>
							{t(`record.step.${step.state}`)}
							{step.by === "" || step.at_ms === undefined ? "" : `, ${step.by}, ${momentFormat(step.at_ms)}`}
							{step.reason === "" ? "" : `: ${step.reason}`}
						</span>
					</li>
				))}
			</ol>
		</Part>
	);
}

function Happened({ file }: { file: Case }) {
	return (
		<>
			<Part title={t("record.calls")} empty={file.calls.length === 0}>
				<ol class="record-list">
					{file.calls.map((call) => (
						<li key={call.escalation}>
							<b>{t(`reason.${call.reason}`)}</b>
							<span>
								{momentFormat(call.at_ms)}
								{call.by === "" ? "" : `, ${call.by}`}.{" "}
								{call.taken_by === "" ? t("record.call.open") : t("record.call.taken", { name: call.taken_by })}
							</span>
						</li>
					))}
				</ol>
			</Part>
			<Part title={t("record.openings")} empty={file.openings.length === 0}>
				<ol class="record-list">
					{file.openings.map((one) => (
						<li key={one.opening}>
							<b>{t(`danger.${one.why}`)}</b>
							<span>
								{one.by_name}, {momentFormat(one.at_ms)}
								{one.approved_by === "" ? "" : `. ${t("record.opening.approved", { name: one.approved_by })}`}. {one.reason}
							</span>
						</li>
					))}
				</ol>
			</Part>
		</>
	);
}

export function Record(props: RecordProps) {
	const { file, onClose } = props;
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => heading.current?.focus(), []);
	const number = t("record.number", { number: file.number });
	const disclosure = t("record.disclosure", { n: file.disclosure ?? "" });
	return (
		<main class="record">
			<header class="record-bar">
				<p role="status">{t("record.ready", { n: file.disclosure ?? "" })}</p>
				<button type="button" class="btn btn--sm btn--dusk" onClick={() => window.print()}>
					<Icon of={iconDownload} class="i-16" />
					{t("record.print")}
				</button>
				<button type="button" class="btn btn--sm btn--line" onClick={onClose}>
					<Icon of={iconClose} class="i-16" />
					{t("record.close")}
				</button>
			</header>
			<article class="record-page">
				<p class="record-no">
					<span>{number}</span>
					<span>{disclosure}</span>
				</p>
				<h1 ref={heading} tabIndex={-1}>
					{t("record.title")}: {file.title}
				</h1>
				<p class="record-conf">{t("record.confidential")}</p>
				<Facts {...props} />
				<Steps file={file} />
				<Part title={t("record.notes")} empty={file.notes.length === 0}>
					<ol class="record-list">
						{file.notes.map((note, i) => (
							<li key={i}>
								<b>
									{note.by}, {momentFormat(note.at_ms)}
								</b>
								<span dir="auto">{note.body}</span>
							</li>
						))}
					</ol>
				</Part>
				<Happened file={file} />
			</article>
			<footer class="record-foot" aria-hidden="true">
				{number} · {disclosure} · {t("record.confidential")}
			</footer>
		</main>
	);
}
