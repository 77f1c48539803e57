import { z } from "zod";

/** Sizes are bytes. */
export const Pool = z.object({
  poolId: z.string(),
  path: z.string(),
  image: z.string().nullable(),
  state: z.enum(["mounted", "unmounted", "read-only", "missing"]),
  totalBytes: z.number().nullable(),
  freeBytes: z.number().nullable(),
  /** Share of the metadata that is allocated and used, 0 to 1. */
  metadataUsedRatio: z.number().nullable(),
  deviceErrors: z.number().nullable(),
});
export type Pool = z.infer<typeof Pool>;
