import type { Entries } from "../../catalog/entries.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { CheckedParams, Result } from "../../protocol/methods.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { decodeVolumePath, encodeVolumePath } from "../../protocol/volumePath.ts";
import { isWithin } from "../../volumes/bytePaths.ts";
import type { PathChange } from "../../volumes/comparison/compareSnapshots.ts";
import type { Comparison } from "../diff.ts";
import type { EntryList } from "../entryList.ts";
import type { SnapshotPlaces } from "../snapshotPlaces.ts";
import { PairComparison } from "./folderVersions.ts";
import { type Exclusively, Moments } from "./moments.ts";
import { trailOf } from "./trail.ts";

type Deleted = Result<"timeline/deleted">["deleted"];

/** Finds what entries hold and the workspace has no more. */
export class DeletedPaths {
  readonly #parts: {
    readonly rows: Entries;
    readonly places: SnapshotPlaces;
    readonly comparison: Comparison;
  };
  readonly #entries: EntryList;

  constructor(
    parts: { readonly rows: Entries; readonly places: SnapshotPlaces; readonly comparison: Comparison },
    entries: EntryList,
  ) {
    this.#parts = parts;
    this.#entries = entries;
  }

  /**
   * Compares the workspace with the newest entry, that with the one before, and so on: what a step took away and is not
   * there now was held last by the older side. Each comparison costs what it has to show; a page ends after so
   * many, and others get their turn between two. A path that went more than once comes once in a page, by its newest.
   * @throws ForkpointError PATH_OUTSIDE_VOLUME, BAD_REQUEST, VOLUME_MISSING, NEEDS_ROOT, CANCELLED
   */
  async of(
    { path: text, limit, mostEntries, from }: Omit<CheckedParams<"timeline/deleted">, "project">,
    exclusively: Exclusively,
    call: LongCall,
  ): Promise<Result<"timeline/deleted">> {
    const path = text === undefined ? null : decodeVolumePath(text);
    const { moments, begin, skip } = await exclusively((project) => {
      const known = new Moments(this.#parts.rows.moments(project.projectId));
      if (from === undefined) return Promise.resolve({ moments: known, begin: known.count - 1, skip: 0 });
      const [, snapshotId = "", amount = ""] = /^(now|[0-9a-z]+):(\d+)$/.exec(from) ?? [];
      const seq = snapshotId === "now" ? Infinity : this.#parts.rows.seqOf(project.projectId, snapshotId);
      if (seq === undefined) throw new ForkpointError("BAD_REQUEST", "There is no such page.");
      const at = snapshotId === "now" ? known.count - 1 : known.upTo(seq);
      // A page whose entry is gone goes on with the one before it.
      const isThere = snapshotId === "now" || known.entry(at)?.snapshotId === snapshotId;
      return Promise.resolve({ moments: known, begin: at, skip: isThere ? Number(amount) : 0 });
    });
    const pairs = new PairComparison(this.#parts, { moments, exclusively, call });
    const deleted: Deleted = [];
    const known = new Set<string>();
    let unknown = 0;
    let newer = begin;
    let done = 0;
    const page = (at: number, amount: number) => ({
      deleted,
      next: at < 1 ? null : `${moments.entry(at)?.snapshotId ?? "now"}:${amount}`,
      unknown,
    });
    for (let older = newer - 1; older >= 0; older--) {
      if (done === mostEntries) return page(newer, 0);
      call.report({ message: "Looking for what was deleted", done, total: null, unit: "steps", rate: null });
      const changes = await pairs.changes(older, newer, null);
      done++;
      if (typeof changes === "string") {
        unknown++;
        if (changes === "no-newer") newer = older;
        continue;
      }
      const lost = await exclusively((project) => missingNow(changes, path, project.path));
      for (const [at, one] of lost.entries()) {
        if (at < (newer === begin ? skip : 0)) continue;
        const name = encodeVolumePath(one.change.path);
        if (known.has(name)) continue;
        if (deleted.length === limit) return page(newer, at);
        const entry = moments.entry(older)?.snapshotId ?? "";
        const row = await exclusively((project) =>
          Promise.resolve(this.#parts.rows.find(project.projectId, entry)),
        );
        if (!row) break;
        known.add(name);
        const { type: kind, size } = one.change;
        deleted.push({ path: name, kind, size, below: one.below, entry: this.#entries.view(row) });
      }
      newer = older;
    }
    return page(0, 0);
  }
}

interface Lost {
  readonly change: PathChange;
  readonly below: number;
}

/**
 * What a step took away, at or below a path, and is not in the live volume. With a folder that is not there go those that went
 * with it. Changes are sorted by their bytes, and so are these.
 */
async function missingNow(
  changes: readonly PathChange[],
  path: Buffer | null,
  live: string,
): Promise<Lost[]> {
  const lost: { change: PathChange; below: number }[] = [];
  const folders = new Map<string, { below: number }>();
  const removed = changes.filter(
    (change) => change.kind === "removed" && (!path || isWithin(change.path, path)),
  );
  // A folder before what is below it, whatever sorts between them.
  for (const change of removed.toSorted((a, b) => a.path.length - b.path.length)) {
    const above = enclosing(change.path, folders);
    if (above) {
      above.below++;
      continue;
    }
    const trail = await trailOf(live, change.path);
    if (!trail || trail.found || trail.blockedBy === "mount") continue;
    const one = { change, below: 0 };
    lost.push(one);
    if (change.type === "directory") folders.set(change.path.toString("latin1"), one);
  }
  return lost.sort((a, b) => Buffer.compare(a.change.path, b.change.path));
}

function enclosing(
  path: Buffer,
  folders: ReadonlyMap<string, { below: number }>,
): { below: number } | undefined {
  const text = path.toString("latin1");
  for (let at = text.indexOf("/"); at !== -1; at = text.indexOf("/", at + 1)) {
    const folder = folders.get(text.slice(0, at));
    if (folder) return folder;
  }
  return undefined;
}
