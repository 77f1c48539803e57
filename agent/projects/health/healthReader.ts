import type { ProjectRow, Projects } from "../../catalog/projects.ts";
import type { Health } from "../../protocol/health.ts";
import type { Pool } from "../../protocol/pool.ts";
import type { SyncService } from "../../sync/syncService.ts";
import type { TimelineService } from "../../timeline/timelineService.ts";
import type { Privileged } from "../../volumes/privileged/privileged.ts";
import { judgeHealth } from "./health.ts";
import type { ProjectView } from "../projectView.ts";
import type { RecoveryProblem } from "../recovery.ts";

/** Gathers what health is judged by, and judges. */
export class HealthReader {
  readonly #projects: Projects;
  readonly #view: ProjectView;
  readonly #sync: SyncService;
  readonly #timeline: TimelineService;
  readonly #privileged: Privileged;
  readonly #problems: () => readonly RecoveryProblem[];

  constructor(parts: {
    projects: Projects;
    view: ProjectView;
    sync: SyncService;
    timeline: TimelineService;
    privileged: Privileged;
    /** What start-up could not end. */
    problems: () => readonly RecoveryProblem[];
  }) {
    this.#projects = parts.projects;
    this.#view = parts.view;
    this.#sync = parts.sync;
    this.#timeline = parts.timeline;
    this.#privileged = parts.privileged;
    this.#problems = parts.problems;
  }

  /** The health of a project, or with null of the machine. `pools` are all there are, as they are now. */
  async read(project: ProjectRow | null, pools: readonly Pool[]): Promise<Health> {
    const concerned = project ? [project] : this.#projects.list();
    const nested = project ? (await this.#view.of(project)).nestedSubvolumes : [];
    return judgeHealth({
      ...this.#sync.status(project?.projectId ?? null),
      slug: project?.slug ?? null,
      pools: project ? pools.filter((pool) => pool.poolId === project.poolId) : pools,
      store: this.#sync.showStore(),
      autoSnapshotError: this.#firstAutoSnapshotError(concerned),
      unfinished: this.#problems()
        .filter((problem) => !project || problem.projectId === project.projectId)
        .map((problem) => problem.message),
      nestedSubvolumes: nested,
      degradations: this.#privileged.mode === "none" ? this.#privileged.degradations : [],
    });
  }

  #firstAutoSnapshotError(projects: readonly ProjectRow[]): string | null {
    for (const { projectId } of projects) {
      const error = this.#timeline.autoSnapshotError(projectId);
      if (error !== null) return error;
    }
    return null;
  }
}
