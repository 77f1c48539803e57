import type { EntryRow } from "../catalog/entryRow.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import type { SnapshotDeletion } from "./deleteSnapshots.ts";
import { planRetention } from "./retention.ts";
import { retentionFacts } from "./retentionFacts.ts";
import type { TimelineParts } from "./timelineParts.ts";

/** Rolls off what retention does not keep; the room on the disk is freed while others go on. */
export class RollOff {
  readonly #parts: Pick<TimelineParts, "entries" | "acts" | "projects" | "announce" | "log">;
  readonly #deletion: SnapshotDeletion;
  readonly #running = new Set<Promise<void>>();

  constructor(
    parts: Pick<TimelineParts, "entries" | "acts" | "projects" | "announce" | "log">,
    deletion: SnapshotDeletion,
  ) {
    this.#parts = parts;
    this.#deletion = deletion;
  }

  /** Takes the entries away at once. The caller holds the project. */
  run(project: ProjectRow): void {
    const entries = this.#parts.entries.list(project.projectId);
    const doomed = planRetention(entries, project, retentionFacts(this.#parts, project));
    if (doomed.length > 0) this.remove(project, doomed, { forGood: false });
  }

  /** Takes these entries away at once. The caller holds the project. */
  remove(project: ProjectRow, doomed: readonly EntryRow[], { forGood }: { readonly forGood: boolean }): void {
    const { projectId } = project;
    const { buried } = this.#deletion.bury(project, doomed, { kind: "rollOff", forGood });
    this.#parts.acts.sweep(projectId);
    this.#parts.announce("changed/timeline", { projectId });
    const free = async () => {
      for (const each of buried) await this.#deletion.free(each);
    };
    this.inBackground(projectId, free());
  }

  /** What fails is logged; its intent stays, and start-up finishes it. */
  inBackground(projectId: string, work: Promise<void>): void {
    const guarded = work
      .catch((thrown: unknown) => {
        this.#parts.log.error("snapshots that rolled off could not be deleted", {
          projectId,
          message: String(thrown),
        });
      })
      .finally(() => this.#running.delete(guarded));
    this.#running.add(guarded);
  }

  get hasWork(): boolean {
    return this.#running.size > 0;
  }

  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }
}
