import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { EntryRow } from "../catalog/entryRow.ts";
import { newEntry } from "../catalog/newEntry.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import { type Recoverer, recoverer } from "../catalog/recoverer.ts";
import { newId } from "../host/ids.ts";
import { unattended } from "../host/longCall.ts";
import { encodeVolumePath } from "../protocol/volumePath.ts";
import { hasChanges } from "../volumes/comparison/hasChanges.ts";
import { makeEqual } from "../volumes/inPlace/makeEqual.ts";
import { restoreIntent, type RestorePayload } from "./restoreIntent.ts";
import type { SnapshotPlaces } from "./snapshotPlaces.ts";
import type { TimelineParts } from "./timelineParts.ts";

/** A restore of more is told by the first of them. */
const mostLoggedPaths = 20;

/** How a restore ends: shown as an entry, taken back, or dropped before it began. */
export class RestoreRecovery {
  readonly #parts: TimelineParts;
  readonly #places: SnapshotPlaces;

  constructor(parts: TimelineParts, places: SnapshotPlaces) {
    this.#parts = parts;
    this.#places = places;
  }

  /** How start-up ends a restore that was cut off. */
  get recoverer(): Recoverer {
    return recoverer(restoreIntent, async (payload, { intentId, projectId }) => {
      const project = projectId === null ? undefined : this.#parts.projects.byId(projectId);
      if (!project) throw new Error("The project of a restore is not there.");
      if (payload.state === "preparing") return this.drop(project, payload, intentId);
      if (payload.state === "back") return this.#goBack(project, payload, intentId, { keep: true });
      await this.#finish(project, payload, intentId);
    });
  }

  /** Ends a restore that changed nothing yet. */
  async drop(project: ProjectRow, payload: RestorePayload, intentId: number): Promise<void> {
    await this.#parts.btrfs.deleteSnapshot(this.#places.of(project, payload.beforeId));
    this.#parts.intents.end(intentId);
  }

  /** Shows a restore whose work in the volume is done. */
  async conclude(project: ProjectRow, payload: RestorePayload, intentId: number): Promise<EntryRow> {
    const { catalog, projects, entries, operations, intents, btrfs, clock, author, crashPoint } = this.#parts;
    const { projectId, slug } = project;
    const { guardId, resultId, targetId } = payload;
    const result = this.#places.of(project, resultId);
    await btrfs.deleteSnapshot(result);
    await btrfs.snapshot(project.path, result, { readOnly: true });
    crashPoint("restore:result");
    await this.#dropSpare(project, payload);
    const entry = catalog.transaction(() => {
      const parentId = payload.paths === null ? targetId : guardId;
      const at = clock.now();
      const common = { snapshotId: resultId, projectId, author, createdAt: at };
      const paths = payload.parts ? null : loggedPaths(payload);
      const restored = { targetId, parts: payload.parts ?? null, paths };
      entries.add(newEntry({ ...common, parentId, cause: "restore", guardId, restored }));
      projects.change(projectId, { headSnapshotId: resultId });
      const detail = { kind: "restore", targetId, guardId, resultId, paths: loggedPaths(payload) } as const;
      operations.add({ projectId, slug, author, at, detail });
      intents.end(intentId);
      return entries.find(projectId, resultId);
    });
    if (!entry) throw new Error("An entry that was added is not there.");
    crashPoint("restore:shown");
    return entry;
  }

  /** Takes a restore back that failed or was cancelled; if even that fails, start-up tries again. */
  async takeBack(project: ProjectRow, payload: RestorePayload, intentId: number): Promise<void> {
    const back = { ...payload, state: "back" } as const;
    try {
      this.#parts.intents.update(restoreIntent, intentId, back);
      this.#parts.crashPoint("restore:back");
      await this.#goBack(project, back, intentId, { keep: false });
    } catch (thrown) {
      this.#parts.log.error("a failed restore could not be taken back; start-up tries again", {
        projectId: project.projectId,
        message: String(thrown),
      });
    }
  }

  async #goBack(
    project: ProjectRow,
    payload: RestorePayload,
    intentId: number,
    { keep }: { readonly keep: boolean },
  ): Promise<void> {
    await this.#parts.btrfs.deleteSnapshot(this.#places.of(project, payload.resultId));
    const before = await this.#before(project, payload);
    await this.#withCurrent(project, async (current) => {
      if (keep) await this.#keepUnless(project, current, [before]);
      await makeEqual(this.#parts, { live: project.path, current, target: before }, unattended);
    });
    this.#parts.crashPoint("restore:taken-back");
    await this.#dropSpare(project, payload);
    this.#parts.intents.end(intentId);
    this.#parts.announce("changed/timeline", { projectId: project.projectId });
  }

  /** Goes on where the kill came. */
  async #finish(project: ProjectRow, payload: RestorePayload, intentId: number): Promise<void> {
    const target = this.#places.of(project, payload.targetId);
    const paths = payload.paths?.map((path) => Buffer.from(path, "base64"));
    await this.#withCurrent(project, async (current) => {
      await this.#keepUnless(project, current, [await this.#before(project, payload), target]);
      const what = { live: project.path, current, target, ...(paths ? { paths } : {}) };
      await makeEqual(this.#parts, what, unattended);
    });
    await this.conclude(project, payload, intentId);
  }

  /**
   * The workspace may have been written to between the kill and now; unless it is equal to a snapshot that is kept
   * anyway, it becomes an entry of its own before it changes.
   */
  async #keepUnless(project: ProjectRow, current: string, equal: readonly string[]): Promise<void> {
    const { btrfs, entries, projects, privileged, clock, author } = this.#parts;
    for (const from of equal) {
      if (!(await hasChanges(privileged, { from, to: current }, unattended.signal))) return;
    }
    const { projectId } = project;
    const snapshotId = newId();
    await btrfs.snapshot(current, this.#places.of(project, snapshotId), { readOnly: true });
    const parentId = projects.byId(projectId)?.headSnapshotId ?? null;
    const label = "While a restore was interrupted";
    const createdAt = clock.now();
    entries.add(newEntry({ snapshotId, projectId, parentId, cause: "guard", author, label, createdAt }));
  }

  async #withCurrent(project: ProjectRow, work: (current: string) => Promise<void>): Promise<void> {
    const current = this.#places.staging(project, `restoring-${newId()}`);
    await mkdir(dirname(current), { recursive: true, mode: 0o700 });
    await this.#parts.btrfs.snapshot(project.path, current, { readOnly: true });
    try {
      await work(current);
    } finally {
      await this.#parts.btrfs.deleteSnapshot(current);
    }
  }

  /** The snapshot of the workspace before; once the spare is gone, the equal entry's. */
  async #before(project: ProjectRow, { beforeId, guardId }: RestorePayload): Promise<string> {
    const own = this.#places.of(project, beforeId);
    if (guardId === null || (await this.#parts.btrfs.isSubvolume(own))) return own;
    return this.#places.of(project, guardId);
  }

  /** Where an older entry serves as the guard, the snapshot of before is nobody's entry. */
  async #dropSpare(project: ProjectRow, { beforeId, guardId }: RestorePayload): Promise<void> {
    if (guardId === beforeId) return;
    await this.#parts.btrfs.deleteSnapshot(this.#places.of(project, beforeId));
  }
}

function loggedPaths({ paths }: RestorePayload): string[] | null {
  const some = paths?.slice(0, mostLoggedPaths) ?? null;
  return some && some.map((path) => encodeVolumePath(Buffer.from(path, "base64")));
}
