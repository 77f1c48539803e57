import type { Recoverer } from "../catalog/recoverer.ts";
import type { ProjectRow } from "../catalog/projects.ts";
import type { LongCall } from "../host/longCall.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { TimelineParts } from "./timelineParts.ts";

/** What somebody wants a project for; the words are for whoever has to wait. */
export interface TurnRequest {
  readonly operation: string;
  readonly refuse: boolean;
  readonly brief?: boolean;
}

/** Lets one operation at a time have a project. */
export class ProjectTurns {
  readonly #parts: TimelineParts;
  readonly #restores: Recoverer;

  /** `restores` ends a restore that did not come to its end. */
  constructor(parts: TimelineParts, restores: Recoverer) {
    this.#parts = parts;
    this.#restores = restores;
  }

  /**
   * Runs `work` while nothing else changes the project, on its row as it is then.
   * @throws ForkpointError PROJECT_NOT_FOUND, PROJECT_BUSY, CANCELLED
   */
  async run<T>(
    project: ProjectRow,
    request: TurnRequest,
    { signal }: Pick<LongCall, "signal">,
    work: (current: ProjectRow) => Promise<T>,
  ): Promise<T> {
    const { locks, projects } = this.#parts;
    return locks.run(project.projectId, { ...request, signal }, async () => {
      const current = () => {
        const row = projects.byId(project.projectId);
        if (row) return row;
        throw new ForkpointError("PROJECT_NOT_FOUND", `The project ${project.slug} was deleted.`);
      };
      await this.#settle(current());
      return work(current());
    });
  }

  /** Ends a restore of before that could not be taken back, so that nothing builds on the state between. */
  async #settle({ projectId }: ProjectRow): Promise<void> {
    for (const intent of this.#parts.intents.list()) {
      if (intent.projectId === projectId && intent.kind === this.#restores.kind) {
        await this.#restores.recover(intent);
      }
    }
  }
}
