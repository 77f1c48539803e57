import type { AgentClient } from "../../agent/protocol/client/agentClient.ts";
import { connectAgent } from "../../agent/protocol/client/connectAgent.ts";
import { forkpointHome } from "../../agent/protocol/home.ts";

/**
 * Connects to the agent of this user, starting the one inside this extension when none runs and
 * replacing one that is older.
 * @param extensionFolder where the extension is installed
 * @param onReplacing told when an older agent still finishes its work
 * @throws ForkpointError AGENT_UNREACHABLE, AGENT_NEWER, NODE_TOO_OLD
 */
export function openAgent(
  extensionFolder: string,
  version: string,
  onReplacing: (oldVersion: string) => void,
  signal: AbortSignal,
): Promise<AgentClient> {
  return connectAgent({
    home: forkpointHome(process.env),
    // The extension host's own runtime is recent enough to be the agent's.
    launch: { node: process.execPath, script: `${extensionFolder}/dist/agent/main.mjs`, version },
    client: "vscode",
    onReplacing,
    signal,
  });
}
