import type { Log } from "../host/log.ts";
import { idPrefixPattern } from "../host/ids.ts";
import type { RemoteProject } from "../protocol/entities.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { Digest } from "../repository/digest.ts";
import { encodeManifest, type Manifest } from "../repository/manifest.ts";
import type { Ref } from "../repository/ref.ts";
import type { Repository } from "../repository/repository.ts";
import { inLanes } from "./inLanes.ts";

const readsAtOnce = 8;

/** A snapshot in the store, and the head its project had when it was looked up. */
export interface FoundRemote {
  readonly manifest: Manifest;
  readonly manifestDigest: Digest;
  readonly remoteHead: Digest;
}

/** Every project in the repository with its snapshots, newest first. What is damaged is left out and logged. */
export async function listRemoteProjects(
  repository: Repository,
  log: Log,
  signal: AbortSignal,
): Promise<RemoteProject[]> {
  const refs = await readRefs(repository, log, signal);
  const projects = await inLanes(refs, 2, async (ref): Promise<RemoteProject> => {
    const manifests = await readManifests(repository, ref, log, signal);
    return {
      projectId: ref.projectId,
      slug: ref.slug,
      headManifest: ref.head,
      updatedAt: ref.updatedAt,
      snapshots: manifests.map(({ manifest, digest }) => ({
        snapshotId: manifest.snapshotId,
        manifestDigest: digest,
        createdAt: manifest.createdAt,
        label: manifest.label,
        cause: manifest.cause,
      })),
    };
  });
  return projects.toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
}

/**
 * The head of a project, or the one snapshot named.
 * @param name its slug or id in the store
 * @param snapshotId an id or the beginning of one, at least four characters
 * @throws ForkpointError PROJECT_NOT_FOUND, SNAPSHOT_NOT_FOUND, OBJECT_*, STORE_*
 */
export async function findRemote(
  repository: Repository,
  name: string,
  snapshotId: string | undefined,
  log: Log,
  signal: AbortSignal,
): Promise<FoundRemote> {
  const ref = await findRef(repository, name, log, signal);
  const remoteHead = ref.head;
  if (snapshotId === undefined) {
    const manifest = await repository.readManifest(ref.projectId, remoteHead, signal);
    return { manifest, manifestDigest: remoteHead, remoteHead };
  }
  const all = idPrefixPattern.test(snapshotId) ? await readManifests(repository, ref, log, signal) : [];
  const matching = all.filter(({ manifest }) => manifest.snapshotId.startsWith(snapshotId));
  const [only, ...others] = matching;
  if (!only || others.length > 0) {
    const why = only ? "begins the ids of several snapshots" : "names no snapshot";
    throw new ForkpointError("SNAPSHOT_NOT_FOUND", `${snapshotId} ${why} of ${name} in the store.`, {
      hint: "Choose another snapshot, or leave it out to get the newest.",
    });
  }
  return { manifest: only.manifest, manifestDigest: only.digest, remoteHead };
}

async function findRef(repository: Repository, name: string, log: Log, signal: AbortSignal): Promise<Ref> {
  const byId = /^[0-9a-z]{1,64}$/.test(name) ? await repository.readRef(name, signal) : null;
  if (byId) return byId.ref;
  const named = (await readRefs(repository, log, signal)).filter(({ slug }) => slug === name);
  const [only, ...others] = named;
  if (!only) {
    throw new ForkpointError("PROJECT_NOT_FOUND", `The store holds no project called ${name}.`, {
      hint: "Look at the projects the store holds, or set another store.",
    });
  }
  if (others.length > 0) {
    const ids = named.map(({ projectId }) => projectId);
    throw new ForkpointError("PROJECT_NOT_FOUND", `The store holds several projects called ${name}.`, {
      hint: `Name one of them by its id: ${ids.join(", ")}.`,
      details: { projectIds: ids },
    });
  }
  return only;
}

async function readRefs(repository: Repository, log: Log, signal: AbortSignal): Promise<Ref[]> {
  const ids: string[] = [];
  for await (const projectId of repository.listProjects(signal)) ids.push(projectId);
  const read = await inLanes(ids, readsAtOnce, (projectId) =>
    repository.readRef(projectId, signal).catch(leaveOut(log, { projectId })),
  );
  return read.flatMap((each) => (each ? [each.ref] : []));
}

/** Newest first; one for each snapshot, the head's own before others. */
async function readManifests(
  repository: Repository,
  { projectId, head }: Ref,
  log: Log,
  signal: AbortSignal,
) {
  const digests: Digest[] = [];
  for await (const digest of repository.listManifests(projectId, signal)) digests.push(digest);
  const read = await inLanes(digests, readsAtOnce, (digest) =>
    repository.readManifest(projectId, digest, signal).catch(leaveOut(log, { projectId, digest })),
  );
  const bySnapshot = new Map<string, { manifest: Manifest; digest: Digest }>();
  for (const manifest of read) {
    if (!manifest) continue;
    const { digest } = encodeManifest(manifest);
    // Pushed again under another label, a snapshot has several.
    if (digest === head || !bySnapshot.has(manifest.snapshotId)) {
      bySnapshot.set(manifest.snapshotId, { manifest, digest });
    }
  }
  return [...bySnapshot.values()].toSorted((a, b) => (a.manifest.createdAt < b.manifest.createdAt ? 1 : -1));
}

function leaveOut(log: Log, fields: Record<string, string>) {
  return (thrown: unknown): null => {
    if (!(thrown instanceof ForkpointError) || !thrown.code.startsWith("OBJECT_")) throw thrown;
    log.warn("left out of the list, as it cannot be read", { ...fields, message: thrown.message });
    return null;
  };
}
