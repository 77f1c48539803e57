import type { MasterKey } from "../../repository/masterKey.ts";
import type { KeyPlace } from "./keyPlace.ts";

/**
 * The keys of the repositories that were opened on this machine: in memory until the agent ends, in the
 * keyring where there is one, and in a file where a person asked for it.
 */
export class KeyKeeper {
  readonly #inMemory = new Map<string, MasterKey>();
  readonly #keyring: KeyPlace;
  readonly #files: KeyPlace;

  constructor(places: { keyring: KeyPlace; files: KeyPlace }) {
    this.#keyring = places.keyring;
    this.#files = places.files;
  }

  /** @param remember also where there is no keyring */
  async keep(repositoryId: string, key: MasterKey, remember: boolean): Promise<void> {
    this.#inMemory.set(repositoryId, key);
    const isKept = await this.#keyring.keep(repositoryId, key);
    if (remember && !isKept) await this.#files.keep(repositoryId, key);
  }

  async recall(repositoryId: string): Promise<MasterKey | null> {
    const key =
      this.#inMemory.get(repositoryId) ??
      (await this.#files.recall(repositoryId)) ??
      (await this.#keyring.recall(repositoryId));
    if (key) this.#inMemory.set(repositoryId, key);
    return key;
  }

  /** Afterwards the repository is locked. */
  async forget(repositoryId: string): Promise<void> {
    this.#inMemory.delete(repositoryId);
    await this.#files.forget(repositoryId);
    await this.#keyring.forget(repositoryId);
  }
}
