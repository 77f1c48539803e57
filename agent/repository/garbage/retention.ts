import { z } from "zod";

const count = z.number().int().min(0).max(100_000);

/** How long snapshots stay in the store that no machine's timeline shows any more. */
export const Retention = z.strictObject({
  /** Everything that came in within so many days. */
  days: count,
  /** So many of the newest of each project. */
  last: count,
  /** The newest of each of so many days, weeks and months that have one. */
  daily: count,
  weekly: count,
  monthly: count,
});
export type Retention = z.infer<typeof Retention>;

export const defaultRetention: Retention = { days: 30, last: 0, daily: 0, weekly: 0, monthly: 0 };

export function isSameRetention(one: Retention, other: Retention): boolean {
  const { days, last, daily, weekly, monthly } = one;
  const sameNewest = days === other.days && last === other.last;
  return sameNewest && daily === other.daily && weekly === other.weekly && monthly === other.monthly;
}

const dayMs = 24 * 3_600_000;

export interface Retained {
  readonly id: string;
  /** One snapshot may be there more than once; it counts once, and what keeps it keeps all of them. */
  readonly snapshotId: string;
  /** ISO 8601, by the clock of the machine that took it. */
  readonly createdAt: string;
  /** When it came into the store, by the store's clock. */
  readonly arrivedAt: number;
}

/**
 * Why each snapshot of one project is kept; one that is not in the answer is not.
 * @param wanted ids that stay in any case, and why
 * @param now by the store's clock
 */
export function retain(
  snapshots: readonly Retained[],
  wanted: ReadonlyMap<string, string>,
  policy: Retention,
  now: number,
): Map<string, string> {
  const newestFirst = Array.from(
    Map.groupBy(
      snapshots.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)),
      ({ snapshotId }) => snapshotId,
    ).values(),
    (same) => ({ ids: same.map(({ id }) => id), createdAt: same[0]?.createdAt ?? "" }),
  );
  const kept = new Map<string, string>();
  const keep = (id: string, why: string) => {
    if (!kept.has(id)) kept.set(id, why);
  };
  for (const { id } of snapshots) {
    const why = wanted.get(id);
    if (why !== undefined) keep(id, why);
  }
  for (const { id, arrivedAt } of snapshots) {
    if (now - arrivedAt < policy.days * dayMs) keep(id, `younger than ${policy.days} days`);
  }
  for (const { ids } of newestFirst.slice(0, policy.last)) {
    for (const id of ids) keep(id, `one of the last ${policy.last}`);
  }
  for (const { ids, name } of slots(newestFirst, policy)) for (const id of ids) keep(id, name);
  return kept;
}

function* slots(
  newestFirst: readonly { readonly ids: readonly string[]; readonly createdAt: string }[],
  policy: Retention,
) {
  const calendars = [
    { name: "the last of a day", count: policy.daily, slot: (time: Date) => time.toISOString().slice(0, 10) },
    // Weeks since a Monday.
    {
      name: "the last of a week",
      count: policy.weekly,
      slot: (time: Date) => String(Math.floor((time.getTime() / dayMs + 3) / 7)),
    },
    {
      name: "the last of a month",
      count: policy.monthly,
      slot: (time: Date) => time.toISOString().slice(0, 7),
    },
  ];
  for (const { name, count: wanted, slot } of calendars) {
    const seen = new Set<string>();
    for (const { ids, createdAt } of newestFirst) {
      const at = slot(new Date(createdAt));
      if (seen.has(at)) continue;
      if (seen.size >= wanted) break;
      seen.add(at);
      yield { ids, name };
    }
  }
}
