import { isAbsolute, join, relative } from "node:path";

/**
 * Where the open folder lies in its volume. The folder is often a symbolic link to the volume, so
 * the editor's file names and the volume's differ.
 */
export class VolumeLocation {
  readonly #folder: string;
  readonly #realFolder: string;
  readonly #volume: string;

  /**
   * @param folder the folder as the editor names it
   * @param realFolder the same with symbolic links followed
   * @param volume the root of the live volume
   */
  constructor(folder: string, realFolder: string, volume: string) {
    this.#folder = folder;
    this.#realFolder = realFolder;
    this.#volume = volume;
  }

  /** The path inside the volume, "" for its root; null when the file lies elsewhere. */
  inside(file: string): string | null {
    for (const [from, to] of [
      [this.#folder, this.#realFolder],
      [this.#volume, this.#volume],
    ] as const) {
      const below = relative(from, file);
      if (leaves(below)) continue;
      const path = relative(this.#volume, join(to, below));
      return leaves(path) ? null : path;
    }
    return null;
  }

  /** The file as the editor names it, so that a tab that is open already is found again. */
  file(path: string): string {
    const real = join(this.#volume, path);
    const below = relative(this.#realFolder, real);
    return leaves(below) ? real : join(this.#folder, below);
  }
}

function leaves(path: string): boolean {
  return path === ".." || path.startsWith("../") || isAbsolute(path);
}
