import * as l10n from "@vscode/l10n";
import type { RetentionSettings } from "../../agent/protocol/storeReports.ts";
import { enumerate, plural } from "./counts.ts";

/** What the store keeps, such as "everything of the last 30 days, the newest of each project and what timelines show". */
export function retentionText(retention: RetentionSettings): string {
  return enumerate([
    ...chosenParts(retention),
    l10n.t("the newest of each project"),
    l10n.t("what timelines show"),
  ]);
}

/** As `retentionText`, without what is kept in any case. */
export function chosenRetentionText(retention: RetentionSettings): string {
  const parts = chosenParts(retention);
  return parts.length === 0 ? l10n.t("nothing else") : enumerate(parts);
}

/** "7 days", "12 hours". */
export function intervalText(everyHours: number): string {
  return everyHours % 24 === 0
    ? plural(everyHours / 24, "{count} day", "{count} days")
    : plural(everyHours, "{count} hour", "{count} hours");
}

function chosenParts({ days, last, daily, weekly, monthly }: RetentionSettings): string[] {
  const parts: string[] = [];
  if (days > 0)
    parts.push(plural(days, "everything of the last {count} day", "everything of the last {count} days"));
  if (last > 1) parts.push(l10n.t("the last {count} of each project", { count: last }));
  if (daily > 0) parts.push(plural(daily, "one a day for {count} day", "one a day for {count} days"));
  if (weekly > 0) parts.push(plural(weekly, "one a week for {count} week", "one a week for {count} weeks"));
  if (monthly > 0)
    parts.push(plural(monthly, "one a month for {count} month", "one a month for {count} months"));
  return parts;
}
