import type { DependencyChanges } from "../../agent/protocol/dependencies.ts";
import type { Change, ChangeSummary, Entry } from "../../agent/protocol/entities.ts";
import { entryTitle } from "../wording/causes.ts";

/** Two moments of a project and what differs between them. */
export interface Comparison {
  readonly projectId: string;
  readonly from: Entry;
  /** Null for the workspace as it stood when the comparison was made. */
  readonly to: Entry | null;
  readonly changes: readonly Change[];
  readonly summary: ChangeSummary;
  /** Whether there are more changes than `changes` holds. */
  readonly truncated: boolean;
  /** Absent where nobody asked for the packages that differ. */
  readonly dependencies?: DependencyChanges | undefined;
}

export function comparisonTitle({ from, to }: Pick<Comparison, "from" | "to">): string {
  return `${entryTitle(from)} → ${to ? entryTitle(to) : "now"}`;
}
