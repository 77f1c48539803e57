import type { z } from "zod";

/**
 * Requests by name: what goes in and what comes back. The server checks `params` before dispatch.
 * A method marked `long` reports `progress` for the token the caller sent along, and can be cancelled;
 * a cancelled call has changed nothing.
 */
export type MethodTable = Record<string, { params: z.ZodObject; result: z.ZodType; long?: true }>;
