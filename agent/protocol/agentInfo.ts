import { z } from "zod";

/** What the agent may do of that which Linux lets only root do: all of it, through the helper, or nothing. */
export const privilegeModes = ["root", "helper", "none"] as const;

export const AgentInfo = z.object({
  version: z.string(),
  protocol: z.number(),
  pid: z.number(),
  home: z.string(),
  startedAt: z.string(),
  logFile: z.string(),
  privileges: z.enum(privilegeModes),
  /** What is lost for want of rights: sentences for a person, the gravest first. */
  degradations: z.array(z.string()),
});
export type AgentInfo = z.infer<typeof AgentInfo>;
