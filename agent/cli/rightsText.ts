import type { AgentInfo } from "../protocol/agentInfo.ts";

const words = {
  root: "root",
  helper: "an ordinary user's, with the helper",
  none: "an ordinary user's, without the helper; `sudo forkpoint setup` installs it",
} as const satisfies Record<AgentInfo["privileges"], string>;

/** What the agent may do, and what is lost for want of more. */
export function rightsFacts({ privileges, degradations }: AgentInfo): [string, string][] {
  return [["Rights", words[privileges]], ...degradations.map((lost): [string, string] => ["Lost", lost])];
}
