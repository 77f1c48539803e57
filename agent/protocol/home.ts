import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where agent and clients meet: the folder with all of the agent's state: `FORKPOINT_HOME`, else the XDG data directory.
 * The folder need not exist yet.
 */
export function forkpointHome(env: NodeJS.ProcessEnv): string {
  const named = env["FORKPOINT_HOME"];
  if (named) return named;
  return join(env["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share"), "forkpoint");
}
