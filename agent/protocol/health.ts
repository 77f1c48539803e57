import { z } from "zod";

export const healthStates = [
  "protected",
  "saving",
  "behind",
  "offline",
  "locked",
  "paused",
  "unprotected",
  "low-space",
  "read-only",
  "device-errors",
  "degraded",
] as const;
/** What an action link in the status bar's tooltip starts; the extension maps each to a command. */
export const healthActions = [
  "push",
  "setStore",
  "checkStore",
  "unlockStore",
  "resumePush",
  "showHealth",
  "deleteSnapshots",
  "importFolder",
  "createPool",
  "setUpHelper",
] as const;
/** The one health the agent pushes, worst finding first. */
export const Health = z.object({
  state: z.enum(healthStates),
  /** A sentence for a person. */
  message: z.string(),
  action: z.enum(healthActions).nullable(),
  /** Entries that are not in the store yet. */
  pending: z.number(),
  lastPushAt: z.string().nullable(),
});
export type Health = z.infer<typeof Health>;

export const Check = z.object({
  name: z.string(),
  ok: z.boolean(),
  message: z.string(),
  /** What mends it or, where it is `ok`, what would make it better; null when there is nothing to do. */
  remedy: z.string().nullable(),
});
export type Check = z.infer<typeof Check>;
