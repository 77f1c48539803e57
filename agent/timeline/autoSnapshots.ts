import type { Projects } from "../catalog/projects.ts";
import type { Clock } from "../host/clock.ts";
import type { Log } from "../host/log.ts";
import { errorBody } from "../protocol/errors.ts";

interface Opened {
  clients: number;
  cancel: () => void;
}

/** Takes a snapshot of every project that somebody works in, each at its own interval. */
export class AutoSnapshots {
  readonly #projects: Projects;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #take: (projectId: string) => Promise<void>;
  readonly #outcomeChanged: (projectId: string) => void;
  readonly #open = new Map<string, Opened>();
  readonly #errors = new Map<string, string>();

  constructor(parts: {
    readonly projects: Projects;
    readonly clock: Clock;
    readonly log: Log;
    readonly take: (projectId: string) => Promise<void>;
    readonly outcomeChanged: (projectId: string) => void;
  }) {
    this.#projects = parts.projects;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#take = parts.take;
    this.#outcomeChanged = parts.outcomeChanged;
  }

  /** Goes on until the returned function is called, once for each call. */
  open(projectId: string): () => void {
    const opened = this.#open.get(projectId) ?? { clients: 0, cancel: () => undefined };
    opened.clients++;
    this.#open.set(projectId, opened);
    if (opened.clients === 1) this.#schedule(projectId, opened);
    return () => {
      if (--opened.clients > 0) return;
      opened.cancel();
      if (this.#open.get(projectId) === opened) this.#open.delete(projectId);
    };
  }

  /** Whether somebody works in it. */
  isOpen(projectId: string): boolean {
    return this.#open.has(projectId);
  }

  /** Starts the interval anew, after its length changed. */
  reconfigure(projectId: string): void {
    const opened = this.#open.get(projectId);
    if (!opened) return;
    opened.cancel();
    this.#schedule(projectId, opened);
  }

  /** Why the last automatic snapshot failed; null when it did not. */
  errorOf(projectId: string): string | null {
    return this.#errors.get(projectId) ?? null;
  }

  close(): void {
    for (const { cancel } of this.#open.values()) cancel();
    this.#open.clear();
  }

  #schedule(projectId: string, opened: Opened): void {
    const minutes = this.#projects.byId(projectId)?.autoSnapshotMinutes ?? 0;
    if (minutes === 0) return;
    opened.cancel = this.#clock.after(minutes * 60_000, () => {
      void this.#run(projectId).finally(() => {
        if (this.#open.get(projectId) === opened) this.#schedule(projectId, opened);
      });
    });
  }

  async #run(projectId: string): Promise<void> {
    const before = this.errorOf(projectId);
    try {
      await this.#take(projectId);
      this.#errors.delete(projectId);
    } catch (thrown) {
      const { code, message } = errorBody(thrown);
      this.#log.error("an automatic snapshot failed", { projectId, code, message });
      this.#errors.set(projectId, message);
    }
    if (before !== this.errorOf(projectId)) this.#outcomeChanged(projectId);
  }
}
