import { errorBody } from "../../protocol/errors.ts";
import type { TimelineParts } from "../timelineParts.ts";
import type { EntrySizes } from "./entrySizes.ts";

/** Snapshots often come in pairs or rows; nobody looks at sizes meanwhile. */
const restMs = 10_000;
/** How long others have a project to themselves before the measuring is tried again. */
const giveWayMs = 300;

type Parts = Pick<TimelineParts, "projects" | "uploads" | "clock" | "log">;

/**
 * Measures in the background what changed timelines hold on the disk, when nothing is uploaded, which is more urgent, and
 * gives way to whoever wants the project.
 */
export class SizeCounting {
  readonly #parts: Parts;
  readonly #sizes: EntrySizes;
  readonly #closing = new AbortController();
  readonly #waiting = new Set<string>();
  #cancel: () => void = () => undefined;
  #running: Promise<void> | null = null;

  constructor(parts: Parts, sizes: EntrySizes) {
    this.#parts = parts;
    this.#sizes = sizes;
  }

  get hasWork(): boolean {
    return this.#running !== null;
  }

  /** A snapshot came or went: its project is measured after a rest. What is lost when the agent ends is measured when asked for. */
  wake(projectId: string): void {
    if (this.#closing.signal.aborted) return;
    this.#waiting.add(projectId);
    this.#later(restMs);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#cancel();
    await this.#running;
  }

  #later(ms: number): void {
    this.#cancel();
    if (this.#closing.signal.aborted) return;
    this.#cancel = this.#parts.clock.after(ms, () => {
      if (this.#parts.uploads.isUploading()) this.#later(restMs);
      else this.#running ??= this.#run().finally(() => (this.#running = null));
    });
  }

  async #run(): Promise<void> {
    for (const projectId of [...this.#waiting]) {
      const project = this.#parts.projects.byId(projectId);
      this.#waiting.delete(projectId);
      if (!project) continue;
      const wanted = new AbortController();
      const signal = AbortSignal.any([this.#closing.signal, wanted.signal]);
      try {
        await this.#sizes.measure(project, { signal, report: () => undefined }, () => wanted.abort());
      } catch (thrown) {
        if (wanted.signal.aborted) {
          this.#waiting.add(projectId);
          this.#later(giveWayMs);
        } else if (!signal.aborted) {
          const { code, message } = errorBody(thrown);
          this.#parts.log.warn("snapshots could not be measured", { projectId, code, message });
        }
      }
    }
  }
}
