// Charts of a run, as SVG with nothing but text and shapes: rate as bars, latency and cost as dots
// on a logarithmic scale. Each has its own background, light or dark as the reader's system is;
// kinds of servers differ in shape and in a word, not in colour alone.
//
//	node tests/bench/chart.mjs [FIGURES.json]       writes tests/bench/*.svg

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { short } from "./tables.mjs";

const width = 900, left = 290, right = 210, top = 92, bottom = 46;
const plot = width - left - right;

const style = `
	.ground { fill: #fefefc } .ink { fill: #1c2722 } .soft { fill: #4a524b } .grid { stroke: #e1e0da }
	.hark { fill: #1c5c45; stroke: #1c5c45 } .limit { fill: #8a8880; stroke: #8a8880 } .peer { fill: #c97b3a; stroke: #c97b3a }
	.hollow { fill: #fefefc } text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
	.title { font-size: 18px; font-weight: 600 } .small { font-size: 13px } .strong { font-weight: 600 }
	@media (prefers-color-scheme: dark) {
		.ground { fill: #211f1c } .ink { fill: #eeede8 } .soft { fill: #c4c2bc } .grid { stroke: #46433d }
		.hark { fill: #62b893; stroke: #62b893 } .limit { fill: #a8a69f; stroke: #a8a69f } .peer { fill: #e59a5a; stroke: #e59a5a }
		.hollow { fill: #211f1c }
	}`;

const escape = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const round = (value) => Math.round(value * 10) / 10;

function text(x, y, words, { kind = "ink", anchor = "start" } = {}) {
	return `<text class="${kind}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escape(words)}</text>`;
}

function kindOf(server) {
	if (server.name === "hark") {
		return "hark";
	}
	return ["relay", "p", "dur-sql"].includes(server.name) ? "limit" : "peer";
}

const isDurable = (server) => server.disk?.waits ?? ["hark", "p", "dur-sql"].includes(server.name);

