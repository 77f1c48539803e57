import { z } from "zod";
import type { Setting } from "../../catalog/settings.ts";

const StoreRecord = z.object({
  url: z.string(),
  /** Which repository it held when it was set. */
  repositoryId: z.string(),
  conditionalWrites: z.boolean(),
  /** Whether that is encrypted; one that is not is then no longer taken for it. */
  encrypted: z.boolean().default(false),
});

/** The store of this machine, as it was set. Holds no secret. */
export type StoreRecord = z.infer<typeof StoreRecord>;
export const storeSetting: Setting<StoreRecord> = { key: "store", schema: StoreRecord };
