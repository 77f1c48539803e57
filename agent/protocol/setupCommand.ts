/**
 * What starts a script with the runtime of this process: on a desktop that is the editor's, which is a Node
 * only when it is told so.
 */
export function runWithOwnNode(script: string): string[] {
  const asNode = process.versions["electron"] === undefined ? [] : ["env", "ELECTRON_RUN_AS_NODE=1"];
  return [...asNode, process.execPath, script];
}

/**
 * The command that sets up the helper for a user.
 * @param self what starts `forkpoint`, without its arguments
 */
export function setupCommand(self: readonly string[], user: string): string[] {
  return ["sudo", ...self, "setup", "--user", user];
}
