import type { Change, ChangeSummary } from "../../protocol/entities.ts";
import { encodeVolumePath } from "../../protocol/volumePath.ts";
import type { PathChange } from "./compareSnapshots.ts";

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
  };
}

/** At most `limit` changes as they cross the protocol, and the count of all. */
export function describeChanges(changes: readonly PathChange[], limit: number) {
  return {
    changes: changes.slice(0, limit).map(describeChange),
    summary: summarizeChanges(changes),
    truncated: changes.length > limit,
  };
}

export function summarizeChanges(changes: readonly PathChange[]): ChangeSummary {
  const summary = { added: 0, modified: 0, removed: 0, renamed: 0, metadata: 0 };
  for (const { kind } of changes) summary[kind]++;
  return summary;
}
