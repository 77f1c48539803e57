import { isWithin, parentOf } from "../bytePaths.ts";

/** Some paths of a volume with all that lies below them. Asking costs the depth of a path, however many there are. */
export class PathScope {
  readonly #roots = new Map<string, Buffer>();
  /** The folders above them. */
  readonly #above = new Set<string>();

  constructor(paths: readonly Buffer[]) {
    const all = new Set(paths.map(keyOf));
    for (const path of paths) {
      if (path.length > 0 && hasFolderAbove(path, all)) continue;
      this.#roots.set(keyOf(path), path);
      for (const folder of foldersAbove(path)) this.#above.add(keyOf(folder));
    }
  }

  /** Whether a path is one of them or lies below one. */
  holds(path: Buffer): boolean {
    return (
      this.#roots.has(keyOf(path)) || foldersAbove(path).some((folder) => this.#roots.has(keyOf(folder)))
    );
  }

  /** Those of them, the outermost ones, that are or lie in a folder. */
  within(folder: Buffer): Buffer[] {
    const key = keyOf(folder);
    const own = this.#roots.get(key);
    if (own) return [own];
    if (!this.#above.has(key)) return [];
    return [...this.#roots.values()].filter((root) => isWithin(root, folder));
  }
}

function hasFolderAbove(path: Buffer, all: ReadonlySet<string>): boolean {
  return foldersAbove(path).some((folder) => all.has(keyOf(folder)));
}

/** The folders that hold a path, up to the empty one. */
function foldersAbove(path: Buffer): Buffer[] {
  const folders: Buffer[] = [];
  for (let at = path; at.length > 0;) folders.push((at = parentOf(at)));
  return folders;
}

function keyOf(path: Buffer): string {
  return path.toString("latin1");
}
