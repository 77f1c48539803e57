import { joinBytes, parentOf } from "../bytePaths.ts";
import type { PathChange } from "./compareSnapshots.ts";

/** Tells where on the older side of a comparison lay what has a path on the newer one, itself or a folder above renamed. */
export class Origins {
  readonly #names = new Map<string, Buffer>();

  constructor(changes: readonly Pick<PathChange, "path" | "from">[]) {
    for (const { path, from } of changes) if (from) this.#names.set(path.toString("latin1"), from);
  }

  of(path: Buffer): Buffer {
    if (this.#names.size === 0) return path;
    for (let at = path; at.length > 0; at = parentOf(at)) {
      const origin = this.#names.get(at.toString("latin1"));
      if (origin) return joinBytes(origin, path.subarray(at.length + 1));
    }
    return path;
  }
}
