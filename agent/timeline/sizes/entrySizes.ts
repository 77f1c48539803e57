import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { ExtentChangesTable } from "../../catalog/extentChanges.ts";
import type { ProjectRow } from "../../catalog/projects.ts";
import type { LongCall } from "../../host/longCall.ts";
import { errorBody, ForkpointError } from "../../protocol/errors.ts";
import type { Room } from "../../protocol/retention.ts";
import { extentSource, readExtentChanges, sumOf } from "../../volumes/extents/extentChanges.ts";
import { packExtents, unpackExtents } from "../../volumes/extents/packedExtents.ts";
import type { ProjectTurns } from "../projectTurns.ts";
import type { SnapshotPlaces } from "../snapshotPlaces.ts";
import type { TimelineParts } from "../timelineParts.ts";
import { Holdings } from "./holdings.ts";

type Parts = Pick<
  TimelineParts,
  "catalog" | "projects" | "entries" | "kept" | "privileged" | "processes" | "log"
>;

export interface Sizes {
  /** What deleting one frees. */
  of(snapshotId: string): Room;
  /** What deleting all of these frees; what is deleted already and waits on the disk does not count. */
  together(snapshotIds: readonly string[]): Room;
}

const measuring = { operation: "measuring snapshots", refuse: false, brief: true };

/**
 * How much of the disk snapshots hold alone. Each is compared with the one taken before it, once; what that found is kept in
 * the catalog and added up when snapshots between go.
 */
export class EntrySizes {
  readonly #parts: Parts;
  readonly #turns: ProjectTurns;
  readonly #places: SnapshotPlaces;
  readonly #table: ExtentChangesTable;
  /** Of pairs of snapshots that cannot be compared. */
  readonly #failed = new Set<string>();

  constructor(parts: Parts, turns: ProjectTurns, places: SnapshotPlaces) {
    this.#parts = parts;
    this.#turns = turns;
    this.#places = places;
    this.#table = new ExtentChangesTable(parts.catalog);
  }

  /**
   * Sees to it that all is known; others get the project between two comparisons.
   * @param giveWay called while it has the project, once somebody else wants it
   * @throws ForkpointError PROJECT_NOT_FOUND, CANCELLED
   */
  async measure(project: ProjectRow, call: LongCall, giveWay?: () => void): Promise<void> {
    const tried = new Set<string>();
    let done = 0;
    for (;;) {
      const chain = await this.#chain(project);
      const pairs = this.#missing(project, chain).filter((pair) => !tried.has(pair.join(" ")));
      if (pairs.length === 0) return;
      const total = done + pairs.length;
      // Which pairs there are is asked again only after all of them: with each, long timelines would be gone through anew.
      for (const [from, to] of pairs) {
        tried.add(`${from} ${to}`);
        const wanted = { ...measuring, ...(giveWay && { giveWay }) };
        await this.#turns.run(project, wanted, call, (current) => this.#compare(current, from, to, call));
        call.report({ message: "Measuring", done: ++done, total, unit: "steps", rate: null });
      }
    }
  }

  /** From what is known by now. */
  async sizes(project: ProjectRow): Promise<Sizes> {
    const chain = await this.#chain(project);
    const { projectId } = project;
    this.#table.keepOnly(projectId, chain);
    const rows = chain.map((id, at) => {
      const row = at === 0 ? undefined : this.#table.find(projectId, id);
      return row?.beforeId === chain[at - 1] && row?.source === this.#source ? row : null;
    });
    const holdings = new Holdings({
      length: chain.length,
      changes: rows.map((row, at) => (at === 0 ? [] : row && unpackExtents(row.extents))),
      sharedAt: this.#forkedAt(project, chain),
      sharedBase: this.#isForkOfAnother(project),
    });
    const places = new Map(chain.map((id, at) => [id, at]));
    const isWhole = rows.every((row, at) => at === 0 || row?.whole === true);
    const going = new Set(
      this.#parts.kept.ofProject(projectId).flatMap(({ snapshotId }) => places.get(snapshotId) ?? []),
    );
    const together = (snapshotIds: readonly string[]): Room => {
      const gone = new Set(snapshotIds.flatMap((id) => places.get(id) ?? []));
      const { bytes, more } = holdings.freedBy(gone, going);
      const isCertain = isWhole && !more && !gone.has(chain.length - 1);
      return {
        bytes,
        certainty: !isCertain ? "atLeast" : this.#source === "tree" ? "exact" : "estimate",
      };
    };
    return { together, of: (snapshotId) => together([snapshotId]) };
  }

