import type { EntryRow } from "../catalog/entryRow.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import type { LongCall } from "../host/longCall.ts";
import type { ChangeSummary } from "../protocol/change.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { Result } from "../protocol/methods.ts";
import { summarizeChanges } from "../volumes/comparison/describeChanges.ts";
import type { Comparison } from "./diff.ts";
import type { EntryList } from "./entryList.ts";
import { requirePath } from "./pathInVolume.ts";
import type { SnapshotPlaces } from "./snapshotPlaces.ts";

type EntryChange = Result<"timeline/changes">["changes"][number];

/** Some hundred bytes each. */
const mostKnown = 20_000;

/** What entries changed against their parents. Neither ever changes, so what was counted once is kept in memory. */
export class EntryChanges {
  readonly #places: SnapshotPlaces;
  readonly #entries: EntryList;
  readonly #comparison: Comparison;
  readonly #known = new Map<string, ChangeSummary>();

  constructor(places: SnapshotPlaces, entries: EntryList, comparison: Comparison) {
    this.#places = places;
    this.#entries = entries;
    this.#comparison = comparison;
  }

  /** The caller holds the project. @throws ForkpointError SNAPSHOT_NOT_FOUND, NEEDS_ROOT, CANCELLED */
  async of(
    project: ProjectRow,
    snapshotId: string,
    path: Buffer | null,
    call: LongCall,
  ): Promise<EntryChange> {
    const entry = this.#entries.named(project.projectId, snapshotId);
    try {
      return {
        snapshotId: entry.snapshotId,
        summary: await this.#summary(project, entry, call),
        touches: path && (await this.#touches(project, entry, path, call)),
      };
    } catch (thrown) {
      if (!isCode(thrown, "SNAPSHOT_NOT_LOCAL")) throw thrown;
      return { snapshotId: entry.snapshotId, summary: null, touches: null };
    }
  }

  async #summary(project: ProjectRow, entry: EntryRow, call: LongCall): Promise<ChangeSummary | null> {
    if (entry.parentId === null) return null;
    const key = `${entry.parentId} ${entry.snapshotId}`;
    const known = this.#known.get(key);
    if (known) return known;
    const from = this.#entries.named(project.projectId, entry.parentId);
    const summary = summarizeChanges(
      await this.#comparison.run(project, { from, to: entry, paths: null }, call),
    );
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(key, summary);
    return summary;
  }

  async #touches(project: ProjectRow, entry: EntryRow, path: Buffer, call: LongCall): Promise<boolean> {
    try {
      if (entry.parentId === null) {
        await requirePath(path, [await this.#places.require(project, entry.snapshotId)]);
        return true;
      }
      const from = this.#entries.named(project.projectId, entry.parentId);
      const changes = await this.#comparison.run(project, { from, to: entry, paths: [path] }, call);
      return changes.length > 0;
    } catch (thrown) {
      // Neither side has it, or has it by way of a link: the entry did nothing to it.
      if (isCode(thrown, "PATH_NOT_FOUND") || isCode(thrown, "PATH_OUTSIDE_VOLUME")) return false;
      throw thrown;
    }
  }
}

function isCode(thrown: unknown, code: ForkpointError["code"]): boolean {
  return thrown instanceof ForkpointError && thrown.code === code;
}
