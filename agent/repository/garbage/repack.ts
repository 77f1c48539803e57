import type { GraphNode } from "../graph/snapshotGraph.ts";
import type { PackGuard } from "../packWriter.ts";
import type { Repository } from "../repository.ts";
import type { PackToGo } from "./gcPlan.ts";
import type { LiveMark } from "./liveMark.ts";

/** Blobs that are in memory at once. */
const batchNodes = 8;

/**
 * Writes anew what is needed of packs that are to go.
 * @param guard keeps the packs from being taken for holders
 * @throws ForkpointError OBJECT_* when it cannot be read, STORE_*
 */
export async function repack(
  repository: Repository,
  mark: LiveMark,
  packs: readonly PackToGo[],
  tools: {
    readonly guard: PackGuard;
    readonly signal: AbortSignal;
    readonly pace: () => Promise<void> | undefined;
  },
): Promise<void> {
  const { guard, signal, pace } = tools;
  const writer = repository.packWriter(signal, guard);
  try {
    for (const { id } of packs.filter(({ repacked }) => repacked)) {
      for (const batch of batches(mark.heldBy(id))) {
        const found = await repository.blobs.readMany(batch, signal);
        for (const [at, bytes] of found.entries()) {
          const kind = batch[at]?.kind;
          if (kind) await writer.add(kind, bytes);
        }
        await pace();
      }
    }
    await writer.finishPacks();
  } catch (thrown) {
    await writer.abandon();
    throw thrown;
  }
  await writer.finishIndex();
}

function* batches(nodes: Iterable<GraphNode>): Generator<GraphNode[]> {
  let batch: GraphNode[] = [];
  for (const node of nodes) {
    batch.push(node);
    if (batch.length < batchNodes) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
