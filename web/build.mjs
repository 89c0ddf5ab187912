/*
 * Builds the pages into build/web/, or, with --gallery, every view in every state into
 * build/gallery/, or, with --test, the unit tests into build/web-test/.
 *
 * A page is web/<page>/index.html with one stylesheet and one module next to it; their addresses
 * are replaced by hashed ones. Everything that is loaded at first is weighed, gzipped, against the
 * page's budget, and the build fails when it is too heavy.
 */

import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const web = fileURLToPath(new URL(".", import.meta.url));
const out = join(web, "../build");

const pages = [
	{ name: "visitor", urls: ["/"], budget: 25 * 1024, later: "rooms.css" },
	{ name: "console", urls: ["/console"], budget: 60 * 1024 },
	{ name: "oversight", urls: ["/oversight"], budget: 60 * 1024, later: "back.css" },
	{ name: "login", urls: ["/login", "/enrol"], budget: 25 * 1024 },
];
const launcherBudget = 2 * 1024;

const common = {
	absWorkingDir: web,
	bundle: true,
	minify: true,
	charset: "utf8",
	target: ["chrome90", "firefox90", "safari15"],
	logLevel: "warning",
	define: { WORKER_URL: '""' }, /* where no worker is built */
	legalComments: "none",
};

const types = { ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8" };
const typeOf = (file) => types[file.slice(file.lastIndexOf("."))];

const gzipped = (content) => gzipSync(content, { level: 9 }).length;

/* The files an entry needs before it can run: itself and what it imports statically. */
function firstLoad(metafile, entry) {
	const files = new Set();
	const add = (file) => {
		if (!files.has(file)) {
			files.add(file);
			metafile.outputs[file].imports
				.filter((one) => one.kind === "import-statement")
				.forEach((one) => add(one.path));
		}
	};
	add(entry);
	return [...files];
}

function checkWeight({ what, bytes, budget }) {
	const line = `${what}: ${bytes} bytes gzipped, of ${budget}`;
	console.log(line);
	if (bytes > budget) {
		throw new Error(`over budget: ${line}`);
	}
}

async function buildPage({ name, budget, later }, dir) {
	const styles = [`${name}.css`, ...(later ? [later] : [])];
	const { metafile } = await build({
		...common,
		entryPoints: [
			{ in: `${name}/main.tsx`, out: name },
			...styles.map((style) => ({ in: `${name}/${style}`, out: style.replace(".css", "") })),
		],
		outdir: join(dir, "assets"),
		entryNames: "[name]-[hash]",
		chunkNames: `${name}-[hash]`,
		format: "esm",
		splitting: true,
		metafile: true,
	});
	const outputs = Object.keys(metafile.outputs);
	const outputOf = (file) => outputs.find((output) => metafile.outputs[output].entryPoint === `${name}/${file}`);
	let html = await readFile(join(web, name, "index.html"), "utf8");
	for (const file of ["main.tsx", ...styles]) {
		html = html.replace(`"${file}"`, `"/assets/${basename(outputOf(file))}"`);
	}
	await writeFile(join(dir, `${name}.html`), html);

	let bytes = gzipped(html);
	for (const file of [...firstLoad(metafile, outputOf("main.tsx")), outputOf(`${name}.css`)]) {
		bytes += gzipped(await readFile(join(web, file)));
	}
	checkWeight({ what: `${name}, first load`, bytes, budget });
}

/* The worker's address stands in the page that starts it: the page's policy admits no other. */
async function buildWorker(dir) {
	const { metafile } = await build({
		...common,
		entryPoints: { work: "worker/work.ts" },
		outdir: join(dir, "assets"),
		entryNames: "[name]-[hash]",
		format: "iife",
		metafile: true,
	});
	common.define = { WORKER_URL: JSON.stringify(`/assets/${basename(Object.keys(metafile.outputs)[0])}`) };
}

async function buildPages() {
	const dir = join(out, "web");
	await rm(dir, { recursive: true, force: true });
	await mkdir(join(dir, "assets"), { recursive: true });
	await buildWorker(dir);

	for (const page of pages) {
		await buildPage(page, dir);
	}
	await build({ ...common, entryPoints: ["launcher/launcher.ts"], outfile: join(dir, "launcher.js"), format: "iife" });
	checkWeight({ what: "launcher", bytes: gzipped(await readFile(join(dir, "launcher.js"))), budget: launcherBudget });

	const lines = [];
	const list = (url, file, cache) => lines.push([url, file, typeOf(file), cache].join("\t"));
	for (const page of pages) {
		page.urls.forEach((url) => list(url, `${page.name}.html`, "no-store"));
	}
	list("/launcher.js", "launcher.js", "no-store");
	for (const file of (await readdir(join(dir, "assets"))).sort()) {
		list(`/assets/${file}`, `assets/${file}`, "immutable");
	}
	await writeFile(join(dir, "manifest.txt"), `${lines.join("\n")}\n`);
}

/* One page for each gallery/<name>.tsx; plain scripts, so that it opens from the disk. */
async function buildGallery() {
	const dir = join(out, "gallery");
	await rm(dir, { recursive: true, force: true });
	const files = await readdir(join(web, "gallery"));
	const names = files.filter((file) => file.endsWith(".tsx")).map((file) => file.slice(0, -4));
	const template = await readFile(join(web, "gallery/index.html"), "utf8");
	for (const name of names) {
		await build({
			...common,
			minify: false,
			entryPoints: { [name]: `gallery/${name}.tsx`, [`${name}-style`]: `gallery/${name}.css` },
			outdir: dir,
			format: "iife",
		});
		await writeFile(join(dir, `${name}.html`), template.replaceAll("{name}", name));
	}
	console.log(`${dir}: ${names.map((name) => `${name}.html`).join(" ")}`);
}

async function buildTests() {
	const tests = (await readdir(join(web, "test"))).filter((file) => file.endsWith(".test.ts")).sort();
	await build({
		...common,
		minify: false,
		stdin: { contents: tests.map((file) => `import "./${file}";`).join("\n"), resolveDir: join(web, "test") },
		outfile: join(out, "web-test/tests.mjs"),
		platform: "node",
		format: "esm",
		target: "node18",
		sourcemap: "inline",
		/* Node 18 has the browser's crypto, but not where browsers have it. */
		banner: { js: 'import { webcrypto } from "node:crypto"; globalThis.crypto ??= webcrypto;' },
	});
}

const modes = { "--gallery": buildGallery, "--test": buildTests };
await (modes[process.argv[2]] ?? buildPages)();
