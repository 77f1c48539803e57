import { randomBytes } from "node:crypto";
import type { BlobStore } from "../blobstore/blobStore.ts";
import type { Clock } from "../host/clock.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { encryptedConfig, ensureConfig, plainConfig, readConfig, type RepositoryConfig } from "./config.ts";
import { damaged, missing } from "./digest.ts";
import { EncryptedSealing } from "./encryptedSealing.ts";
import { KeySlots } from "./keySlots.ts";
import { MasterKey } from "./masterKey.ts";
import { plainSealing } from "./plainSealing.ts";
import { RepositoryKeys } from "./repositoryKeys.ts";
import type { Sealing } from "./sealing.ts";
import type { Secret } from "./secret.ts";

/** How a repository is opened, and what is made where there is none. */
export interface OpenMode {
  /** null: nothing is made, and an empty store is OBJECT_MISSING. */
  readonly make: "plain" | "encrypted" | null;
  /** Refuses one that is not: nothing may be written in clear because somebody exchanged the config. */
  readonly mustBeEncrypted?: boolean;
  /** What a person gave: to open the repository, or to make it with. */
  readonly secret?: Secret;
  /** The key of a repository that was opened before, where it was kept. */
  readonly recall?: (repositoryId: string) => Promise<MasterKey | null>;
  readonly signal: AbortSignal;
}

/** What it takes to read and write a repository. */
export interface Unlocked {
  readonly repositoryId: string;
  readonly sealing: Sealing;
  /** null for a plain repository, which has none. */
  readonly keys: RepositoryKeys | null;
}

interface Place {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly conditionalWrites: boolean;
}

/**
 * Finds or makes the repository's configuration, and the key where it takes one.
 * @throws ForkpointError REPOSITORY_LOCKED when it is encrypted and no key is at hand, KEY_WRONG,
 *   KEY_NEEDED to make one, REPOSITORY_PLAIN when a secret was given and there is nothing to open with it,
 *   REPOSITORY_NEWER, OBJECT_*, STORE_*
 */
export async function unlockRepository(place: Place, mode: OpenMode): Promise<Unlocked> {
  const config =
    mode.make === null
      ? await readConfig(place.store, mode.signal)
      : await makeConfig(place, mode, mode.make);
  if (!config) throw missing("config");
  const { repositoryId } = config;
  if (config.encryption === "none") {
    if (mode.secret || mode.mustBeEncrypted) throw isPlain();
    return { repositoryId, sealing: plainSealing, keys: null };
  }
  const slots = new KeySlots({ ...place, repositoryId });
  const master = await findMaster(config, slots, mode);
  const sealing = new EncryptedSealing(master, repositoryId);
  return { repositoryId, sealing, keys: new RepositoryKeys(slots, sealing, master) };
}

async function findMaster(config: RepositoryConfig, slots: KeySlots, mode: OpenMode): Promise<MasterKey> {
  const { repositoryId } = config;
  if (mode.secret) {
    const { master } = await slots.open(mode.secret, mode.signal);
    if (!authenticates(master, config)) throw damaged("config", "it is not as it was made");
    return master;
  }
  const kept = (await mode.recall?.(repositoryId)) ?? null;
  if (kept && authenticates(kept, config)) return kept;
  throw new ForkpointError("REPOSITORY_LOCKED", "The repository in the store is encrypted and locked.");
}

async function makeConfig(
  place: Place,
  { secret, signal }: OpenMode,
  kind: "plain" | "encrypted",
): Promise<RepositoryConfig> {
  const { store } = place;
  const options = { signal, conditional: place.conditionalWrites };
  const repositoryId = randomBytes(16).toString("hex");
  if (kind === "plain") return ensureConfig(store, options, () => plainConfig(repositoryId));
  const slots = new KeySlots({ ...place, repositoryId });
  const slotIds: string[] = [];
  const config = await ensureConfig(store, options, async () => {
    if (!secret) throw new ForkpointError("KEY_NEEDED", "A new encrypted repository needs a passphrase.");
    const master = MasterKey.random();
    const sealing = new EncryptedSealing(master, repositoryId);
    const { keyId } = await slots.add(secret, "first", { master, sealing }, signal);
    slotIds.push(keyId);
    return encryptedConfig(repositoryId, master);
  });
  if (config.repositoryId !== repositoryId) {
    // Another maker was faster; a slot that opens nothing is of no use.
    for (const slotId of slotIds) await slots.discard(slotId, signal);
  }
  return config;
}

function authenticates(master: MasterKey, config: RepositoryConfig): boolean {
  return JSON.stringify(encryptedConfig(config.repositoryId, master)) === JSON.stringify(config);
}

function isPlain(): ForkpointError {
  return new ForkpointError("REPOSITORY_PLAIN", "The repository in the store is not encrypted.");
}
