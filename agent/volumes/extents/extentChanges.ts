import { lstat } from "node:fs/promises";
import { inParallel } from "../../host/inParallel.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { Processes } from "../../host/processes.ts";
import { joinBytes } from "../bytePaths.ts";
import { type Differences, readDifferences } from "../comparison/differences.ts";
import type { Privileged } from "../privileged/privileged.ts";
import { type Extent, type ExtentSource, type FoundFile, readExtents } from "./readExtents.ts";

const filesAtOnce = 16;

export interface ExtentChange extends Extent {
  /** How many more places of the newer snapshot refer to it; 0 for one of which a part came or went. */
  readonly by: number;
}

/** What one snapshot holds of the disk more or less than another. */
export interface ExtentChanges {
  readonly source: ExtentSource;
  /** False when this user may not read some of the files. */
  readonly whole: boolean;
  readonly extents: readonly ExtentChange[];
}

export function extentSource({ mode }: Privileged): ExtentSource {
  return mode === "root" ? "tree" : "fiemap";
}

/**
 * What `to` holds of the disk more or less than `from`, two read-only snapshots of one pool. Cost follows the difference: only
 * files whose content differs are looked at.
 * @throws ForkpointError TOOL_MISSING, NEEDS_ROOT, CANCELLED; ProcessFailed
 */
export async function readExtentChanges(
  parts: { readonly processes: Processes; readonly privileged: Privileged },
  { from, to }: { readonly from: string; readonly to: string },
  call: LongCall,
): Promise<ExtentChanges> {
  const { processes, privileged } = parts;
  const source = extentSource(privileged);
  const differences = await readDifferences(privileged, { from, to }, call);
  const files = await changedFiles(differences, { from, to });
  const options = { source, signal: call.signal };
  const before = await readExtents(processes, from, files.before, options);
  const after = await readExtents(processes, to, files.after, options);
  return {
    source,
    whole: before.unreadable + after.unreadable === 0,
    extents: net(before.extents, after.extents),
  };
}

async function changedFiles(
  { created, changed, removed }: Differences,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<{ before: FoundFile[]; after: FoundFile[] }> {
  const written = changed.filter(({ inode }) => inode.type === "file" && inode.content);
  const gone = removed.filter(({ type }) => type === "file");
  const begun = created.filter(({ inode }) => inode.type === "file" && inode.created);
  const older = await inodes(
    from,
    gone.map(({ path }) => path),
  );
  // A file that has another name is still there.
  const names = new Map<number, number>();
  for (const { inode } of older) names.set(inode, (names.get(inode) ?? 0) + 1);
  const removedFiles = older.filter(({ inode, links }) => names.get(inode) === links);
  const rewritten = await inodes(
    from,
    written.map(({ origin }) => origin),
  );
  const newer = await inodes(
    to,
    [...begun, ...written].map(({ path }) => path),
  );
  return { before: once([...removedFiles, ...rewritten]), after: once(newer) };
}

async function inodes(
  snapshot: string,
  paths: readonly Buffer[],
): Promise<(FoundFile & { readonly links: number })[]> {
  return inParallel(paths, filesAtOnce, async (path) => {
    const { ino, nlink } = await lstat(joinBytes(Buffer.from(snapshot), path));
    return { path, inode: ino, links: nlink };
  });
}

function once(files: readonly FoundFile[]): FoundFile[] {
  return [...new Map(files.map((file) => [file.inode, file])).values()];
}

function net(before: readonly Extent[], after: readonly Extent[]): ExtentChange[] {
  const changes = new Map<number, { length: number; loose: boolean; by: number; resized: boolean }>();
  const count = (extents: readonly Extent[], step: number) => {
    for (const { start, length, loose } of extents) {
      const known = changes.get(start);
      if (!known) {
        changes.set(start, { length, loose, by: step, resized: false });
        continue;
      }
      known.by += step;
      known.resized ||= known.length !== length;
      known.length = Math.max(known.length, length);
    }
  };
  count(before, -1);
  count(after, 1);
  return [...changes]
    .filter(([, { by, resized }]) => by !== 0 || resized)
    .map(([start, { length, loose, by }]) => ({ start, length, loose, by }))
    .sort((a, b) => a.start - b.start);
}

/** What leads from the first to the last of several steps in a row. */
export function sumOf(steps: readonly ExtentChanges[]): ExtentChanges {
  const extents = new Map<number, ExtentChange>();
  const moved = new Set<number>();
  for (const step of steps) {
    for (const change of step.extents) {
      const known = extents.get(change.start);
      const length = Math.max(change.length, known?.length ?? 0);
      extents.set(change.start, { ...change, length, by: change.by + (known?.by ?? 0) });
      if (change.by !== 0) moved.add(change.start);
    }
  }
  return {
    source: steps[0]?.source ?? "fiemap",
    whole: steps.every(({ whole }) => whole),
    // Those that came and went between are of no snapshot that is left.
    extents: [...extents.values()]
      .filter(({ start, by }) => by !== 0 || !moved.has(start))
      .sort((a, b) => a.start - b.start),
  };
}
