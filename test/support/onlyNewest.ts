import type { RetentionRules } from "../../agent/protocol/retention.ts";

/** Rules that keep so many of the newest and nothing for its time or name. */
export function onlyNewest(maxSnapshots: number): RetentionRules {
  const none = { keepHours: 0, keepDays: 0, keepWeeks: 0, keepMonths: 0, keepAssistantDays: 0 };
  return { ...none, maxSnapshots, keepNamed: false };
}
