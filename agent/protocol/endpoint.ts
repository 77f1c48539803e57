import { z } from "zod";

/** The file `agent.json` in the agent's home, mode 0600: how to reach the agent that runs. */
export const Endpoint = z.object({
  url: z.string().startsWith("ws://127.0.0.1:"),
  token: z.string().min(32),
  pid: z.number().int().positive(),
  version: z.string(),
});
export type Endpoint = z.infer<typeof Endpoint>;

export const endpointFile = "agent.json";

/** The largest message either side accepts, in bytes. */
export const maxMessageBytes = 64 * 1024 * 1024;

/** What an agent prints before it has a log, relative to its home. */
export const launchLogFile = "logs/agent-start.log";

/** The agent's log, relative to its home. */
export const logFile = "logs/agent.log";

/** How an agent's process ends. */
export const agentExitCodes = { done: 0, failed: 1, alreadyRunning: 3 } as const;
