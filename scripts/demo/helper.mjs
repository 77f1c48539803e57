import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { checkout } from "../paths.mjs";
import { ask, run } from "../programs.mjs";
import { asRoot, isRoot } from "../sudo.mjs";
import { say, showing } from "../terminal.mjs";

/** Where the helper is: the same as in agent/volumes/privileged/helperPlaces.ts. */
const lib = process.env["FORKPOINT_HELPER"] ?? "/usr/local/lib/forkpoint";

/**
 * Sets up the helper for this user, unless that was done: without it only root has pools. Says first what it does.
 * @param {{node: string}} node24
 */
export async function setUpHelper({ node }) {
  if (isRoot) return;
  const { username } = userInfo();
  const elsewhere = process.env["FORKPOINT_HELPER"] ? ["--root", dirname(lib)] : [];
  const setup = [join(checkout, "dist/cli.mjs"), "setup", "--user", username, ...elsewhere];
  if (ask(node, [...setup, "--check"]).ok) return;
  say(
    `  Only root can mount a pool. Forkpoint's helper does that for ${username}; it is installed once, with`,
  );
  say(`    sudo ${[node, ...setup].join(" ")}`);
  say("  and the same with --remove takes it back. docs/security.md says what it may do.");
  const [program = "", ...rest] = [...asRoot("install the helper"), node, ...setup, "--yes"];
  await showing("Helper: install it", () => run(program, rest, { log: "setup" }));
}

/**
 * Unmounts the pools of this user whose image lies below a folder, through the helper; it frees their loop
 * devices too. Does nothing for root, and where there is no helper.
 * @param {string} folder
 */
export function unmountThroughHelper(folder) {
  for (const { name } of mountedBelow(folder)) askHelper({ verb: "unmount", name });
}

/**
 * The pools of this user that the helper has mounted and whose image lies below a folder.
 * @param {string} folder
 * @returns {{name: string, image: string}[]}
 */
export function mountedBelow(folder) {
  if (isRoot || !existsSync(join(lib, "helper.mjs"))) return [];
  const answer = askHelper({ verb: "status" });
  /** @type {{pools: {name: string | null, image: string, mounted: boolean}[]}} */
  const { pools } = answer === undefined ? { pools: [] } : JSON.parse(answer);
  return pools.flatMap(({ name, image, mounted }) =>
    mounted && name !== null && image.startsWith(`${folder}/`) ? [{ name, image }] : [],
  );
}

/**
 * @param {object} request
 * @returns {string | undefined} its answer; nothing when this user may not call it
 */
function askHelper(request) {
  const call = ["/usr/bin/env", "-i", join(lib, "node"), join(lib, "helper.mjs"), String(process.getuid?.())];
  const { status, stdout } = spawnSync("sudo", ["--non-interactive", ...call], {
    input: `${JSON.stringify(request)}\n`,
    encoding: "utf8",
  });
  return status === 0 ? stdout : undefined;
}
