import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder, checkout } from "../paths.mjs";
import { ask } from "../programs.mjs";
import { asRoot } from "../sudo.mjs";
import { say } from "../terminal.mjs";

const ownerVariable = "FORKPOINT_TEST_OWNER";

/**
 * Runs this very test run again as root, through sudo. Ctrl-C reaches it by itself, and it cleans up.
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit status
 */
export async function runAgainAsRoot(args) {
  const [program = "", ...rest] = asRoot("mount file systems for the tests");
  // sudo has a PATH and a HOME of its own. The rest is not for others to read in a list of arguments.
  const variables = ["PATH", "HOME"].map((name) => `${name}=${process.env[name] ?? ""}`);
  const owner = `${ownerVariable}=${process.getuid?.()}:${process.getgid?.()}`;
  const command = [process.execPath, ...process.execArgv, process.argv[1] ?? "", ...args];
  const through = [...rest, "--preserve-env", "env", ...variables, owner, ...command];
  const child = spawn(program, through, { cwd: checkout, stdio: "inherit" });
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  const [code] = await once(child, "exit");
  process.off("SIGINT", ignore);
  return code ?? 1;
}

/** Gives what a run as root wrote into the checkout and the cache to the user who started it through sudo. */
export function giveBack() {
  const owner = process.env[ownerVariable];
  if (process.getuid?.() !== 0 || !owner || !/^\d+:\d+$/.test(owner)) return;
  const npmCache = process.env["npm_config_cache"] ?? join(homedir(), ".npm");
  const written = [checkout, join(cacheFolder, "logs"), join(cacheFolder, "locks"), npmCache].filter(
    (folder) => existsSync(folder),
  );
  // What was fetched was there before.
  const given = ask("find", [...written, "-xdev", "-user", "0", "-exec", "chown", "-h", owner, "{}", "+"]);
  if (!given.ok) say(`Some of what the tests wrote belongs to root now: ${given.stderr}`);
}
