import type { BlobStore } from "../blobstore/blobStore.ts";
import { isDigest, missing, type Digest } from "./digest.ts";
import { objectKeys } from "./objectKeys.ts";
import type { Sealing } from "./sealing.ts";

/** An object whose name is a digest. */
export interface StoredObject {
  readonly id: Digest;
  /** Bytes. */
  readonly size: number;
  /** By the store's clock, milliseconds since 1970. */
  readonly modifiedAt: number;
}

export interface StoredManifest extends StoredObject {
  readonly projectId: string;
}

/** What lies in the store, without looking into it, and how it is deleted. */
export class StoredObjects {
  readonly #store: BlobStore;
  readonly #sealing: Sealing;

  constructor(store: BlobStore, sealing: Sealing) {
    this.#store = store;
    this.#sealing = sealing;
  }

  /** Every pack, whether or not an index names it. */
  async *packs(signal: AbortSignal): AsyncGenerator<StoredObject> {
    for await (const { key, size, modifiedAt } of this.#store.list(objectKeys.packs, { signal })) {
      const id = key.slice(key.lastIndexOf("/") + 1);
      if (isDigest(id) && key === objectKeys.pack(id)) yield { id, size, modifiedAt };
    }
  }

  /** Every manifest of every project. */
  manifests(signal: AbortSignal): AsyncGenerator<StoredManifest> {
    return this.#ofProjects(objectKeys.allManifests, objectKeys.manifest, signal);
  }

  /** The manifests whose pushes have not come to their end: named, whether or not they are there. */
  claims(signal: AbortSignal): AsyncGenerator<StoredManifest> {
    return this.#ofProjects(objectKeys.allClaims, objectKeys.claim, signal);
  }

  async *#ofProjects(
    prefix: string,
    keyOf: (project: string, id: Digest) => string,
    signal: AbortSignal,
  ): AsyncGenerator<StoredManifest> {
    for await (const { key, size, modifiedAt } of this.#store.list(prefix, { signal })) {
      const [project = "", id = ""] = key.slice(prefix.length).split("/");
      if (!isDigest(id) || key !== keyOf(project, id)) continue;
      const projectId = this.#sealing.projectOf(project);
      if (projectId !== null) yield { projectId, id, size, modifiedAt };
    }
  }

  /** Says that a push is about to write this manifest, and that nobody may call it stored before the claim is gone. */
  async claim(projectId: string, id: Digest, signal: AbortSignal): Promise<void> {
    const key = objectKeys.claim(this.#sealing.nameProject(projectId), id);
    await this.#store.put(key, Buffer.from("a push of this snapshot is under way\n"), { signal });
  }

  async removeClaim(projectId: string, id: Digest, signal: AbortSignal): Promise<void> {
    const key = objectKeys.claim(this.#sealing.nameProject(projectId), id);
    await this.#store.delete(key, { signal });
  }

  /** Reads bytes of a pack, for what is in no index. null when it is not there. */
  async readPack(id: Digest, range: { offset: number; length: number }, signal: AbortSignal) {
    return (await this.#store.get(objectKeys.pack(id), { signal, range }))?.bytes ?? null;
  }

  async removePack(id: Digest, signal: AbortSignal): Promise<void> {
    await this.#store.delete(objectKeys.pack(id), { signal });
  }

  async removeManifest(projectId: string, id: Digest, signal: AbortSignal): Promise<void> {
    const project = this.#sealing.nameProject(projectId);
    await this.#store.delete(objectKeys.manifest(project, id), { signal });
  }

  /** What time it is by the store's clock, in milliseconds since 1970: the time of a write just made. */
  async now(signal: AbortSignal): Promise<number> {
    await this.#store.put(objectKeys.gcClock, Buffer.from("the time of this write is the time\n"), {
      signal,
    });
    for await (const { key, modifiedAt } of this.#store.list(objectKeys.gcClock, { signal })) {
      if (key === objectKeys.gcClock) return modifiedAt;
    }
    throw missing(objectKeys.gcClock);
  }
}
