import type { Change, ChangeSummary } from "../protocol/change.ts";

const minute = 60_000;
const units = [
  { name: "year", ms: 365 * 24 * 60 * minute },
  { name: "month", ms: 30 * 24 * 60 * minute },
  { name: "day", ms: 24 * 60 * minute },
  { name: "hour", ms: 60 * minute },
  { name: "minute", ms: minute },
];

/** "3 minutes ago", for an ISO time. */
export function ago(iso: string, now: number): string {
  const age = now - Date.parse(iso);
  for (const { name, ms } of units) {
    const count = Math.floor(age / ms);
    if (count >= 1) return `${plural(count, name)} ago`;
  }
  return "just now";
}

export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`;
}

const sizeUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A number of bytes with three digits or so. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < sizeUnits.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${sizeUnits[unit] ?? ""}`;
}

export function summaryText(summary: ChangeSummary): string {
  const parts = (["added", "modified", "removed", "renamed", "metadata"] as const)
    .filter((kind) => summary[kind] > 0)
    .map((kind) => `${summary[kind]} ${kind === "metadata" ? "with other attributes" : kind}`);
  return parts.length === 0 ? "no differences" : parts.join(", ");
}

export const changeSigns: Record<Change["kind"], string> = {
  added: "A",
  modified: "M",
  removed: "D",
  renamed: "R",
  metadata: "T",
};

/** "9 s left", "3 min left", "2 h 5 min left". */
export function timeLeft(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (seconds <= 59) return `${Math.max(1, Math.ceil(seconds))} s left`;
  if (minutes < 60) return `${minutes} min left`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
  return `${Math.round(minutes / (24 * 60))} days left`;
}

/** "mode 644 → 755" */
export function modeText({ before, after }: NonNullable<Change["modes"]>): string {
  return `mode ${before.toString(8)} → ${after.toString(8)}`;
}
