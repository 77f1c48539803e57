import type { KeySlots, RepositoryKey } from "./keySlots.ts";
import type { MasterKey } from "./masterKey.ts";
import type { Sealing } from "./sealing.ts";
import type { Secret } from "./secret.ts";

/** What opens an encrypted repository that was opened. */
export class RepositoryKeys {
  readonly #slots: KeySlots;
  readonly #sealing: Sealing;
  readonly master: MasterKey;

  constructor(slots: KeySlots, sealing: Sealing, master: MasterKey) {
    this.#slots = slots;
    this.#sealing = sealing;
    this.master = master;
  }

  /** Oldest first. */
  list(signal: AbortSignal): Promise<RepositoryKey[]> {
    return this.#slots.list(this.#sealing, signal);
  }

  add(secret: Secret, label: string, signal: AbortSignal): Promise<RepositoryKey> {
    return this.#slots.add(secret, label, { master: this.master, sealing: this.#sealing }, signal);
  }

  /** @throws ForkpointError KEY_NOT_FOUND, KEY_LAST */
  remove(keyId: string, signal: AbortSignal): Promise<void> {
    return this.#slots.remove(keyId, signal);
  }

  /** Makes `next` open what `current` opened. @throws ForkpointError KEY_WRONG */
  change(current: Secret, next: Secret, signal: AbortSignal): Promise<RepositoryKey> {
    return this.#slots.change(current, next, this.#sealing, signal);
  }
}
