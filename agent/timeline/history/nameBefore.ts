import { ForkpointError } from "../../protocol/errors.ts";
import { isWithin } from "../../volumes/bytePaths.ts";
import type { Thing } from "./contents.ts";
import type { PairComparison } from "./folderVersions.ts";
import type { Moments } from "./moments.ts";

/**
 * The path that what stands at `path` had at the moment before it came there; null when it was made there, and when nobody
 * can tell.
 * @param come the first moment that has it at this path; the moment before has nothing there
 */
export async function nameBefore(
  pairs: PairComparison,
  { path, thing, come, moments }: { path: Buffer; thing: Thing; come: number; moments: Moments },
): Promise<Buffer | null> {
  const before = moments.entry(come - 1);
  // What was born since cannot have had another name then; that saves the comparison after an installation.
  if (!before || thing.stat.birthtimeNs > BigInt(before.createdAt) * 1_000_000n) return null;
  try {
    const changes = await pairs.changes(come - 1, come, path);
    if (typeof changes === "string") return null;
    for (const change of changes) {
      if (change.kind !== "renamed" || !change.from || !isWithin(path, change.path)) continue;
      return Buffer.concat([change.from, path.subarray(change.path.length)]);
    }
    return null;
  } catch (thrown) {
    if (thrown instanceof ForkpointError && thrown.code !== "CANCELLED") return null;
    throw thrown;
  }
}
