import type { EntryRow } from "../catalog/entryRow.ts";
import { actCauses } from "../protocol/acts.ts";
import type { Cause } from "../protocol/entry.ts";
import { type KeepReason, keepReasons, type RetentionRules } from "../protocol/retention.ts";
import { type Period, periodOf } from "./localPeriods.ts";

/** How many unpinned entries that nobody asked for are kept, besides those of people. */
export const automaticKept = 50;

const automatic: ReadonlySet<Cause> = new Set(["timer", ...actCauses]);

/** Whether it came about by itself, or by an assistant, and no person has put a word to it since. */
export function isAutomatic({ cause, named, note }: EntryRow): boolean {
  return automatic.has(cause) && !named && (note === null || cause === "assistant");
}

/** What lies outside the rules. All are ids of entries. */
export interface RetentionFacts {
  readonly headSnapshotId: string | null;
  /** What acts that go on began with. */
  readonly running?: readonly string[];
  /** What assistants' turns began with and came to. */
  readonly turns?: readonly { readonly beforeId: string; readonly afterId: string | null }[];
  /** What living forks were made from. */
  readonly forked?: readonly string[];
}

/** What becomes of an entry: it stays for `reasons`, the strongest first, and goes when there are none. */
export interface Judgement {
  readonly entry: EntryRow;
  readonly reasons: readonly KeepReason[];
}

/**
 * What retention keeps of a timeline and why. The clock plays no part in it: times only tell which entries belong to one
 * hour, day, week or month, and the order is that in which the entries came. What is kept for one number of a rule is
 * kept for every larger one, and a second round takes nothing that the first one left.
 * @param entries the living ones, newest first
 * @returns all of them in the same order
 */
export function judgeEntries(
  entries: readonly EntryRow[],
  rules: RetentionRules,
  facts: RetentionFacts,
): Judgement[] {
  const kept = new Map<string, Set<KeepReason>>(entries.map(({ snapshotId }) => [snapshotId, new Set()]));
  const keep = (reason: KeepReason, ids: readonly (string | null)[]) => {
    for (const id of ids) if (id !== null) kept.get(id)?.add(reason);
  };
  const where = (holds: (entry: EntryRow) => boolean) => entries.filter(holds).map(idOf);

  keep("head", [facts.headSnapshotId]);
  keep("running", facts.running ?? []);
  keep("fork", facts.forked ?? []);
  keep(
    "pinned",
    where(({ pinned }) => pinned),
  );
  keep(
    "uploading",
    where(({ durability }) => durability === "uploading"),
  );
  keep("green", where(({ tests }) => tests === "passed").slice(0, 1));
  const isNamed = (entry: EntryRow) => rules.keepNamed && entry.named;
  keep("named", where(isNamed));
  const others = entries.filter((entry) => !entry.pinned && !isNamed(entry));
  const own = others.filter((entry) => !isAutomatic(entry));
  keep("latest", own.slice(0, rules.maxSnapshots).map(idOf));
  keep("automatic", others.filter(isAutomatic).slice(0, automaticKept).map(idOf));
  keep("hour", lastOfEach("hour", rules.keepHours, entries));
  keep("day", lastOfEach("day", rules.keepDays, entries));
  keep("week", lastOfEach("week", rules.keepWeeks, entries));
  keep("month", lastOfEach("month", rules.keepMonths, entries));
  keep("assistant", aroundAssistants(rules.keepAssistantDays, entries, facts.turns ?? []));
  // Undo goes back over the newest restore, for as long as that is there.
  const restore = entries.find(({ cause }) => cause === "restore");
  if (restore && (kept.get(restore.snapshotId)?.size ?? 0) > 0) keep("guard", [restore.guardId]);

  return entries.map((entry) => {
    const found = kept.get(entry.snapshotId);
    return { entry, reasons: keepReasons.filter((reason) => found?.has(reason)) };
  });
}

/** Which entries retention takes, oldest first. */
export function planRetention(
  entries: readonly EntryRow[],
  rules: RetentionRules,
  facts: RetentionFacts,
): EntryRow[] {
  return judgeEntries(entries, rules, facts)
    .filter(({ reasons }) => reasons.length === 0)
    .map(({ entry }) => entry)
    .reverse();
}

function lastOfEach(period: Period, most: number, entries: readonly EntryRow[]): string[] {
  const last = new Map<string, string>();
  for (const { createdAt, snapshotId } of entries) {
    const name = periodOf(period, createdAt);
    if (last.has(name)) continue;
    if (last.size === most) break;
    last.set(name, snapshotId);
  }
  return [...last.values()];
}

/**
 * On so many of the latest days that have entries: what an assistant took and what that grew from, and both sides of its
 * turns, whatever they were taken for. A turn is of the days of both its sides.
 */
function aroundAssistants(
  days: number,
  entries: readonly EntryRow[],
  turns: NonNullable<RetentionFacts["turns"]>,
): (string | null)[] {
  const known = new Set<string>();
  const recent = new Set<string>();
  for (const { createdAt } of entries) {
    if (known.size === days) break;
    known.add(periodOf("day", createdAt));
  }
  for (const { snapshotId, createdAt } of entries)
    if (known.has(periodOf("day", createdAt))) recent.add(snapshotId);
  const taken = entries.filter(({ cause, snapshotId }) => cause === "assistant" && recent.has(snapshotId));
  return [
    ...taken.flatMap(({ snapshotId, parentId }) => [snapshotId, parentId]),
    ...turns
      .map(({ beforeId, afterId }) => [beforeId, afterId])
      .filter((sides) => sides.some((id) => id !== null && recent.has(id)))
      .flat(),
  ];
}

function idOf({ snapshotId }: EntryRow): string {
  return snapshotId;
}
