import type { DamagedSnapshot } from "../protocol/storeReports.ts";
import { oneLine } from "./oneLine.ts";

/** A line for each damaged snapshot, and below it what is wrong. */
export function damageText(damaged: readonly DamagedSnapshot[]): string[] {
  return damaged.flatMap(({ slug, projectId, snapshotId, manifestDigest, problems }) => [
    `  ${slug ?? projectId} ${snapshotId ?? `(manifest ${manifestDigest.slice(0, 12)}…)`}`,
    ...problems.map((problem) => `      ${oneLine(problem)}`),
  ]);
}
