import { spawnSync } from "node:child_process";
import { ScriptError, ask } from "./programs.mjs";

export const isRoot = process.getuid?.() === 0;

/**
 * What to put before a command that only root may run; asks for the password first, where one is needed and
 * while nothing else is on the screen.
 * @param {string} why what root is needed for, as the end of a sentence
 * @returns {string[]}
 */
export function asRoot(why) {
  if (isRoot) return [];
  if (ask("sudo", ["--version"]).missing) {
    throw new ScriptError(
      `It takes root to ${why}, and there is no sudo here.`,
      "Install sudo, or run this as root.",
    );
  }
  if (!ask("sudo", ["--non-interactive", "true"]).ok) {
    const prompt = `  It takes root to ${why}. Password of %p: `;
    const { status } = spawnSync("sudo", ["--validate", `--prompt=${prompt}`], { stdio: "inherit" });
    if (status !== 0) throw new ScriptError(`It takes root to ${why}, and sudo refused.`);
  }
  return ["sudo"];
}