  /** Whether something is left to be measured. */
  async isMeasured(project: ProjectRow): Promise<boolean> {
    return this.#missing(project, await this.#chain(project)).length === 0;
  }

  get #source() {
    return extentSource(this.#parts.privileged);
  }

  /** What is on the disk, the deleted that can be brought back among them, in the order in which it was taken. */
  async #chain(project: ProjectRow): Promise<string[]> {
    const { entries, kept } = this.#parts;
    const { projectId } = project;
    const there = new Set(await namesIn(dirname(this.#places.of(project, "any"))));
    return [
      ...entries.moments(projectId),
      ...kept.ofProject(projectId).map(({ snapshotId }) => ({
        snapshotId,
        seq: entries.seqOf(projectId, snapshotId) ?? 0,
      })),
    ]
      .filter(({ snapshotId }) => there.has(snapshotId))
      .sort((a, b) => a.seq - b.seq)
      .map(({ snapshotId }) => snapshotId);
  }

  /** Pairs of neighbours that have to be compared, the newest first; what can be added up is. */
  #missing(project: ProjectRow, chain: readonly string[]): [from: string, to: string][] {
    const { projectId } = project;
    const known = this.#table.known(projectId, this.#source);
    const missing: [string, string][] = [];
    for (const [at, to] of chain.entries()) {
      const from = chain[at - 1];
      if (from === undefined || known.get(to) === from || this.#failed.has(`${from} ${to}`)) continue;
      if (!this.#addUp(projectId, known, from, to)) missing.push([from, to]);
    }
    return missing.reverse();
  }

  /** Leads from `from` to `to` over snapshots that are gone, where each step of the way is known. */
  #addUp(projectId: string, known: ReadonlyMap<string, string>, from: string, to: string): boolean {
    const way: string[] = [];
    for (let at: string | undefined = to; at !== from; at = known.get(at)) {
      if (at === undefined || way.includes(at)) return false;
      way.push(at);
    }
    const rows = way.flatMap((id) => this.#table.find(projectId, id) ?? []).reverse();
    if (rows.length !== way.length) return false;
    const source = this.#source;
    const sum = sumOf(rows.map(({ whole, extents }) => ({ source, whole, extents: unpackExtents(extents) })));
    this.#table.put(projectId, {
      ...{ snapshotId: to, beforeId: from, source, whole: sum.whole },
      extents: packExtents(sum.extents),
    });
    return true;
  }

  async #compare(project: ProjectRow, from: string, to: string, call: LongCall): Promise<void> {
    const { log } = this.#parts;
    try {
      const paths = {
        from: await this.#places.require(project, from),
        to: await this.#places.require(project, to),
      };
      const silent = { signal: call.signal, report: () => undefined };
      const { source, whole, extents } = await readExtentChanges(this.#parts, paths, silent);
      call.signal.throwIfAborted();
      const row = { snapshotId: to, beforeId: from, source, whole, extents: packExtents(extents) };
      this.#table.put(project.projectId, row);
    } catch (thrown) {
      if (call.signal.aborted) throw thrown;
      // One that was deleted meanwhile is not among them the next time.
      if (thrown instanceof ForkpointError && thrown.code === "SNAPSHOT_NOT_LOCAL") return;
      this.#failed.add(`${from} ${to}`);
      const { code, message } = errorBody(thrown);
      log.warn("what a snapshot holds on the disk cannot be told", { from, to, code, message });
    }
  }

  #forkedAt({ projectId }: ProjectRow, chain: readonly string[]): Set<number> {
    const { projects, entries } = this.#parts;
    const shared = new Set<number>();
    for (const { forkedFrom } of projects.forksOf(projectId)) {
      if (!forkedFrom) continue;
      const at = chain.indexOf(forkedFrom.snapshotId);
      if (at !== -1) shared.add(at);
      else {
        // Of one that is gone, what both its neighbours may have had from it.
        const seq = entries.seqOf(projectId, forkedFrom.snapshotId) ?? 0;
        const after = chain.findIndex((id) => (entries.seqOf(projectId, id) ?? 0) > seq);
        shared.add(Math.max(0, after - 1)).add(Math.max(0, after));
      }
    }
    return shared;
  }

  #isForkOfAnother({ forkedFrom }: ProjectRow): boolean {
    return forkedFrom !== null && this.#parts.projects.byId(forkedFrom.projectId) !== undefined;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw thrown;
  }
}
