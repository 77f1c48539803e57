import { z } from "zod";
import type { Setting } from "../catalog/settings.ts";

const limit = z.number().int().positive().nullable().default(null);

const TransferSettings = z.object({
  /** Whether nothing is pushed until somebody resumes it. */
  paused: z.boolean().default(false),
  /** Bytes a second at most, for all transfers together; null for as many as there are. */
  upload: limit,
  download: limit,
});

/** How this machine uses its way to the store, whichever store that is. */
export type TransferSettings = z.infer<typeof TransferSettings>;
export const transferSetting: Setting<TransferSettings> = { key: "transfers", schema: TransferSettings };
export const usualTransfers: TransferSettings = { paused: false, upload: null, download: null };
