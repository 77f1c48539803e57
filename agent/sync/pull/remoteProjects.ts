import { idPrefixPattern } from "../../host/ids.ts";
import type { Log } from "../../host/log.ts";
import type { RemoteProject } from "../../protocol/store.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { Digest } from "../../repository/digest.ts";
import type { Manifest } from "../../repository/manifest.ts";
import type { Ref } from "../../repository/ref.ts";
import type { Repository } from "../../repository/repository.ts";
import { inParallel } from "../../host/inParallel.ts";

const readsAtOnce = 8;

/** A snapshot in the store, and the head its project had when it was looked up. */
export interface FoundRemote {
  readonly manifest: Manifest;
  readonly manifestDigest: Digest;
  readonly remoteHead: Digest;
}

/** One look at what a repository holds. What is damaged is left out and logged. */
export class RemoteProjects {
  readonly #repository: Repository;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  /** Why something was left out. */
  readonly #unreadable: ForkpointError[] = [];

  constructor(repository: Repository, log: Log, signal: AbortSignal) {
    this.#repository = repository;
    this.#log = log;
    this.#signal = signal;
  }

  /** Every project with its snapshots; newest first, both. */
  async list(): Promise<RemoteProject[]> {
    const projects = await inParallel(await this.#refs(), 2, async (ref): Promise<RemoteProject> => {
      const manifests = await this.#manifests(ref);
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
   * @param name the project's slug or id in the store
   * @param snapshotId an id or the beginning of one, at least four characters
   * @throws ForkpointError PROJECT_NOT_FOUND, SNAPSHOT_NOT_FOUND, OBJECT_*, STORE_*
   */
  async find(name: string, snapshotId: string | undefined): Promise<FoundRemote> {
    const ref = await this.#ref(name);
    const remoteHead = ref.head;
    if (snapshotId === undefined) {
      const manifest = await this.#repository.readManifest(ref.projectId, remoteHead, this.#signal);
      return { manifest, manifestDigest: remoteHead, remoteHead };
    }
    const all = idPrefixPattern.test(snapshotId) ? await this.#manifests(ref) : [];
    const matching = all.filter(({ manifest }) => manifest.snapshotId.startsWith(snapshotId));
    const [only, ...others] = matching;
    if (only && others.length === 0)
      return { manifest: only.manifest, manifestDigest: only.digest, remoteHead };
    if (!only) this.#throwUnreadable();
    const why = only ? "begins the ids of several snapshots" : "names no snapshot";
    throw new ForkpointError("SNAPSHOT_NOT_FOUND", `${snapshotId} ${why} of ${name} in the store.`, {
      hint: "Choose another snapshot, or leave it out to get the newest.",
    });
  }

  async #ref(name: string): Promise<Ref> {
    const isId = /^[0-9a-z]{1,64}$/.test(name);
    const byId = isId ? await this.#repository.readRef(name, this.#signal) : null;
    if (byId) return byId.ref;
    const named = (await this.#refs()).filter(({ slug }) => slug === name);
    const [only, ...others] = named;
    if (only && others.length === 0) return only;
    if (!only) this.#throwUnreadable();
    const ids = named.map(({ projectId }) => projectId).toSorted();
    throw new ForkpointError(
      "PROJECT_NOT_FOUND",
      `The store holds ${only ? "several projects" : "no project"} called ${name}.`,
      only
        ? { hint: `Name one of them by its id: ${ids.join(", ")}.`, details: { projectIds: ids } }
        : { hint: "Look at the projects the store holds, or set another store." },
    );
  }

  async #refs(): Promise<Ref[]> {
    const ids: string[] = [];
    for await (const projectId of this.#repository.listProjects(this.#signal)) ids.push(projectId);
    const read = await inParallel(ids, readsAtOnce, (projectId) =>
      this.#readable(this.#repository.readRef(projectId, this.#signal), { projectId }),
    );
    return read.flatMap((each) => (each ? [each.ref] : []));
  }

  /** Newest first; one for each snapshot. */
  async #manifests({ projectId, head }: Ref): Promise<{ manifest: Manifest; digest: Digest }[]> {
    const digests: Digest[] = [];
    for await (const digest of this.#repository.listManifests(projectId, this.#signal)) digests.push(digest);
    const read = await inParallel(digests, readsAtOnce, async (digest) => {
      const reading = this.#repository.readManifest(projectId, digest, this.#signal);
      return { digest, manifest: await this.#readable(reading, { projectId, digest }) };
    });
    const bySnapshot = new Map<string, { manifest: Manifest; digest: Digest }>();
    for (const { digest, manifest } of read) {
      if (!manifest) continue;
      // Pushed again under another label, a snapshot has several; the head's own goes before the others.
      if (digest === head || !bySnapshot.has(manifest.snapshotId)) {
        bySnapshot.set(manifest.snapshotId, { manifest, digest });
      }
    }
    return [...bySnapshot.values()].toSorted((a, b) =>
      a.manifest.createdAt < b.manifest.createdAt ? 1 : -1,
    );
  }

  async #readable<T>(reading: Promise<T>, fields: Record<string, string>): Promise<T | null> {
    try {
      return await reading;
    } catch (thrown) {
      if (!(thrown instanceof ForkpointError) || !thrown.code.startsWith("OBJECT_")) throw thrown;
      this.#log.warn("left out of the list, as it cannot be read", { ...fields, message: thrown.message });
      this.#unreadable.push(thrown);
      return null;
    }
  }

  /** What was looked for and not found may be what cannot be read. */
  #throwUnreadable(): void {
    if (this.#unreadable[0]) throw this.#unreadable[0];
  }
}
