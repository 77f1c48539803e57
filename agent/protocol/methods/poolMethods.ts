import { z } from "zod";
import { Pool } from "../pool.ts";
import { absolutePath, none, done } from "./shapes.ts";
import type { MethodTable } from "./methodTable.ts";

export const poolMethods = {
  "pool/create": {
    params: z.object({
      image: absolutePath,
      /** Bytes. */
      size: z
        .number()
        .int()
        .min(256 * 1024 * 1024),
      /** Where to mount it; below the agent's home when absent. */
      mount: absolutePath.optional(),
    }),
    result: Pool,
    long: true,
  },
  "pool/adopt": { params: z.object({ path: absolutePath }), result: Pool },
  "pool/list": { params: none, result: z.object({ pools: z.array(Pool) }) },
  /** Of a pool we made, while it is in use. */
  "pool/grow": {
    params: z.object({
      poolId: z.string(),
      /** Bytes; more than it has. */
      size: z.number().int().positive(),
    }),
    result: Pool,
  },
  /** Refused while it holds projects. The image of a pool we made is deleted, unless kept. */
  "pool/remove": {
    params: z.object({ poolId: z.string(), keepImage: z.boolean().default(false) }),
    result: done,
  },
} as const satisfies MethodTable;
