import type { BlobStore } from "../blobstore/blobStore.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { type RepositoryConfig, encryptedConfig, plainConfig, readConfig } from "./config.ts";
import { damaged, digestOf, isDigest, missing } from "./digest.ts";
import { EncryptedSealing } from "./encryptedSealing.ts";
import { decodeIndex } from "./indexFormat.ts";
import { sealObject } from "./jsonObject.ts";
import type { MasterKey } from "./masterKey.ts";
import { objectKeys } from "./objectKeys.ts";
import { plainSealing } from "./plainSealing.ts";
import { roles, type Sealing } from "./sealing.ts";

/** What a machine knows of a repository that it has used. */
export interface KnownRepository {
  readonly repositoryId: string;
  /** null: it is plain. */
  readonly master: MasterKey | null;
}

/**
 * What is wrong with the config when it cannot be read; null when it can, whatever it says.
 * @throws ForkpointError REPOSITORY_NEWER, STORE_*
 */
export async function configProblem(store: BlobStore, signal: AbortSignal): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      if (await readConfig(store, signal)) return null;
      return missing("config").message;
    } catch (thrown) {
      // A bad answer of the store is asked for once more.
      if (!(thrown instanceof ForkpointError) || thrown.code !== "OBJECT_DAMAGED") throw thrown;
      if (attempt === 2) return thrown.message;
    }
  }
}

/**
 * Writes a config that cannot be read again as it was made: it follows from the repository's id and its key. Only
 * once something in the store was read with them: an empty store, or another repository, gets none.
 * @param how.dryRun only finds out whether it can be done
 * @param how.conditional whether the store honours conditions; without, the caller must be the only writer
 * @throws ForkpointError OBJECT_MISSING when nothing proves that this is the repository, STORE_*
 */
export async function mendConfig(
  store: BlobStore,
  { repositoryId, master }: KnownRepository,
  { signal, conditional, dryRun }: { signal: AbortSignal; conditional: boolean; dryRun: boolean },
): Promise<void> {
  const sealing = master ? new EncryptedSealing(master, repositoryId) : plainSealing;
  await assertIsOurs(store, sealing, signal);
  if (dryRun) return;
  const found = await store.get(objectKeys.config, { signal });
  const config: RepositoryConfig = master ? encryptedConfig(repositoryId, master) : plainConfig(repositoryId);
  const condition = found ? ({ kind: "match", etag: found.etag } as const) : ({ kind: "absent" } as const);
  // Refused when another machine was faster, which wrote the same.
  await store.put(objectKeys.config, sealObject(config), { signal, ...(conditional ? { condition } : {}) });
}

/** @throws ForkpointError OBJECT_MISSING when there is no index that these keys open */
async function assertIsOurs(store: BlobStore, sealing: Sealing, signal: AbortSignal): Promise<void> {
  for await (const { key } of store.list(objectKeys.indexes, { signal })) {
    const id = key.slice(objectKeys.indexes.length);
    const found = isDigest(id) ? await store.get(key, { signal }) : null;
    if (!found) continue;
    try {
      if (digestOf(found.bytes) !== id) throw damaged(`index ${id}`, "its bytes do not match its name");
      decodeIndex(id, sealing.open(roles.index, `index ${id}`, found.bytes), sealing);
      return;
    } catch (thrown) {
      if (!(thrown instanceof ForkpointError) || thrown.code !== "OBJECT_DAMAGED") throw thrown;
    }
  }
  throw new ForkpointError(
    "OBJECT_MISSING",
    "The repository's config is missing from the store, and nothing else there is readable as this repository.",
    { hint: "Check that this is the right place and that it is mounted; else set another store." },
  );
}
