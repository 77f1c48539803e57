import type { BlobStore } from "../blobstore/blobStore.ts";
import type { Clock } from "../host/clock.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { openSealed, sealObject } from "./jsonObject.ts";
import { KeySlot, kindOf, newSlotHead, openKey, sealKey } from "./keySlot.ts";
import type { MasterKey } from "./masterKey.ts";
import { objectKeys } from "./objectKeys.ts";
import { roles, type Sealing } from "./sealing.ts";
import type { Secret } from "./secret.ts";

/** One way to open a repository, as a person is shown it. */
export interface RepositoryKey {
  readonly keyId: string;
  readonly kind: Secret["kind"];
  readonly label: string;
  readonly createdAt: string;
}

interface FoundSlots {
  readonly slots: readonly KeySlot[];
  /** Why some could not be read. */
  readonly failures: readonly ForkpointError[];
}

/** The key slots of one repository: each holds the master key, sealed with what one person gives. */
export class KeySlots {
  readonly #store: BlobStore;
  readonly #repositoryId: string;
  readonly #clock: Clock;

  constructor(parts: { store: BlobStore; repositoryId: string; clock: Clock }) {
    this.#store = parts.store;
    this.#repositoryId = parts.repositoryId;
    this.#clock = parts.clock;
  }

  /** @throws ForkpointError KEY_WRONG, OBJECT_*, STORE_*, NODE_TOO_OLD */
  async open(secret: Secret, signal: AbortSignal): Promise<{ master: MasterKey; slot: KeySlot }> {
    const { slots, failures } = await this.#read(signal);
    for (const slot of slots) {
      signal.throwIfAborted();
      const master = await openKey(slot, secret);
      if (master) return { master, slot };
    }
    // The one that it opens may be the one that cannot be read.
    if (failures[0]) throw failures[0];
    throw new ForkpointError(
      "KEY_WRONG",
      `The ${secret.kind === "passphrase" ? "passphrase" : "key file"} does not open this repository.`,
    );
  }

  /** Oldest first. */
  async list(sealing: Sealing, signal: AbortSignal): Promise<RepositoryKey[]> {
    const { slots } = await this.#read(signal);
    return slots
      .map((slot) => toKey(slot, sealing))
      .toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0));
  }

  /** Lets a secret open the repository from now on. */
  async add(
    secret: Secret,
    label: string,
    keys: { readonly master: MasterKey; readonly sealing: Sealing },
    signal: AbortSignal,
  ): Promise<RepositoryKey> {
    const createdAt = new Date(this.#clock.now()).toISOString();
    const head = newSlotHead(this.#repositoryId, secret, createdAt);
    const role = roles.slotLabel(head.slotId);
    const slot: KeySlot = {
      ...head,
      sealedKey: await sealKey(head, secret, keys.master),
      sealedLabel: keys.sealing.seal(role, Buffer.from(label, "utf8")).toString("hex"),
    };
    await this.#put(slot, signal);
    return toKey(slot, keys.sealing);
  }

  /**
   * Takes a key away. Whoever has the master key already keeps it.
   * @throws ForkpointError KEY_NOT_FOUND, KEY_LAST
   */
  async remove(keyId: string, signal: AbortSignal): Promise<void> {
    const { slots } = await this.#read(signal);
    const slot = slots.find(({ slotId }) => slotId === keyId);
    if (!slot) throw new ForkpointError("KEY_NOT_FOUND", `The repository has no key ${keyId}.`);
    if (slots.length === 1) throw lastKey();
    await this.discard(keyId, signal);
    // Another machine may have removed the other one at the same moment.
    if ((await this.#read(signal)).slots.length > 0) return;
    await this.#put(slot, signal);
    throw lastKey();
  }

  /** Deletes a slot, whatever becomes of the others. */
  async discard(slotId: string, signal: AbortSignal): Promise<void> {
    await this.#store.delete(objectKeys.keySlot(slotId), { signal });
  }

  /**
   * Makes `next` open what `current` opened. The new key is there before the old one goes, so that ended
   * in between both open the repository.
   * @throws ForkpointError KEY_WRONG
   */
  async change(current: Secret, next: Secret, sealing: Sealing, signal: AbortSignal): Promise<RepositoryKey> {
    const { master, slot } = await this.open(current, signal);
    const { label } = toKey(slot, sealing);
    const added = await this.add(next, label, { master, sealing }, signal);
    await this.discard(slot.slotId, signal);
    return added;
  }

  async #put(slot: KeySlot, signal: AbortSignal): Promise<void> {
    await this.#store.put(objectKeys.keySlot(slot.slotId), sealObject(KeySlot.parse(slot)), { signal });
  }

  async #read(signal: AbortSignal): Promise<FoundSlots> {
    const slots: KeySlot[] = [];
    const failures: ForkpointError[] = [];
    for await (const { key } of this.#store.list(objectKeys.keySlots, { signal })) {
      const found = await this.#store.get(key, { signal });
      if (!found) continue;
      try {
        const slot = openSealed(`key slot ${key}`, found.bytes, KeySlot);
        // Those of another id are what a maker left that was too slow.
        if (slot.repositoryId === this.#repositoryId && objectKeys.keySlot(slot.slotId) === key) {
          slots.push(slot);
        }
      } catch (thrown) {
        if (!(thrown instanceof ForkpointError)) throw thrown;
        failures.push(thrown);
      }
    }
    return { slots, failures };
  }
}

function toKey(slot: KeySlot, sealing: Sealing): RepositoryKey {
  const { slotId, createdAt, sealedLabel } = slot;
  const object = `key slot ${slotId}`;
  const label = sealing.open(roles.slotLabel(slotId), object, Buffer.from(sealedLabel, "hex"));
  return { keyId: slotId, kind: kindOf(slot), label: label.toString("utf8"), createdAt };
}

function lastKey(): ForkpointError {
  return new ForkpointError("KEY_LAST", "It is the last key; without it nothing could be read any more.");
}
