import type { BlobReader } from "./blobReader.ts";
import { decodeList, type Content, type Run, type Segment } from "./contentFormat.ts";
import { damaged, type Digest } from "./digest.ts";
import { decodeLinkShard, decodeLinkTable, type LinkedInode, type ShardRef } from "./linkFormat.ts";
import { decodeTree, treeTotals, type TreeEntry, type TreeTotals } from "./treeFormat.ts";

/** A directory as its parent or the manifest names it. */
export interface TreeRef extends TreeTotals {
  readonly tree: Digest;
}

/**
 * The entries of a directory. Its totals are checked against what its parent says, so a tree that
 * unfolds into more than it admits is refused before it is walked.
 * @throws ForkpointError OBJECT_MISSING, OBJECT_DAMAGED, PATH_OUTSIDE_VOLUME
 */
export async function readTree(blobs: BlobReader, ref: TreeRef, signal: AbortSignal): Promise<TreeEntry[]> {
  const entries = decodeTree(ref.tree, await blobs.read("tree", ref.tree, signal));
  checkTotals(ref, entries);
  return entries;
}

/** As `readTree`, for several directories in few requests. */
export async function readTrees(
  blobs: BlobReader,
  refs: readonly TreeRef[],
  signal: AbortSignal,
): Promise<TreeEntry[][]> {
  const wanted = refs.map(({ tree }) => ({ kind: "tree", id: tree }) as const);
  const found = await blobs.readMany(wanted, signal);
  return refs.map((ref, at) => {
    const entries = decodeTree(ref.tree, found[at] ?? Buffer.alloc(0));
    checkTotals(ref, entries);
    return entries;
  });
}

export async function readLinkTable(
  blobs: BlobReader,
  table: Digest | null,
  signal: AbortSignal,
): Promise<ShardRef[]> {
  return table === null ? [] : decodeLinkTable(table, await blobs.read("links", table, signal));
}

export async function readLinkShard(
  blobs: BlobReader,
  ref: ShardRef,
  signal: AbortSignal,
): Promise<LinkedInode[]> {
  return decodeLinkShard(ref, await blobs.read("links", ref.id, signal));
}

/** Every run of a file, list by list, so that a file of any size fits in memory. */
export async function* readRuns(
  blobs: BlobReader,
  { size, parts }: Content,
  signal: AbortSignal,
): AsyncIterable<readonly Run[]> {
  if ("segments" in parts) yield parts.segments.map(fromItsBeginning);
  else if ("piece" in parts) yield [{ length: size, chunk: parts.piece.chunk, from: parts.piece.offset }];
  else {
    for (const ref of parts.lists) {
      const segments = decodeList(ref, await blobs.read("list", ref.list, signal));
      yield segments.map(fromItsBeginning);
    }
  }
}

function fromItsBeginning({ length, chunk }: Segment): Run {
  return { length, chunk, from: 0 };
}

function checkTotals(ref: TreeRef, entries: readonly TreeEntry[]): void {
  const totals = treeTotals(entries);
  if (totals.entries !== ref.entries || totals.bytes !== ref.bytes) {
    throw damaged(`tree ${ref.tree}`, "its totals do not add up");
  }
}
