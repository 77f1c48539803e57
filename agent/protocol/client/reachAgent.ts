import type { Endpoint } from "../endpoint.ts";
import { type ErrorCode, ForkpointError } from "../errors.ts";
import { protocolVersion } from "../methods.ts";
import type { AgentClient } from "./agentClient.ts";
import type { ConnectOptions } from "./connectAgent.ts";
import { launchAgent } from "./launchAgent.ts";
import { openSocket } from "./openSocket.ts";
import { readEndpoint } from "./readEndpoint.ts";
import { isOlder, replaceOlderAgent, untilEnded } from "./replaceOlderAgent.ts";

/** Start-up finishes what a crash interrupted before the agent listens, and an ending agent rolls back first. */
const reachedWithinMs = 120_000;

/** The work of `connectAgent`; see there. */
export async function reachAgent(options: ConnectOptions): Promise<AgentClient> {
  const { home, launch } = options;
  const deadline = performance.now() + reachedWithinMs;
  for (;;) {
    const endpoint = await readEndpoint(home);
    const client = endpoint && (await greeted(endpoint, options));
    if (client) return client;
    if (!launch) throw new ForkpointError("AGENT_UNREACHABLE", `No agent runs for ${home}.`);
    await launchAgent({ ...options, launch, replaced: endpoint?.token, deadline });
  }
}

/** The agent at an endpoint; undefined when it is gone, or has ended to make room for a newer one. */
async function greeted(endpoint: Endpoint, options: ConnectOptions): Promise<AgentClient | undefined> {
  const { launch, signal } = options;
  const client = await openUnlessStale(endpoint, signal);
  if (!client) return undefined;
  try {
    const agent = await client.call(
      "agent/hello",
      { client: options.client ?? "client", version: launch?.version ?? "" },
      { signal },
    );
    if (launch && isOlder(agent.version, launch.version)) {
      options.onReplacing?.(agent.version);
      await replaceOlderAgent(client, endpoint.pid, signal);
      return undefined;
    }
    if (agent.protocol === protocolVersion) return client;
    throw new ForkpointError(
      "AGENT_NEWER",
      `The agent that runs is version ${agent.version} and speaks protocol ${agent.protocol}, not ${protocolVersion}.`,
    );
  } catch (thrown) {
    if (launch && hasCode(thrown, "AGENT_STOPPING")) {
      await untilEnded(client, endpoint.pid, signal);
      return undefined;
    }
    client.dispose();
    // It ended between the connection and the greeting.
    if (launch && hasCode(thrown, "AGENT_UNREACHABLE")) return undefined;
    throw thrown;
  }
}

/** Undefined for a file left by a dead agent whose process id or port went to another program. */
async function openUnlessStale(endpoint: Endpoint, signal: AbortSignal): Promise<AgentClient | undefined> {
  try {
    return await openSocket(endpoint, signal);
  } catch (thrown) {
    if (hasCode(thrown, "AGENT_UNREACHABLE") || hasCode(thrown, "UNAUTHORIZED")) return undefined;
    throw thrown;
  }
}

function hasCode(thrown: unknown, code: ErrorCode): boolean {
  return thrown instanceof ForkpointError && thrown.code === code;
}
