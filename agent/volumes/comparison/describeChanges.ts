import type { Compared, ComparisonWish } from "../../protocol/comparison.ts";
import type { Change, ChangeSummary } from "../../protocol/change.ts";
import { encodeVolumePath } from "../../protocol/volumePath.ts";
import type { PathChange } from "./compareSnapshots.ts";
import { foldChanges } from "./foldChanges.ts";

/** A change as it crosses the protocol. */
export function describeChange(change: PathChange): Change {
  const path = encodeVolumePath(change.path);
  return {
    path,
    ...(Buffer.from(path).equals(change.path) ? {} : { pathBytes: change.path.toString("base64") }),
    kind: change.kind,
    ...(change.from ? { from: encodeVolumePath(change.from) } : {}),
    type: change.type,
    size: change.size,
    ...(change.modes ? { modes: change.modes } : {}),
  };
}

/** Changes as they cross the protocol: at most `limit`, without those in folders that are folded up, and the count of all. */
export function describeChanges(
  changes: readonly PathChange[],
  { limit, fold }: Pick<ComparisonWish, "limit" | "fold">,
): Omit<Compared, "dependencies"> {
  const { listed, folded } = foldChanges(changes, fold ?? []);
  return {
    changes: listed.slice(0, limit).map(describeChange),
    summary: summarizeChanges(changes),
    ...(fold ? { folded } : {}),
    truncated: listed.length > limit,
  };
}

export function summarizeChanges(changes: readonly PathChange[]): ChangeSummary {
  const summary = { added: 0, modified: 0, removed: 0, renamed: 0, metadata: 0 };
  for (const { kind } of changes) summary[kind]++;
  return summary;
}
