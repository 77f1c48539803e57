import type * as vscode from "vscode";
import type { Secret } from "../../agent/protocol/store.ts";

/**
 * What opens stores, in the editor's own safe: the system's keyring on a desktop, the editor's
 * encrypted storage elsewhere. It is nowhere else on this side.
 */
export class StoreSecrets {
  readonly #storage: vscode.SecretStorage;

  constructor(storage: vscode.SecretStorage) {
    this.#storage = storage;
  }

  async find(url: string): Promise<Secret | undefined> {
    const keyFile = await this.#storage.get(keyFileOf(url));
    if (keyFile !== undefined) return { keyFile };
    const passphrase = await this.#storage.get(passphraseOf(url));
    return passphrase === undefined ? undefined : { passphrase };
  }

  /** Instead of what was kept before. */
  async keep(url: string, secret: Secret): Promise<void> {
    if ("keyFile" in secret) {
      await this.#storage.store(keyFileOf(url), secret.keyFile);
      await this.#storage.delete(passphraseOf(url));
    } else {
      await this.#storage.store(passphraseOf(url), secret.passphrase);
      await this.#storage.delete(keyFileOf(url));
    }
  }
}

function passphraseOf(url: string): string {
  return `store ${url}`;
}

function keyFileOf(url: string): string {
  return `key file of store ${url}`;
}
