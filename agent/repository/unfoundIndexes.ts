import { missing, type Digest } from "./digest.ts";

/** How often an index may be listed and not be there. */
const most = 3;

/**
 * Index objects that were listed and could not be read a moment later. One that was replaced by another is not listed again,
 * and a reader who is slow meets several such; one that is listed again and again is lost.
 */
export class UnfoundIndexes {
  readonly #times = new Map<Digest, number>();

  /** @throws ForkpointError OBJECT_MISSING for one that is lost */
  note(id: Digest): void {
    const times = (this.#times.get(id) ?? 0) + 1;
    if (times === most) throw missing(`index ${id}`);
    this.#times.set(id, times);
  }
}
