import type { Clock } from "../../host/clock.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { Manifest } from "../../repository/manifest.ts";
import type { Repository } from "../../repository/repository.ts";

/**
 * Writes the ref of a project again that only another machine could, from the newest snapshot of it in the store; takes it
 * away when there is none. Its machine goes on with the project as long as that snapshot is the newest it knows of.
 * @throws ForkpointError STORE_*, REF_CONFLICT
 */
export async function giveUpRef(
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
): Promise<void> {
  const newest = await newestOf(repository, projectId, signal);
  if (newest === null) return repository.removeRef(projectId, signal);
  const { slug, forkedFrom } = newest.manifest;
  const updatedAt = new Date(clock.now()).toISOString();
  const head = newest.address;
  await repository.mendRef(
    { format: 1, projectId, slug, head, epoch: 1, machineId, updatedAt, forkedFrom },
    signal,
  );
}

async function newestOf(
  repository: Repository,
  projectId: string,
  signal: AbortSignal,
): Promise<{ address: string; manifest: Manifest } | null> {
  let newest: { address: string; manifest: Manifest } | null = null;
  for await (const address of repository.listManifests(projectId, signal)) {
    const manifest = await repository.readManifest(projectId, address, signal).catch((thrown: unknown) => {
      if (thrown instanceof ForkpointError && thrown.code.startsWith("OBJECT_")) return null;
      throw thrown;
    });
    if (manifest && (newest === null || manifest.createdAt > newest.manifest.createdAt)) {
      newest = { address, manifest };
    }
  }
  return newest;
}
