import { randomBytes } from "node:crypto";
import type { BlobIndex } from "./blobIndex.ts";
import { digestBytes, type Digest } from "./digest.ts";
import type { IndexedPack } from "./indexFormat.ts";

export interface IndexRewrite {
  readonly index: BlobIndex;
  /** The indexes to look at; all there are when absent. */
  readonly among?: ReadonlySet<Digest>;
  /** What is to be said of a pack from now on: the same object for no change, null for nothing. */
  readonly change: (pack: IndexedPack) => IndexedPack | null;
  /** Called before each write and deletion; what it throws ends the work, of which every part stands alone. */
  readonly before: () => Promise<void>;
}

/**
 * Replaces the indexes that say what is no longer so, one by one, and deletes those that others supersede.
 * Ended in between, it is done again.
 * @returns how many were replaced
 * @throws ForkpointError OBJECT_DAMAGED, STORE_*
 */
export async function rewriteIndexes(
  { index, among, change, before }: IndexRewrite,
  signal: AbortSignal,
): Promise<number> {
  const superseded = new Set<Digest>();
  const stale: Digest[] = [];
  const present = among ?? (await index.list(signal));
  for (const id of present) {
    const found = await index.read(id, signal);
    if (!found) continue;
    for (const each of found.supersedes) superseded.add(each);
    if (found.packs.some((pack) => change(pack) !== pack)) stale.push(id);
  }
  let replaced = 0;
  for (const id of stale) {
    const found = superseded.has(id) ? null : await index.read(id, signal);
    if (!found) continue;
    const packs = found.packs.flatMap((pack) => change(pack) ?? []);
    await before();
    if (packs.length > 0) {
      // The second name is nobody's: it makes the index one that never was there before.
      await index.write({ packs, supersedes: [id, randomBytes(digestBytes).toString("hex")] }, signal);
    }
    superseded.add(id);
    replaced++;
  }
  for (const id of superseded) {
    if (!present.has(id)) continue;
    await before();
    await index.remove(id, signal);
  }
  await index.refresh(signal);
  return replaced;
}
