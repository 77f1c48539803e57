import type { Repository } from "../repository.ts";
import { wantedSnapshots } from "./snapshotsToKeep.ts";

/**
 * Manifests that a push has claimed and not come to its end with, as PROJECT/DIGEST. Nobody was told that they are
 * stored.
 * @param before only claims that were made by then, milliseconds since 1970 by the store's clock
 */
export async function oldClaims(
  repository: Repository,
  before: number,
  signal: AbortSignal,
): Promise<Set<string>> {
  const claimed = new Set<string>();
  for await (const { projectId, id, modifiedAt } of repository.objects.claims(signal)) {
    if (modifiedAt <= before) claimed.add(`${projectId}/${id}`);
  }
  return claimed;
}

/**
 * Takes away claims that arrived after their push had ended: their manifest is a head, or kept. One without a
 * manifest stays, however old: its push may sleep, and write it still.
 * @throws ForkpointError OBJECT_* when a ref or a keep cannot be read, STORE_*
 */
export async function dropLateClaims(
  repository: Repository,
  graceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { objects } = repository;
  if ((await oldClaims(repository, Infinity, signal)).size === 0) return;
  const old = await oldClaims(repository, (await objects.now(signal)) - graceMs, signal);
  for (const name of (await wantedSnapshots(repository, signal)).keys()) {
    const [projectId = "", id = ""] = name.split("/");
    if (old.has(name)) await objects.removeClaim(projectId, id, signal);
  }
}
