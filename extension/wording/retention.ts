import type { RetentionSettings } from "../../agent/protocol/storeReports.ts";
import { count, enumerate } from "./counts.ts";

/** What the store keeps, such as "everything of the last 30 days, the newest of each project and what timelines show". */
export function retentionText(retention: RetentionSettings): string {
  return enumerate([...chosenParts(retention), "the newest of each project", "what timelines show"]);
}

/** As `retentionText`, without what is kept in any case. */
export function chosenRetentionText(retention: RetentionSettings): string {
  const parts = chosenParts(retention);
  return parts.length === 0 ? "nothing else" : enumerate(parts);
}

/** "7 days", "12 hours". */
export function intervalText(everyHours: number): string {
  return everyHours % 24 === 0 ? count(everyHours / 24, "day") : count(everyHours, "hour");
}

function chosenParts({ days, last, daily, weekly, monthly }: RetentionSettings): string[] {
  const parts: string[] = [];
  if (days > 0) parts.push(`everything of the last ${count(days, "day")}`);
  if (last > 1) parts.push(`the last ${last} of each project`);
  if (daily > 0) parts.push(`one a day for ${count(daily, "day")}`);
  if (weekly > 0) parts.push(`one a week for ${count(weekly, "week")}`);
  if (monthly > 0) parts.push(`one a month for ${count(monthly, "month")}`);
  return parts;
}
