// To be imported first: runs the program anew where its mounts are its own, and end with it, whatever
// ends it. `mayMount`: whether that is so; not everywhere may a user have such a place.

import { spawnSync } from "node:child_process";

export const mayMount = process.env.HARK_OWN_MOUNTS === "yes";

if (process.env.HARK_OWN_MOUNTS === undefined) {
	const own = process.getuid() === 0 ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
	const can = spawnSync("unshare", [...own, "true"]).status === 0;
	const [program, ...words] = [...(can ? ["unshare", ...own] : []), process.execPath, ...process.argv.slice(1)];
	const { status } = spawnSync(program, words, {
		env: { ...process.env, HARK_OWN_MOUNTS: can ? "yes" : "no" }, stdio: "inherit",
	});
	process.exit(status ?? 1);
}
