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
