import { z } from "zod";
import type { IntentKind } from "../catalog/intents.ts";
import { RestorePart } from "../protocol/restoreParts.ts";

/** What start-up must know of a restore that was cut off. */
export const RestorePayload = z.object({
  targetId: z.string(),
  /** Bytes in base64; null for the whole workspace. */
  paths: z.array(z.base64()).nullable(),
  /** The parts of the workspace that somebody chose; their paths are known from `applying` on. */
  parts: z.array(RestorePart).optional(),
  /** The snapshot of the workspace before. */
  beforeId: z.string(),
  /** The entry that stands for it: the one above, or the head where that is equal. Null while preparing. */
  guardId: z.string().nullable(),
  /** The snapshot of the result. */
  resultId: z.string(),
  state: z.enum(["preparing", "applying", "back"]),
});
export type RestorePayload = z.infer<typeof RestorePayload>;

export const restoreIntent: IntentKind<RestorePayload> = { kind: "restore", payload: RestorePayload };
