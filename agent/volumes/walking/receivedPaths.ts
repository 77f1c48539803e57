import { lstatSync, type Stats } from "node:fs";
import { joinBytes, splitPath } from "../bytePaths.ts";
import { invalidStream } from "../sendStream/attributes.ts";

const slash = 0x2f;

/**
 * The paths of a stream, which may come from anybody, as places inside the subvolume that it makes. No path
 * leads out of it, neither by its own form nor through a link that the stream made before.
 */
export class ReceivedPaths {
  readonly #root: Buffer;
  /** Paths of folders found to be folders, as Latin-1; forgotten when a folder moves or goes. */
  readonly #folders = new Set<string>();

  /** @param root the subvolume's absolute path */
  constructor(root: string) {
    this.#root = Buffer.from(root);
  }

  /** The absolute path; empty means the subvolume itself. @throws ForkpointError STREAM_INVALID */
  place(path: Buffer): Buffer {
    if (path.length === 0) return this.#root;
    const parts = splitPath(path);
    if (parts.some(isUnfit)) throw invalidStream("a path leads out of the subvolume");
    this.#checkFolders(path);
    return joinBytes(this.#root, path);
  }

  /** The absolute path of something within the subvolume, not itself. @throws ForkpointError STREAM_INVALID */
  inner(path: Buffer): Buffer {
    if (path.length === 0) throw invalidStream("the subvolume itself is made or moved");
    return this.place(path);
  }

  /** To be called when folders may have moved or gone. */
  forget(): void {
    this.#folders.clear();
  }

  #checkFolders(path: Buffer): void {
    for (let end = path.lastIndexOf(slash); end > 0; end = path.lastIndexOf(slash, end - 1)) {
      const folder = path.subarray(0, end);
      const key = folder.toString("latin1");
      if (this.#folders.has(key)) return;
      let found: Stats;
      try {
        found = lstatSync(joinBytes(this.#root, folder));
      } catch (thrown) {
        const { code } = thrown as NodeJS.ErrnoException;
        if (code !== "ENOENT" && code !== "ENOTDIR") throw thrown;
        throw invalidStream("a path lies in no folder");
      }
      if (!found.isDirectory()) throw invalidStream("a path lies in no folder");
      this.#folders.add(key);
    }
  }
}

/** Whether a part of a path is none that names an entry of a folder. */
export function isUnfit(part: Buffer): boolean {
  const text = part.toString("latin1");
  return text === "" || text === "." || text === ".." || text.includes("\0");
}
