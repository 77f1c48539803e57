import type { ProjectRow, Projects } from "../catalog/projects.ts";
import type { Health, Pool, Store } from "../protocol/entities.ts";
import type { ErrorBody } from "../protocol/errors.ts";
import { judgeHealth } from "./health.ts";
import type { ProjectView } from "./projectView.ts";
import type { RecoveryProblem } from "./recovery.ts";

/** How far the copies of a project, or with null of all projects, have come. */
export interface CopyProgress {
  readonly pending: number;
  readonly uploading: boolean;
  readonly lastPushAt: number | null;
  readonly pushError: ErrorBody | null;
}

/** Gathers what health is judged by, and judges. */
export class HealthReader {
  readonly #projects: Projects;
  readonly #view: ProjectView;
  readonly #copies: (projectId: string | null) => CopyProgress;
  readonly #store: () => Store | null;
  readonly #autoSnapshotError: (projectId: string) => string | null;
  readonly #problems: () => readonly RecoveryProblem[];

  constructor(parts: {
    projects: Projects;
    view: ProjectView;
    copies: (projectId: string | null) => CopyProgress;
    store: () => Store | null;
    /** Why automatic snapshots of a project fail; null when they do not. */
    autoSnapshotError: (projectId: string) => string | null;
    /** What start-up could not end. */
    problems: () => readonly RecoveryProblem[];
  }) {
    this.#projects = parts.projects;
    this.#view = parts.view;
    this.#copies = parts.copies;
    this.#store = parts.store;
    this.#autoSnapshotError = parts.autoSnapshotError;
    this.#problems = parts.problems;
  }

  /** The health of a project, or with null of the machine. `pools` are all there are, as they are now. */
  async read(project: ProjectRow | null, pools: readonly Pool[]): Promise<Health> {
    const concerned = project ? [project] : this.#projects.list();
    const nested = project ? (await this.#view.of(project)).nestedSubvolumes : [];
    return judgeHealth({
      ...this.#copies(project?.projectId ?? null),
      slug: project?.slug ?? null,
      pools: project ? pools.filter((pool) => pool.poolId === project.poolId) : pools,
      store: this.#store(),
      autoSnapshotError: this.#firstAutoSnapshotError(concerned),
      unfinished: this.#problems()
        .filter((problem) => !project || problem.projectId === project.projectId)
        .map((problem) => problem.message),
      nestedSubvolumes: nested,
    });
  }

  #firstAutoSnapshotError(projects: readonly ProjectRow[]): string | null {
    for (const { projectId } of projects) {
      const error = this.#autoSnapshotError(projectId);
      if (error !== null) return error;
    }
    return null;
  }
}
