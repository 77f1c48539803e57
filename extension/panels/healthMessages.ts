import { z } from "zod";
import { AgentInfo } from "../../agent/protocol/agentInfo.ts";
import { Check, Health } from "../../agent/protocol/health.ts";
import { Pool } from "../../agent/protocol/pool.ts";
import { Store } from "../../agent/protocol/store.ts";
import { tones } from "../health/tones.ts";

/** What the health page may ask the editor to run. */
export const healthPageCommands = [
  "forkpoint.pushNow",
  "forkpoint.setStore",
  "forkpoint.checkStore",
  "forkpoint.unlockStore",
  "forkpoint.pausePush",
  "forkpoint.resumePush",
  "forkpoint.tidyStore",
  "forkpoint.chooseStoreRetention",
  "forkpoint.scheduleTidying",
  "forkpoint.verifyStore",
  "forkpoint.repairStore",
  "forkpoint.deleteSnapshots",
  "forkpoint.importFolder",
  "forkpoint.createPool",
  "forkpoint.adoptPool",
  "forkpoint.setUpHelper",
  "forkpoint.showTimelinePanel",
  "forkpoint.showProblems",
  "forkpoint.saveSupportBundle",
  "forkpoint.showLog",
  "forkpoint.startAgent",
  "forkpoint.restartAgent",
  "forkpoint.stopAgent",
  "forkpoint.showLinuxHelp",
] as const;
export type HealthPageCommand = (typeof healthPageCommands)[number];

const button = z.object({ command: z.enum(healthPageCommands), title: z.string() });

/** From the extension to the health page: everything it shows. */
export const HealthState = z.object({
  type: z.literal("health"),
  tone: z.enum(tones),
  word: z.string(),
  message: z.string(),
  /** What mends it comes first. */
  buttons: z.array(button),
  project: z.object({ slug: z.string(), path: z.string() }).nullable(),
  /** Null where the agent cannot be asked. */
  machine: z
    .object({
      health: Health,
      pools: z.array(Pool),
      store: z.object({ store: Store, text: z.string() }).nullable(),
      agent: AgentInfo,
    })
    .nullable(),
  checks: z.array(Check).nullable(),
  log: z.object({ file: z.string(), lines: z.array(z.string()) }).nullable(),
});
export type HealthState = z.infer<typeof HealthState>;

/** From the health page to the extension. */
export const HealthRequest = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("refresh") }),
  z.object({ type: z.literal("run"), command: z.enum(healthPageCommands) }),
]);
export type HealthRequest = z.infer<typeof HealthRequest>;
