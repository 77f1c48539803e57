import type { Secret as GivenSecret, StoreKey } from "../../protocol/store.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { RepositoryKeys } from "../../repository/repositoryKeys.ts";
import { newSecretOf, secretOf } from "./secrets.ts";
import type { StoreKeeper } from "./storeKeeper.ts";

/** What opens the repository in the store, as clients ask for it. The repository must be open. */
export class StoreKeys {
  readonly #store: StoreKeeper;

  constructor(store: StoreKeeper) {
    this.#store = store;
  }

  /** Oldest first. @throws ForkpointError REPOSITORY_PLAIN, REPOSITORY_LOCKED, STORE_* */
  async list(signal: AbortSignal): Promise<StoreKey[]> {
    return (await this.#keys(signal)).list(signal);
  }

  /** @throws ForkpointError BAD_REQUEST for one that is too short, and as `list` */
  async add(given: GivenSecret, label: string, signal: AbortSignal): Promise<StoreKey> {
    const secret = newSecretOf(given);
    return (await this.#keys(signal)).add(secret, label, signal);
  }

  /** @throws ForkpointError KEY_NOT_FOUND, KEY_LAST, and as `list` */
  async remove(keyId: string, signal: AbortSignal): Promise<void> {
    await (await this.#keys(signal)).remove(keyId, signal);
  }

  /** Makes `next` open what `current` opened. @throws ForkpointError KEY_WRONG, and as `add` */
  async change(current: GivenSecret, next: GivenSecret, signal: AbortSignal): Promise<StoreKey> {
    const secret = newSecretOf(next);
    return (await this.#keys(signal)).change(secretOf(current), secret, signal);
  }

  async #keys(signal: AbortSignal): Promise<RepositoryKeys> {
    const { keys } = await this.#store.repository(signal);
    if (keys) return keys;
    throw new ForkpointError(
      "REPOSITORY_PLAIN",
      "The repository in the store is not encrypted: it has no keys.",
    );
  }
}
