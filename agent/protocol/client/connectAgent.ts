import { ForkpointError } from "../errors.ts";
import type { AgentClient } from "./agentClient.ts";
import type { Launch } from "./launchAgent.ts";

export interface ConnectOptions {
  /** The agent's home, from `forkpointHome`. */
  readonly home: string;
  /** How to start an agent when none runs, or the one that runs is older. Without it only a running one will do. */
  readonly launch?: Launch | undefined;
  readonly signal: AbortSignal;
  /** Who asks, for the agent's log. */
  readonly client?: string | undefined;
  /** Told when an older agent has been asked to end and still finishes its work. */
  readonly onReplacing?: ((oldVersion: string) => void) | undefined;
}

/**
 * Connects to the one agent of `home`, starting or replacing it as `launch` allows.
 * @throws ForkpointError AGENT_UNREACHABLE, AGENT_NEWER, UNAUTHORIZED, NODE_TOO_OLD, TOOL_MISSING, CANCELLED
 */
export async function connectAgent(options: ConnectOptions): Promise<AgentClient> {
  // Loaded on first use, so that an extension activates without reading a WebSocket library.
  const { reachAgent } = await import("./reachAgent.ts");
  try {
    return await reachAgent(options);
  } catch (thrown) {
    if (!options.signal.aborted) throw thrown;
    throw new ForkpointError("CANCELLED", "Cancelled.", { cause: thrown });
  }
}
