import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BlobStore } from "../blobstore/blobStore.ts";
import type { Clock } from "../host/clock.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { BlobIndex } from "./blobIndex.ts";
import { BlobReader } from "./blobReader.ts";
import { isDigest, missing, type Digest } from "./digest.ts";
import { GcRecord } from "./garbage/gcRecord.ts";
import { Keeps } from "./garbage/keeps.ts";
import { IndexCache } from "./indexCache.ts";
import { decodeManifest, encodeManifest, type Manifest } from "./manifest.ts";
import { objectKeys } from "./objectKeys.ts";
import { PackWriter, type PackGuard } from "./packWriter.ts";
import { mendRef, readRef, removeRef, writeRef, type ReadRef, type Ref } from "./ref.ts";
import type { RepositoryKeys } from "./repositoryKeys.ts";
import { roles, type Sealing } from "./sealing.ts";
import { StoredObjects } from "./storedObjects.ts";
import { UnnamedPacks } from "./unnamedPacks.ts";
import { unlockRepository, type OpenMode, type Unlocked } from "./unlock.ts";

export interface RepositoryOptions {
  readonly store: BlobStore;
  /** The folder for the local cache of the index; made when it is not there. */
  readonly cacheDirectory: string;
  /** Whether the store honours conditional writes. If not, only one machine may ever write. */
  readonly conditionalWrites: boolean;
  readonly clock: Clock;
}

/**
 * Our format inside a store. Reading is verified throughout: what is not there is OBJECT_MISSING, what is
 * not what its name says OBJECT_DAMAGED, and neither is ever mistaken for "empty".
 */
export class Repository {
  readonly #options: RepositoryOptions;
  readonly #cache: IndexCache;
  readonly #closing = new AbortController();
  /** The random name it got when it was made. */
  readonly id: string;
  readonly sealing: Sealing;
  /** What opens it; null when it is plain and nothing does. */
  readonly keys: RepositoryKeys | null;
  readonly index: BlobIndex;
  readonly blobs: BlobReader;
  /** The objects as such: what there is and how old it is. */
  readonly objects: StoredObjects;
  /** What is being collected. */
  readonly gc: GcRecord;
  /** What pushes of this machine left in the store. */
  readonly unnamed: UnnamedPacks;
  /** What machines want kept. */
  readonly keeps: Keeps;

  private constructor(options: RepositoryOptions, unlocked: Unlocked, cache: IndexCache) {
    const { repositoryId, sealing, keys } = unlocked;
    this.#options = options;
    this.id = repositoryId;
    this.sealing = sealing;
    this.keys = keys;
    this.#cache = cache;
    const { store, conditionalWrites } = options;
    this.index = new BlobIndex(store, cache, sealing);
    this.blobs = this.freshReader();
    this.objects = new StoredObjects(store, sealing);
    this.gc = new GcRecord(store, sealing, conditionalWrites);
    this.keeps = new Keeps(store, sealing);
    this.unnamed = new UnnamedPacks(cache, sealing);
  }

  /**
   * Opens the repository in the store, or makes one where there is none and `mode` says so.
   * @throws ForkpointError REPOSITORY_NEWER, OBJECT_*, STORE_*, and as `unlockRepository`
   */
  static async open(options: RepositoryOptions, mode: OpenMode): Promise<Repository> {
    const unlocked = await unlockRepository(options, mode);
    mkdirSync(options.cacheDirectory, { recursive: true, mode: 0o700 });
    const { repositoryId } = unlocked;
    const file = join(options.cacheDirectory, `index-${repositoryId}.sqlite`);
    return new Repository(options, unlocked, IndexCache.open(file, repositoryId));
  }

