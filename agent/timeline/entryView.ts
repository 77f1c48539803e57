import type { EntryRow } from "../catalog/entryRow.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import type { Act, Entry } from "../protocol/entry.ts";

/** An entry as clients see it. `path` is the folder that holds its snapshot, `act` what it was taken for. */
export function entryView(row: EntryRow, project: ProjectRow, path: string, act: Act | null): Entry {
  return {
    snapshotId: row.snapshotId,
    projectId: row.projectId,
    parentId: row.parentId,
    cause: row.cause,
    author: row.author,
    label: row.label,
    note: row.note,
    pinned: row.pinned,
    createdAt: new Date(row.createdAt).toISOString(),
    durability: row.durability,
    manifestDigest: row.manifestDigest,
    guardId: row.guardId,
    ...(row.restored ? { restored: row.restored } : {}),
    act,
    tests: row.tests,
    verifiedAt: row.verifiedAt === null ? null : new Date(row.verifiedAt).toISOString(),
    problem: row.problem,
    head: row.snapshotId === project.headSnapshotId,
    path,
  };
}
