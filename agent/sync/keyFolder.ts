import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { MasterKey } from "../repository/masterKey.ts";
import { type KeyPlace, keyBytesOf, keyText } from "./keyPlace.ts";

/** Keys in files of the agent's home that its user alone may read; for machines without a keyring. */
export class KeyFolder implements KeyPlace {
  readonly #folder: string;

  constructor(home: string) {
    this.#folder = join(home, "keys");
  }

  async keep(repositoryId: string, key: MasterKey): Promise<boolean> {
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
    return true;
  }

  async recall(repositoryId: string): Promise<MasterKey | null> {
    try {
      const bytes = keyBytesOf(await readFile(this.#file(repositoryId), "latin1"));
      return bytes && new MasterKey(bytes);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw thrown;
    }
  }

  async forget(repositoryId: string): Promise<void> {
    for (const suffix of ["", ".new"]) await rm(this.#file(repositoryId) + suffix, { force: true });
  }

  #file(repositoryId: string): string {
    return join(this.#folder, repositoryId);
  }
}