  /** Where new blobs go. Finish its packs, then its index, before anything refers to them. */
  packWriter(signal: AbortSignal, guard?: PackGuard): PackWriter {
    const { index, sealing, unnamed } = this;
    return new PackWriter({ store: this.#options.store, index, sealing, unnamed }, signal, guard);
  }

  /** A reader that remembers nothing of what was read before. */
  freshReader(): BlobReader {
    return new BlobReader(this.#options.store, this.index, this.sealing);
  }

  /** Whether the store honours conditional writes. */
  get isShared(): boolean {
    return this.#options.conditionalWrites;
  }

  /** Where further caches of this repository may lie. */
  cacheFile(name: string): string {
    return join(this.#options.cacheDirectory, `${name}-${this.id}.sqlite`);
  }

  async readManifest(projectId: string, address: Digest, signal: AbortSignal): Promise<Manifest> {
    const key = objectKeys.manifest(this.sealing.nameProject(projectId), address);
    const found = await this.#options.store.get(key, { signal });
    if (!found) throw missing(`manifest ${address}`);
    const bytes = this.sealing.open(roles.manifest(projectId), `manifest ${address}`, found.bytes);
    const manifest = decodeManifest(address, bytes, this.sealing);
    if (manifest.projectId !== projectId) {
      throw new ForkpointError("OBJECT_DAMAGED", `The manifest ${address} is of another project.`);
    }
    return manifest;
  }

  /** Stores the manifest and returns its address. Everything it names must be in the store already. */
  async writeManifest(manifest: Manifest, signal: AbortSignal): Promise<Digest> {
    const { bytes, digest } = encodeManifest(manifest, this.sealing);
    const { projectId } = manifest;
    const key = objectKeys.manifest(this.sealing.nameProject(projectId), digest);
    await this.#options.store.put(key, this.sealing.seal(roles.manifest(projectId), bytes), { signal });
    return digest;
  }

  /** The address a manifest has in this repository, whether or not it is there. */
  addressOf(manifest: Manifest): Digest {
    return encodeManifest(manifest, this.sealing).digest;
  }

  /** The addresses of every manifest of a project, in no particular order. */
  async *listManifests(projectId: string, signal: AbortSignal): AsyncIterable<Digest> {
    const prefix = objectKeys.manifests(this.sealing.nameProject(projectId));
    for await (const { key } of this.#options.store.list(prefix, { signal })) {
      const address = key.slice(prefix.length);
      if (isDigest(address)) yield address;
    }
  }

  /** The ids of every project that has a ref. */
  async *listProjects(signal: AbortSignal): AsyncIterable<string> {
    for await (const { key } of this.#options.store.list(objectKeys.refs, { signal })) {
      const projectId = this.sealing.projectOf(key.slice(objectKeys.refs.length));
      if (projectId !== null) yield projectId;
    }
  }

  readRef(projectId: string, signal: AbortSignal): Promise<ReadRef | null> {
    return readRef(this.#options.store, this.sealing, projectId, signal);
  }

  /** @throws ForkpointError REF_CONFLICT */
  writeRef(current: ReadRef | null, next: Ref, signal: AbortSignal): Promise<void> {
    const conditional = this.#options.conditionalWrites;
    return writeRef(this.#options.store, this.sealing, current, next, { signal, conditional });
  }

  /** As `mendRef`. @throws ForkpointError REF_CONFLICT */
  mendRef(next: Ref, signal: AbortSignal): Promise<void> {
    const conditional = this.#options.conditionalWrites;
    return mendRef(this.#options.store, this.sealing, next, { signal, conditional });
  }

  /** As `removeRef`. */
  removeRef(projectId: string, signal: AbortSignal): Promise<void> {
    return removeRef(this.#options.store, this.sealing, projectId, signal);
  }

  /**
   * Does some work with it, which ends when it is closed in the middle.
   * @throws ForkpointError CANCELLED then
   */
  async during<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const closed = this.#closing.signal;
    try {
      return await work(AbortSignal.any([signal, closed]));
    } catch (thrown) {
      if (!closed.aborted || signal.aborted) throw thrown;
      throw new ForkpointError("CANCELLED", "The store was locked, set or opened anew meanwhile.", {
        hint: "Start it again; it goes on where it was.",
        cause: thrown,
      });
    }
  }

  close(): void {
    this.#closing.abort();
    this.#cache.close();
  }
}
