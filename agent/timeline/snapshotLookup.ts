import type { Entries } from "../catalog/entries.ts";
import type { EntryRow } from "../catalog/entryRow.ts";
import { idPrefixPattern } from "../host/ids.ts";
import { ForkpointError } from "../protocol/errors.ts";

/** Finds entries by what people write: a whole id, or a beginning of it that is unique in the project. */
export class SnapshotLookup {
  readonly #entries: Entries;

  constructor(entries: Entries) {
    this.#entries = entries;
  }

  /** @throws ForkpointError SNAPSHOT_NOT_FOUND */
  named(projectId: string, name: string): EntryRow {
    const exact = this.#entries.find(projectId, name);
    if (exact) return exact;
    const [only, second] = idPrefixPattern.test(name) ? this.#entries.byPrefix(projectId, name) : [];
    if (only && !second) return only;
    if (this.#entries.knows(projectId, name)) {
      const title = this.#entries.labelOf(projectId, name) ?? name;
      throw new ForkpointError("SNAPSHOT_NOT_FOUND", `The snapshot ${JSON.stringify(title)} was deleted.`);
    }
    throw new ForkpointError(
      "SNAPSHOT_NOT_FOUND",
      second
        ? `More than one snapshot begins with ${JSON.stringify(name)}.`
        : `There is no snapshot ${JSON.stringify(name)} in this project.`,
      second ? { hint: "Write more of the id; `forkpoint log --json` shows it in full." } : {},
    );
  }

  /** As `named`; also an entry that was deleted and that the store had all of. @throws ForkpointError SNAPSHOT_NOT_FOUND */
  namedOrGone(projectId: string, name: string): EntryRow {
    const isPrefix = idPrefixPattern.test(name);
    const [only, second] = isPrefix ? this.#entries.gone(projectId, name) : [];
    const isLiving = isPrefix && this.#entries.byPrefix(projectId, name).length > 0;
    return only && !second && !isLiving ? only : this.named(projectId, name);
  }
}
