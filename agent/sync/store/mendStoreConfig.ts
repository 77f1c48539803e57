import type { BlobStore } from "../../blobstore/blobStore.ts";
import type { Clock } from "../../host/clock.ts";
import type { Secret } from "../../protocol/store.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { configProblem, mendConfig } from "../../repository/configMending.ts";
import { KeySlots } from "../../repository/keySlots.ts";
import type { MasterKey } from "../../repository/masterKey.ts";
import type { KeyKeeper } from "./keyKeeper.ts";
import { secretOf } from "./secrets.ts";
import type { StoreRecord } from "./storeRecord.ts";

/** How a config that cannot be read is to be written again. */
export interface ConfigMending {
  /** Only finds out whether it can be done. */
  readonly dryRun: boolean;
  /** What opens an encrypted repository whose key is not kept here. */
  readonly secret?: Secret | undefined;
}

/**
 * Writes the config of the repository again from what this machine knows of it, when it cannot be read. What a person
 * gives is tried on the key slots, which do not need the config: they hold the repository's id, which this machine knows.
 * @returns what was wrong with it; null when nothing was
 * @throws ForkpointError REPOSITORY_LOCKED when its key is not at hand, KEY_WRONG, OBJECT_MISSING when this is not the
 *   repository, STORE_*
 */
export async function mendStoreConfig(
  { store, record, keys, clock }: { store: BlobStore; record: StoreRecord; keys: KeyKeeper; clock: Clock },
  { dryRun, secret }: ConfigMending,
  signal: AbortSignal,
): Promise<string | null> {
  const { repositoryId, encrypted, conditionalWrites } = record;
  const problem = await configProblem(store, signal);
  if (problem === null) return null;
  let master: MasterKey | null = null;
  if (encrypted) {
    master = secret
      ? (await new KeySlots({ store, repositoryId, clock }).open(secretOf(secret), signal)).master
      : await keys.recall(repositoryId);
    if (!master) {
      throw new ForkpointError(
        "REPOSITORY_LOCKED",
        `${problem} It cannot be written again without the key.`,
        {
          hint: "Run `forkpoint repair` and give the passphrase or key file.",
        },
      );
    }
  }
  await mendConfig(store, { repositoryId, master }, { signal, conditional: conditionalWrites, dryRun });
  return problem;
}
