import { chmod, lstat } from "node:fs/promises";
import { geteuid } from "node:process";
import { joinBytes, parentOf } from "../bytePaths.ts";

const ownersRights = 0o700;

/**
 * Folders of an ordinary user that do not let even himself write, while work is done in them. For root there
 * are none.
 */
export class ClosedFolders {
  readonly #root: Buffer;
  /** Modes to come back to, by path relative to the root as Latin-1. */
  readonly #opened = new Map<string, number>();

  /** @param root the volume's absolute path */
  constructor(root: string) {
    this.#root = Buffer.from(root);
  }

  /** Lets entries be put into, and taken out of, the folder at `path`, relative to the root. */
  async open(path: Buffer): Promise<void> {
    if (geteuid?.() === 0) return;
    const mode = await this.#modeOf(path);
    if (mode === null || (mode & ownersRights) === ownersRights) return;
    await chmod(joinBytes(this.#root, path), mode | ownersRights);
    const key = path.toString("latin1");
    if (!this.#opened.has(key)) this.#opened.set(key, mode);
  }

  /** Closes again what was opened, but for `settled`, which have their modes from elsewhere. */
  async close(settled: readonly Buffer[]): Promise<void> {
    const others = new Set(settled.map((path) => path.toString("latin1")));
    for (const [key, mode] of this.#opened) {
      const path = Buffer.from(key, "latin1");
      if (others.has(key) || (await this.#modeOf(path)) === null) continue;
      await chmod(joinBytes(this.#root, path), mode);
    }
  }

  /** Whether a folder on the way to `path` is closed. */
  async lieAbove(path: Buffer): Promise<boolean> {
    if (geteuid?.() === 0) return false;
    for (let at = parentOf(path); at.length > 0; at = parentOf(at)) {
      const mode = await this.#modeOf(at);
      if (mode !== null && (mode & ownersRights) !== ownersRights) return true;
    }
    return false;
  }

  /** null for what is no folder. */
  async #modeOf(path: Buffer): Promise<number | null> {
    try {
      const stat = await lstat(joinBytes(this.#root, path));
      return stat.isDirectory() ? stat.mode & 0o7777 : null;
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return null;
      throw thrown;
    }
  }
}
