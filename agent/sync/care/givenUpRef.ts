import type { Clock } from "../../host/clock.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { Manifest } from "../../repository/manifest.ts";
import type { Repository } from "../../repository/repository.ts";

/** What becomes of a project whose ref only another machine could mend. */
export interface GivenUpRef {
  /** What is lost, as sentences. */
  readonly loss: string;
  /** Does it. @throws ForkpointError STORE_*, REF_CONFLICT */
  readonly giveUp: () => Promise<void>;
}

/**
 * Finds out how the ref of a project can be written again that only another machine could: from the newest snapshot of it
 * in the store; where there is none, it goes. The project's machine goes on with it as long as that snapshot is the newest
 * it knows of. Changes nothing by itself.
 * @throws ForkpointError STORE_*
 */
export async function givenUpRef(
  {
    repository,
    machineId,
    clock,
    signal,
  }: {
    readonly repository: Repository;
    readonly machineId: string;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
  projectId: string,
): Promise<GivenUpRef> {
  const { newest, unreadable } = await snapshotsOf(repository, projectId, signal);
  if (newest === null) {
    return {
      loss: `Nothing of the project ${projectId} in the store can be read any more: it goes from the list of projects there.`,
      giveUp: () => repository.removeRef(projectId, signal),
    };
  }
  const { slug, forkedFrom, createdAt } = newest.manifest;
  const damaged = unreadable === 0 ? "" : ` ${snapshots(unreadable)} of it cannot be read, and may be newer.`;
  return {
    loss: `“${slug}” goes on from its snapshot of ${minute(createdAt)}, the newest in the store that can be read.${damaged} This machine then writes it.`,
    giveUp: async () => {
      const updatedAt = new Date(clock.now()).toISOString();
      const head = newest.address;
      const ref = { format: 1 as const, projectId, slug, head, epoch: 1, machineId, updatedAt, forkedFrom };
      await repository.mendRef(ref, signal);
    },
  };
}

interface Found {
  readonly newest: { readonly address: string; readonly manifest: Manifest } | null;
  readonly unreadable: number;
}

async function snapshotsOf(repository: Repository, projectId: string, signal: AbortSignal): Promise<Found> {
  let newest: Found["newest"] = null;
  let unreadable = 0;
  for await (const address of repository.listManifests(projectId, signal)) {
    const manifest = await repository.readManifest(projectId, address, signal).catch((thrown: unknown) => {
      if (thrown instanceof ForkpointError && thrown.code.startsWith("OBJECT_")) return null;
      throw thrown;
    });
    if (!manifest) unreadable++;
    else if (newest === null || manifest.createdAt > newest.manifest.createdAt) {
      newest = { address, manifest };
    }
  }
  return { newest, unreadable };
}

const snapshots = (count: number) => (count === 1 ? "1 snapshot" : `${count} snapshots`);

/** "2026-11-26 04:15 UTC" */
function minute(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
