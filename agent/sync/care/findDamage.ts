import type { LongCall } from "../../host/longCall.ts";
import type { SnapshotGraph } from "../../repository/graph/snapshotGraph.ts";
import { Verifier, type Verdict, type Verified } from "../../repository/graph/verifier.ts";
import type { Repository } from "../../repository/repository.ts";
import type { TransferMeter } from "../transferMeter.ts";

export interface Found {
  readonly verified: Verified;
  readonly damaged: readonly Verdict[];
}

/**
 * Reads snapshots from the store and tells which are damaged.
 * @param how.projectId all projects when null
 * @param how.slots 1 reads everything, N the next Nth of the files' bytes
 * @throws ForkpointError STORE_*, CANCELLED
 */
export async function findDamage(
  repository: Repository,
  graph: SnapshotGraph,
  how: { projectId: string | null; slots: number; meter: TransferMeter; call: LongCall },
): Promise<Found> {
  const { projectId, slots, meter, call } = how;
  const verifier = new Verifier(repository, graph, {
    projectId,
    slots,
    signal: call.signal,
    pace: () => meter.pace(),
    expect: (bytes) => meter.expect(bytes),
    addBytes: (bytes) => meter.addBytes(bytes),
  });
  const verified = await verifier.verify();
  return { verified, damaged: verified.verdicts.filter(({ state }) => state === "damaged") };
}