function frame({ title, note, description, height, body }) {
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escape(title)}</title>
<desc id="description">${escape(description)}</desc>
<style>${style}
</style>
<rect class="ground" width="${width}" height="${height}" rx="8"/>
${text(20, 32, title, { kind: "ink title" })}
${text(20, 54, note, { kind: "soft small" })}
${body.join("\n")}
</svg>
`;
}

function name(server, y) {
	const strong = server.name === "hark" ? " strong" : "";
	return text(left - 12, y, server.title, { kind: `ink small${strong}`, anchor: "end" });
}

/* Filled: delivery waits for the disk; hollow: it does not. */
function shape(server) {
	return isDurable(server) ? kindOf(server) : `${kindOf(server)} hollow`;
}

function bars({ title, note, servers, series }) {
	const thick = 13, step = 2 * thick + 16;
	const rows = servers.filter((server) => series.some(({ of }) => of(server) !== undefined));
	const most = Math.max(...rows.flatMap((server) => series.map(({ of }) => of(server) ?? 0)));
	const body = rows.flatMap((server, i) => {
		const y = top + i * step;
		return [name(server, y + thick + 4), ...series.flatMap(({ of, label }, k) => {
			const value = of(server);
			if (value === undefined) {
				return [];
			}
			const long = Math.max(1.5, value / most * (plot + 10)), at = y + k * (thick + 2);
			return [
				`<rect class="${shape(server)}" x="${left}" y="${round(at)}" width="${round(long)}" height="${thick - 1}" stroke-width="1.2"/>`,
				text(left + long + 8, at + thick - 2, `${short(value)} ${label}`, { kind: "soft small" }),
			];
		})];
	});
	const said = rows.map((server) => `${server.title}: ${series.filter(({ of }) => of(server) !== undefined)
		.map(({ of, label }) => `${short(of(server))} ${label}`).join(", ")}`);
	return frame({ title, note, description: `${note} ${said.join(". ")}.`, height: top + rows.length * step + 14, body });
}

/* A scale of powers of ten around what there is. */
function logarithmic(values) {
	const low = Math.floor(Math.log10(Math.min(...values))), high = Math.ceil(Math.log10(Math.max(...values)));
	const ticks = Array.from({ length: Math.max(1, high - low) + 1 }, (_, i) => 10 ** (low + i));
	return { ticks, at: (value) => left + (Math.log10(value) - low) / Math.max(1, high - low) * plot };
}

/* Every row has a line through some values: a dot, a bar across, a ring. */
function ranges({ title, note, unit, servers, lines }) {
	const step = 17 * lines.length + 14;
	const positive = (list) => list.filter((value) => value !== undefined && value > 0);
	const rows = servers.filter((server) => lines.some(({ of }) => positive(of(server)).length > 0));
	const scale = logarithmic(rows.flatMap((server) => lines.flatMap(({ of }) => positive(of(server)))));
	const end = top + rows.length * step;
	const grid = scale.ticks.flatMap((tick) => {
		const x = round(scale.at(tick));
		return [`<line class="grid" x1="${x}" x2="${x}" y1="${top - 14}" y2="${end}"/>`,
			text(x, end + 18, `${tick} ${unit}`, { kind: "soft small", anchor: "middle" })];
	});
	const body = rows.flatMap((server, i) => [name(server, top + i * step + 17 * lines.length / 2 + 4),
		...lines.flatMap(({ of, label }, k) => range({
			server, values: positive(of(server)), label, unit, y: top + i * step + 17 * k + 8, scale,
		}))]);
	const said = rows.map((server) => `${server.title}: ${lines.filter(({ of }) => positive(of(server)).length > 0)
		.map(({ of, label }) => `${label} ${of(server).map(short).join(" / ")} ${unit}`).join("; ")}`);
	return frame({ title, note, description: `${note} ${said.join(". ")}.`, height: end + bottom - 14, body: [...grid, ...body] });
}

function range({ server, values, label, unit, y, scale }) {
	if (values.length === 0) {
		return [];
	}
	const xs = values.map((value) => round(scale.at(value)));
	const kind = kindOf(server);
	const marks = [
		`<line class="${kind}" x1="${xs[0]}" x2="${xs.at(-1)}" y1="${y}" y2="${y}" stroke-width="2"/>`,
		`<circle class="${shape(server)}" cx="${xs[0]}" cy="${y}" r="5" stroke-width="2"/>`,
	];
	if (xs.length > 1) {
		marks.push(`<line class="${kind}" x1="${xs[1]}" x2="${xs[1]}" y1="${y - 6}" y2="${y + 6}" stroke-width="2.5"/>`);
	}
	if (xs.length > 2) {
		marks.push(`<circle class="${kind} hollow" cx="${xs[2]}" cy="${y}" r="3.5" stroke-width="1.5"/>`);
	}
	const said = `${label}: ${values.slice(0, 2).map(short).join(" / ")} ${unit}`;
	return [...marks, text(width - 16, y + 4, said, { kind: "soft small", anchor: "end" })];
}

const filled = "Filled: delivery waits for the disk; hollow: it does not.";

export function chartsOf({ servers, machine, settings }) {
	const when = `${machine.cores} cores, ${machine.date}, ${settings.rooms} rooms, ${settings.body_bytes}-byte messages.`;
	const of = (load, pick) => (server) => server.loads[load] === undefined ? undefined : pick(server.loads[load]);
	const latency = (load) => (server) => {
		const found = server.loads[load]?.delivery;
		return found === undefined ? [] : [found.p50_ms, found.p99_ms, found.p999_ms];
	};
	const processor = (load) => (server) => [server.loads[load]?.cpu_us_per_message];
	const perS = (result) => result.per_s;
	return [
		{
			file: "tests/bench/messages.svg", alt: "Messages a second of each server, at 100 and 1,600 in flight",
			svg: bars({
				title: "Messages a second", note: `${filled} ${when}`, servers,
				series: [{ label: "with 100 in flight", of: of("100 in flight", perS) },
					{ label: "with 1,600", of: of("1600 in flight", perS) }],
			}),
		},
		{
			file: "tests/bench/latency.svg", alt: "Delivery latency of each server at 200 and 1,000 messages a second",
			svg: ranges({
				title: "From the moment a message is to be sent until the other side has it",
				note: `Dot p50, bar p99, ring p99.9; p50 / p99 on the right; logarithmic. ${filled}`, unit: "ms", servers,
				lines: [{ label: "200/s", of: latency("200 a second") }, { label: "1,000/s", of: latency("1000 a second") }],
			}),
		},
		{
			file: "tests/bench/cost.svg", alt: "Processor time a message of each server, at 200 a second and saturated",
			svg: ranges({
				title: "Processor time a message", note: `Logarithmic. ${filled} ${when}`, unit: "µs", servers,
				lines: [{ label: "at 200/s", of: processor("200 a second") },
					{ label: "saturated", of: processor("1600 in flight") }],
			}),
		},
	];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const figures = JSON.parse(readFileSync(process.argv[2] ?? "build/bench.json", "utf8"));
	for (const { file, svg } of chartsOf(figures)) {
		writeFileSync(file, svg);
	}
}
