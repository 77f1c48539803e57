import * as l10n from "@vscode/l10n";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How long ago an ISO 8601 time was, such as "5 min ago". Times up to a minute ahead count as now,
 * since two clocks rarely agree; beyond a week the date stands for itself.
 */
export function relativeTime(iso: string, nowMs: number): string {
  const age = nowMs - Date.parse(iso);
  if (Number.isNaN(age)) return iso;
  if (age < minute) return age > -minute ? l10n.t("just now") : longDate(iso);
  if (age < hour) return l10n.t("{count} min ago", { count: Math.floor(age / minute) });
  if (age < day) return l10n.t("{count} h ago", { count: Math.floor(age / hour) });
  if (age < 7 * day) {
    const days = Math.floor(age / day);
    return days === 1 ? l10n.t("yesterday") : l10n.t("{count} days ago", { count: days });
  }
  return longDate(iso);
}

/** The date and time in the reader's own zone and language. */
export function longDate(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
