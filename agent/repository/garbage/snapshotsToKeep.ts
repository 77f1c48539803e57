import { inParallel } from "../../host/inParallel.ts";
import type { Manifest } from "../manifest.ts";
import type { Repository } from "../repository.ts";
import type { StoredManifest } from "../storedObjects.ts";
import { ifThere } from "./liveMark.ts";
import { retain, type Retained, type Retention } from "./retention.ts";

const readsAtOnce = 8;

/** A snapshot in the store and why it stays; null when it does not. */
export interface SnapshotUse {
  /** PROJECT/DIGEST. */
  readonly name: string;
  readonly projectId: string;
  readonly slug: string;
  readonly snapshotId: string;
  readonly createdAt: string;
  readonly label: string | null;
  /** Its push has seen that something was collected before. */
  readonly hasNonce: boolean;
  readonly why: string | null;
}

/** What stays whatever the policy says: the heads, and what timelines show. By PROJECT/DIGEST. */
export async function wantedSnapshots(
  repository: Repository,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const wanted = new Map<string, string>();
  for (const name of await repository.keeps.all(signal)) wanted.set(name, "in a timeline");
  for await (const projectId of repository.listProjects(signal)) {
    const ref = await repository.readRef(projectId, signal);
    if (ref) wanted.set(`${projectId}/${ref.ref.head}`, "the newest of its project");
  }
  return wanted;
}

/** Every manifest there is, as PROJECT/DIGEST. */
export async function allSnapshots(repository: Repository, signal: AbortSignal): Promise<StoredManifest[]> {
  const found: StoredManifest[] = [];
  for await (const manifest of repository.objects.manifests(signal)) found.push(manifest);
  return found;
}

/**
 * Decides about every snapshot in the store.
 * @param now by the store's clock
 * @throws ForkpointError OBJECT_* when a manifest or a ref cannot be read, STORE_*
 */
export async function snapshotsToKeep(
  repository: Repository,
  { policy, now }: { readonly policy: Retention; readonly now: number },
  signal: AbortSignal,
): Promise<SnapshotUse[]> {
  const stored = await allSnapshots(repository, signal);
  // After the manifests: what becomes a head from now on was not seen, and nothing is decided about it.
  const wanted = await wantedSnapshots(repository, signal);
  const found = await inParallel(stored, readsAtOnce, async (object) => {
    const manifest = await ifThere(repository.readManifest(object.projectId, object.id, signal));
    // It was listed a moment ago: whoever pushed it took it back.
    return manifest && { object, manifest };
  });
  const read = found.filter((each) => each !== null);
  const uses: SnapshotUse[] = [];
  for (const [projectId, ofProject] of Map.groupBy(read, ({ object }) => object.projectId)) {
    const snapshots = ofProject.map(({ object, manifest }): Retained => ({
      id: `${projectId}/${object.id}`,
      snapshotId: manifest.snapshotId,
      createdAt: manifest.createdAt,
      arrivedAt: object.modifiedAt,
    }));
    const kept = retain(snapshots, wanted, policy, now);
    for (const { object, manifest } of ofProject) uses.push(useOf(object, manifest, kept));
  }
  return uses;
}

function useOf(
  { projectId, id }: StoredManifest,
  { slug, snapshotId, createdAt, label, nonce }: Manifest,
  kept: ReadonlyMap<string, string>,
): SnapshotUse {
  const name = `${projectId}/${id}`;
  const hasNonce = nonce !== undefined;
  return { name, projectId, slug, snapshotId, createdAt, label, hasNonce, why: kept.get(name) ?? null };
}
