import type * as vscode from "vscode";

/**
 * The passphrases of stores, in the editor's own safe: the system's keyring on a desktop, the editor's
 * encrypted storage elsewhere. They are nowhere else on this side.
 */
export class StoreSecrets {
  readonly #storage: vscode.SecretStorage;

  constructor(storage: vscode.SecretStorage) {
    this.#storage = storage;
  }

  passphrase(url: string): Thenable<string | undefined> {
    return this.#storage.get(keyOf(url));
  }

  keep(url: string, passphrase: string): Thenable<void> {
    return this.#storage.store(keyOf(url), passphrase);
  }
}

function keyOf(url: string): string {
  return `store ${url}`;
}
