import type { BlobReader } from "../blobReader.ts";
import { decodeList, type Content } from "../contentFormat.ts";
import { damaged } from "../digest.ts";
import type { Inode } from "../inodeFormat.ts";
import { decodeLinkShard, decodeLinkTable } from "../linkFormat.ts";
import { decodeTree, treeTotals } from "../treeFormat.ts";
import type { GraphNode, GraphRef, SnapshotGraph } from "./snapshotGraph.ts";

/** Blobs that are read in one go. */
const batchNodes = 64;

export interface WalkOptions {
  readonly signal: AbortSignal;
  /** Awaited often, so that a cancellation is noticed. */
  readonly pace: () => Promise<void> | undefined;
  /** Told of a blob that is missing or damaged; without, the walk ends with the failure. */
  readonly onProblem?: (node: GraphNode, failure: unknown) => void;
}

/**
 * Takes into the graph all that lies below the roots. What was looked into before is not read again.
 * @throws ForkpointError OBJECT_MISSING, OBJECT_DAMAGED, PATH_OUTSIDE_VOLUME, REPOSITORY_NEWER, STORE_*
 */
export async function walkSnapshot(
  graph: SnapshotGraph,
  blobs: BlobReader,
  roots: readonly GraphNode[],
  { signal, pace, onProblem }: WalkOptions,
): Promise<void> {
  const stack = graph.unexpanded(roots);
  const queued = new Set(stack.map(({ num }) => num));
  while (stack.length > 0) {
    signal.throwIfAborted();
    const batch = stack.splice(-batchNodes);
    for (const [at, bytes] of (await readBatch(blobs, batch, signal)).entries()) {
      await pace();
      const node = batch[at];
      if (!node) continue;
      queued.delete(node.num);
      try {
        if (bytes instanceof Error) throw bytes;
        for (const next of graph.expand(node, childrenOf(node, bytes))) {
          if (queued.has(next.num)) continue;
          queued.add(next.num);
          stack.push(next);
        }
      } catch (thrown) {
        if (!onProblem) throw thrown;
        onProblem(node, thrown);
      }
    }
  }
}

/** The bytes of each, or why they cannot be had. A store that fails fails all. */
async function readBatch(
  blobs: BlobReader,
  batch: readonly GraphNode[],
  signal: AbortSignal,
): Promise<(Buffer | Error)[]> {
  try {
    return await blobs.readMany(batch, signal);
  } catch (thrown) {
    if (!isProblem(thrown)) throw thrown;
  }
  const found: (Buffer | Error)[] = [];
  for (const { kind, id } of batch) {
    found.push(
      await blobs.read(kind, id, signal).catch((thrown: unknown) => {
        if (thrown instanceof Error && isProblem(thrown)) return thrown;
        throw thrown;
      }),
    );
  }
  return found;
}

/** Whether a failure tells something about an object, and not about the way to the store. */
export function isProblem(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return code === "OBJECT_MISSING" || code === "OBJECT_DAMAGED" || code === "PATH_OUTSIDE_VOLUME";
}

/** What a blob refers to. @throws ForkpointError when it is not what the reference to it promises */
export function childrenOf(node: GraphRef, bytes: Uint8Array): GraphRef[] {
  switch (node.kind) {
    case "chunk":
      if (bytes.length < node.length) throw damaged(`chunk ${node.id}`, "it is too short");
      return [];
    case "list":
      return chunkRefs(decodeList({ list: node.id, length: node.length }, bytes));
    case "tree": {
      const entries = decodeTree(node.id, bytes);
      const totals = treeTotals(entries);
      if (totals.entries !== node.entries || totals.bytes !== node.bytes) {
        throw damaged(`tree ${node.id}`, "its totals do not add up");
      }
      return entries.flatMap((entry) => ("link" in entry ? [] : refsOfInode(entry.inode)));
    }
    case "links": {
      if (node.shard === null) {
        return decodeLinkTable(node.id, bytes).map((shard) => ({ kind: "links", ...shard }));
      }
      return decodeLinkShard(node, bytes).flatMap(({ inode }) => refsOfInode(inode));
    }
  }
}

function refsOfInode(inode: Inode): GraphRef[] {
  if (inode.type === "directory") {
    return [{ kind: "tree", id: inode.tree, entries: inode.entries, bytes: inode.bytes }];
  }
  return inode.type === "file" ? refsOfContent(inode.content) : [];
}

function refsOfContent({ size, parts }: Content): GraphRef[] {
  if ("segments" in parts) return chunkRefs(parts.segments);
  if ("piece" in parts) return [{ kind: "chunk", id: parts.piece.chunk, length: parts.piece.offset + size }];
  return parts.lists.map(({ list, length }) => ({ kind: "list", id: list, length }));
}

function chunkRefs(segments: readonly { length: number; chunk: string | null }[]): GraphRef[] {
  return segments.flatMap(({ length, chunk }) =>
    chunk === null ? [] : [{ kind: "chunk" as const, id: chunk, length }],
  );
}
