import { ForkpointError } from "../errors.ts";
import { protocolVersion } from "../methods.ts";
import type { AgentClient } from "./agentClient.ts";
import type { ConnectOptions } from "./connectAgent.ts";
import { launchAgent } from "./launchAgent.ts";
import { openSocket } from "./openSocket.ts";
import { readEndpoint } from "./readEndpoint.ts";
import { isOlder, replaceOlderAgent } from "./replaceOlderAgent.ts";

/** Rounds of finding and starting; more than one is needed only when other clients do the same just now. */
const rounds = 5;

/** The work of `connectAgent`; see there. */
export async function reachAgent(options: ConnectOptions): Promise<AgentClient> {
  const { home, launch, signal } = options;
  let failure: unknown;
  for (let round = 0; round < rounds; round++) {
    const endpoint = await readEndpoint(home);
    if (endpoint) {
      try {
        const client = await openSocket(endpoint, signal);
        if (await suits(client, options)) return client;
      } catch (thrown) {
        if (!isStale(thrown)) throw thrown;
        failure = thrown;
      }
    }
    if (!launch) break;
    await launchAgent({ home, launch, signal });
  }
  throw failure instanceof ForkpointError
    ? failure
    : new ForkpointError("AGENT_UNREACHABLE", `No agent runs for ${home}.`);
}

/** A file left by a dead agent whose process id or port went to another program. */
function isStale(thrown: unknown): boolean {
  return (
    thrown instanceof ForkpointError &&
    (thrown.code === "AGENT_UNREACHABLE" || thrown.code === "UNAUTHORIZED")
  );
}

/** Greets the agent. False when it was older and has ended, so that the caller starts another. */
async function suits(client: AgentClient, options: ConnectOptions): Promise<boolean> {
  const { launch, signal } = options;
  try {
    const agent = await client.call(
      "agent/hello",
      { client: options.client ?? "client", version: launch?.version ?? "" },
      { signal },
    );
    if (launch && isOlder(agent.version, launch.version)) {
      options.onReplacing?.(agent.version);
      await replaceOlderAgent(client, agent.pid, signal);
      return false;
    }
    if (agent.protocol === protocolVersion) return true;
    throw new ForkpointError(
      "AGENT_NEWER",
      `The agent that runs is version ${agent.version} and speaks protocol ${agent.protocol}, not ${protocolVersion}.`,
    );
  } catch (thrown) {
    client.dispose();
    throw thrown;
  }
}
