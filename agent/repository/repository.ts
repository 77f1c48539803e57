import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BlobStore } from "../blobstore/blobStore.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { BlobIndex } from "./blobIndex.ts";
import { BlobReader } from "./blobReader.ts";
import { ensureConfig, readConfig } from "./config.ts";
import { isDigest, missing, type Digest } from "./digest.ts";
import { GcRecord } from "./garbage/gcRecord.ts";
import { Keeps } from "./garbage/keeps.ts";
import { IndexCache } from "./indexCache.ts";
import { decodeManifest, encodeManifest, type Manifest } from "./manifest.ts";
import { objectKeys } from "./objectKeys.ts";
import { PackWriter, type PackGuard } from "./packWriter.ts";
import { readRef, writeRef, type ReadRef, type Ref } from "./ref.ts";
import { StoredObjects } from "./storedObjects.ts";

export interface RepositoryOptions {
  readonly store: BlobStore;
  /** The folder for the local cache of the index; made when it is not there. */
  readonly cacheDirectory: string;
  /** Whether the store honours conditional writes. If not, only one machine may ever write. */
  readonly conditionalWrites: boolean;
}

/**
 * Our format inside a store. Reading is verified throughout: what is not there is OBJECT_MISSING, what is
 * not what its name says OBJECT_DAMAGED, and neither is ever mistaken for "empty".
 */
export class Repository {
  readonly #options: RepositoryOptions;
  readonly #cache: IndexCache;
  /** The random name it got when it was made. */
  readonly id: string;
  readonly index: BlobIndex;
  readonly blobs: BlobReader;
  /** The objects as such: what there is and how old it is. */
  readonly objects: StoredObjects;
  /** What is being collected. */
  readonly gc: GcRecord;
  /** What machines want kept. */
  readonly keeps: Keeps;

  private constructor(options: RepositoryOptions, id: string, cache: IndexCache) {
    this.#options = options;
    this.id = id;
    this.#cache = cache;
    this.index = new BlobIndex(options.store, cache);
    this.blobs = new BlobReader(options.store, this.index);
    this.objects = new StoredObjects(options.store);
    this.gc = new GcRecord(options.store, options.conditionalWrites);
    this.keeps = new Keeps(options.store);
  }

  /**
   * Opens the repository in the store. `create` makes one where there is none; without it an empty store
   * is OBJECT_MISSING.
   * @throws ForkpointError REPOSITORY_NEWER, OBJECT_*, STORE_*
   */
  static async open(
    options: RepositoryOptions,
    mode: { readonly create: boolean; readonly signal: AbortSignal },
  ): Promise<Repository> {
    const { signal } = mode;
    const config = mode.create
      ? await ensureConfig(options.store, { signal, conditional: options.conditionalWrites })
      : await readConfig(options.store, signal);
    if (!config) throw missing("config");
    mkdirSync(options.cacheDirectory, { recursive: true, mode: 0o700 });
    const { repositoryId } = config;
    const file = join(options.cacheDirectory, `index-${repositoryId}.sqlite`);
    return new Repository(options, repositoryId, IndexCache.open(file, repositoryId));
  }

  /** Where new blobs go. Finish its packs, then its index, before anything refers to them. */
  packWriter(signal: AbortSignal, guard?: PackGuard): PackWriter {
    return new PackWriter(this.#options.store, this.index, signal, guard);
  }

  /** A reader that remembers nothing of what was read before. */
  freshReader(): BlobReader {
    return new BlobReader(this.#options.store, this.index);
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
    const found = await this.#options.store.get(objectKeys.manifest(projectId, address), { signal });
    if (!found) throw missing(`manifest ${address}`);
    const manifest = decodeManifest(address, found.bytes);
    if (manifest.projectId !== projectId) {
      throw new ForkpointError("OBJECT_DAMAGED", `The manifest ${address} is of another project.`);
    }
    return manifest;
  }

  /** Stores the manifest and returns its address. Everything it names must be in the store already. */
  async writeManifest(manifest: Manifest, signal: AbortSignal): Promise<Digest> {
    const { bytes, digest } = encodeManifest(manifest);
    await this.#options.store.put(objectKeys.manifest(manifest.projectId, digest), bytes, { signal });
    return digest;
  }

  /** The addresses of every manifest of a project, in no particular order. */
  async *listManifests(projectId: string, signal: AbortSignal): AsyncIterable<Digest> {
    const prefix = objectKeys.manifests(projectId);
    for await (const { key } of this.#options.store.list(prefix, { signal })) {
      const address = key.slice(prefix.length);
      if (isDigest(address)) yield address;
    }
  }

  /** The ids of every project that has a ref. */
  async *listProjects(signal: AbortSignal): AsyncIterable<string> {
    for await (const { key } of this.#options.store.list(objectKeys.refs, { signal })) {
      const projectId = key.slice(objectKeys.refs.length);
      if (/^[0-9a-z]{1,64}$/.test(projectId)) yield projectId;
    }
  }

  readRef(projectId: string, signal: AbortSignal): Promise<ReadRef | null> {
    return readRef(this.#options.store, projectId, signal);
  }

  /** @throws ForkpointError REF_CONFLICT */
  writeRef(current: ReadRef | null, next: Ref, signal: AbortSignal): Promise<void> {
    const conditional = this.#options.conditionalWrites;
    return writeRef(this.#options.store, current, next, { signal, conditional });
  }

  close(): void {
    this.#cache.close();
  }
}
