import { z } from "zod";
import { Health, healthActions } from "./health.ts";

/** Notifications from the agent to every client. They say what to read again, not what it became. */
export const events = {
  /** A pool, the store, or the list of projects changed. */
  "changed/machine": z.object({ what: z.enum(["pools", "store", "projects"]) }),
  /** The entries of one project changed, or its head moved. */
  "changed/timeline": z.object({ projectId: z.string() }),
  /** The health of one project (or, with null, of the machine) is now this. */
  "changed/health": z.object({ projectId: z.string().nullable(), health: Health }),
  /** The agent ends soon; clients connect again when they next need one. */
  "agent/stopping": z.object({ reason: z.enum(["retired", "stopped", "idle"]) }),
} as const;
export type Events = typeof events;
export type EventName = keyof Events;
export type EventBody<E extends EventName> = z.output<Events[E]>;

/** How far a long call is. `done` and `total` count `unit`; null when the total is not known yet. */
export const Progress = z.object({
  message: z.string(),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(["files", "bytes", "steps"]),
  /** Units a second, of late; null while it cannot be told. */
  rate: z.number().nullable(),
  /** Until the total is reached, if it goes on so; null or absent while it cannot be told. */
  secondsLeft: z.number().nullable().optional(),
});
export type Progress = z.infer<typeof Progress>;
export type HealthAction = (typeof healthActions)[number];
