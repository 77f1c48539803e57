import type { DependencyChanges, LockfileChange, PackageMove } from "../../protocol/dependencies.ts";
import { encodeVolumePath } from "../../protocol/volumePath.ts";
import { joinBytes } from "../../volumes/bytePaths.ts";
import type { PathChange } from "../../volumes/comparison/compareSnapshots.ts";
import { Origins } from "../../volumes/comparison/origins.ts";
import { type LockfileKind, lockfileKind, readLockfile } from "./lockfiles.ts";
import { lockfileText } from "./lockfileText.ts";
import { NotALockfile, Packages } from "./packages.ts";

const mostLockfiles = 50;
const mostPackages = 200;

/**
 * Which packages came, went or are there in other versions, from the lockfiles among some changes. One that cannot be
 * read is told with the reason.
 * @param snapshots the folders of the two sides, which nobody changes meanwhile
 */
export async function dependencyChanges(
  changes: readonly PathChange[],
  snapshots: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<DependencyChanges> {
  const origins = new Origins(changes);
  const found = new Map<string, { change: PathChange; kind: LockfileKind }>();
  for (const change of changes) {
    const path = encodeVolumePath(change.path);
    const kind = lockfileKind(path);
    if (kind && change.type !== "directory" && change.kind !== "metadata") found.set(path, { change, kind });
  }
  const lockfiles: LockfileChange[] = [];
  for (const [path, { change, kind }] of [...found].slice(0, mostLockfiles)) {
    signal.throwIfAborted();
    const origin = change.kind === "removed" ? change.path : origins.of(change.path);
    const older = change.kind === "added" ? null : joinBytes(Buffer.from(snapshots.from), origin);
    const newer = change.kind === "removed" ? null : joinBytes(Buffer.from(snapshots.to), change.path);
    lockfiles.push(await lockfileChange(path, kind, { older, newer }));
  }
  return { lockfiles, left: Math.max(0, found.size - mostLockfiles) };
}

async function lockfileChange(
  path: string,
  kind: LockfileKind,
  sides: { readonly older: Buffer | null; readonly newer: Buffer | null },
): Promise<LockfileChange> {
  const { tool } = kind;
  const counts = { added: 0, moved: 0, removed: 0 };
  const read = async (file: Buffer | null) =>
    file ? readLockfile(kind, await lockfileText(file)) : new Packages();
  try {
    const moves = packageMoves(await read(sides.older), await read(sides.newer));
    for (const move of moves) counts[effectOf(move)]++;
    return { path, tool, problem: null, ...counts, packages: moves.slice(0, mostPackages) };
  } catch (thrown) {
    if (!(thrown instanceof NotALockfile)) throw thrown;
    const problem = `${path} could not be read: ${thrown.message}.`;
    return { path, tool, problem, ...counts, packages: [] };
  }
}

/** What differs, by name; what moved comes first, then what came. */
function packageMoves(older: Packages, newer: Packages): PackageMove[] {
  const order = { moved: 0, added: 1, removed: 2 } as const;
  return [...new Set([...older.names, ...newer.names])]
    .map((name) => ({ name, before: older.versions(name), after: newer.versions(name) }))
    .filter(({ before, after }) => before.join("\n") !== after.join("\n"))
    .sort(
      (one, other) =>
        order[effectOf(one)] - order[effectOf(other)] || one.name.localeCompare(other.name, "en"),
    );
}

function effectOf({ before, after }: PackageMove): "added" | "moved" | "removed" {
  if (before.length === 0) return "added";
  return after.length === 0 ? "removed" : "moved";
}
