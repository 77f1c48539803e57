import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ForkpointError } from "../../protocol/errors.ts";
import { MasterKey } from "../../repository/masterKey.ts";
import { type KeyPlace, keyBytesOf, keyText } from "./keyPlace.ts";

/** Where keys lie in files, one each; missing while there are none. */
export function keyFolderOf(home: string): string {
  return join(home, "keys");
}

/** Keys in files of the agent's home that its user alone may read; for machines without a keyring. */
export class KeyFolder implements KeyPlace {
  readonly #folder: string;

  constructor(home: string) {
    this.#folder = keyFolderOf(home);
  }

  /** @throws ForkpointError KEY_NOT_KEPT */
  async keep(repositoryId: string, key: MasterKey): Promise<boolean> {
    try {
      await this.#write(repositoryId, key);
      return true;
    } catch (thrown) {
      throw this.#failure("written", thrown);
    }
  }

  /** @throws ForkpointError KEY_NOT_KEPT when there is one that cannot be read */
  async recall(repositoryId: string): Promise<MasterKey | null> {
    try {
      const bytes = keyBytesOf(await readFile(this.#file(repositoryId), "latin1"));
      return bytes && new MasterKey(bytes);
    } catch (thrown) {
      if (isAbsent(thrown)) return null;
      throw this.#failure("read", thrown);
    }
  }

  async forget(repositoryId: string): Promise<void> {
    for (const suffix of ["", ".new"]) {
      await rm(this.#file(repositoryId) + suffix, { force: true }).catch((thrown: unknown) => {
        if (!isAbsent(thrown)) throw this.#failure("deleted", thrown);
      });
    }
  }

  async #write(repositoryId: string, key: MasterKey): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = this.#file(repositoryId);
    const half = `${file}.new`;
    await rm(half, { force: true });
    const handle = await open(half, "wx", 0o600);
    try {
      await handle.writeFile(`${keyText(key)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(half, file);
  }

  #failure(done: string, thrown: unknown): ForkpointError {
    const { code = "unknown" } = thrown as NodeJS.ErrnoException;
    return new ForkpointError("KEY_NOT_KEPT", `The key in ${this.#folder} cannot be ${done} (${code}).`);
  }

  #file(repositoryId: string): string {
    return join(this.#folder, repositoryId);
  }
}

function isAbsent(thrown: unknown): boolean {
  const { code } = thrown as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}
