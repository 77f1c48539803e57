import { z } from "zod";

const periods = z.number().int().min(0).max(1000);

/**
 * What retention keeps besides pins and what is needed anyway. A period counts only when snapshots were taken in it, so that
 * neither a holiday nor a clock that jumps makes anything go. Periods are those of the machine's local time.
 */
export const RetentionRules = z.object({
  /** How many of the newest snapshots that somebody asked for are kept. */
  maxSnapshots: z.number().int().min(1).max(10_000),
  /** Of so many of the latest hours, days, weeks (from Monday) and months, the last snapshot of each. */
  keepHours: periods,
  keepDays: periods,
  keepWeeks: periods,
  keepMonths: periods,
  /** For so many days, what an assistant took and what was there before it began. */
  keepAssistantDays: periods,
  /** Whether what a person gave a name stays. */
  keepNamed: z.boolean(),
});
export type RetentionRules = z.infer<typeof RetentionRules>;

export const defaultRules: RetentionRules = {
  maxSnapshots: 5,
  keepHours: 24,
  keepDays: 14,
  keepWeeks: 8,
  keepMonths: 12,
  keepAssistantDays: 7,
  keepNamed: true,
};

/** Why an entry stays, the strongest reason first. */
export const keepReasons = [
  "head",
  "pinned",
  "uploading",
  "running",
  "fork",
  "guard",
  "named",
  "green",
  "latest",
  "automatic",
  "assistant",
  "hour",
  "day",
  "week",
  "month",
] as const;
export const KeepReason = z.enum(keepReasons);
export type KeepReason = z.infer<typeof KeepReason>;

/** What a person reads for each. */
export const keepWords = {
  head: "the workspace stands on it",
  pinned: "pinned",
  uploading: "on its way to the store",
  running: "what goes on began with it",
  fork: "a fork was made from it",
  guard: "undo needs it",
  named: "it has a name",
  green: "the last green",
  latest: "one of the newest",
  automatic: "one of the newest automatic ones",
  assistant: "an assistant’s work of late",
  hour: "the last of its hour",
  day: "the last of its day",
  week: "the last of its week",
  month: "the last of its month",
} as const satisfies Record<KeepReason, string>;

/** The rules in one sentence without its subject. */
export function rulesText(rules: RetentionRules): string {
  const { maxSnapshots, keepHours, keepDays, keepWeeks, keepMonths, keepAssistantDays, keepNamed } = rules;
  const periods = [
    [keepHours, "hour"],
    [keepDays, "day"],
    [keepWeeks, "week"],
    [keepMonths, "month"],
  ] as const;
  const last = periods
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}${count === 1 ? "" : "s"}`);
  const parts = [
    `the newest ${maxSnapshots}`,
    last.length > 0 ? `the last of each of ${last.join(", ")} with snapshots` : null,
    keepAssistantDays > 0 ? `${keepAssistantDays} days of assistants’ work` : null,
    keepNamed ? "those with a name" : null,
    "pins",
  ];
  return parts.filter((part) => part !== null).join("; ");
}

/** Bytes on the disk that become free with something. */
export const Room = z.object({
  bytes: z.number(),
  /**
   * How far that can be relied on. `exact`: but for the file system's own records. `estimate`: what is compressed is known only
   * roughly. `atLeast`: of some of it nobody can tell, or not yet.
   */
  certainty: z.enum(["exact", "estimate", "atLeast"]),
});
export type Room = z.infer<typeof Room>;
