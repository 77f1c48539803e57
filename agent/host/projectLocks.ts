import { ForkpointError } from "../protocol/errors.ts";

export interface LockRequest {
  /** For a person: what the project is busy with meanwhile, as "restoring". */
  readonly operation: string;
  /** Whether to fail at once when another operation holds the project, instead of waiting for it. */
  readonly refuse: boolean;
  /**
   * Whether it only looks, or ends in a moment, so that nobody is refused because of it: who would be waits until it is
   * over. Absent means no.
   */
  readonly brief?: boolean;
  readonly signal: AbortSignal;
  /** Called once somebody else wants the project too. Who gives way soon is waited for, never a reason to refuse. */
  readonly giveWay?: () => void;
}

/** One operation at a time changes a project's volume or timeline; others wait in order, or are refused. */
export class ProjectLocks {
  readonly #lines = new Map<string, Line>();

  /** @throws ForkpointError PROJECT_BUSY naming what goes on; CANCELLED while waiting; what `work` throws */
  async run<T>(projectId: string, request: LockRequest, work: () => Promise<T>): Promise<T> {
    await this.#take(projectId, request);
    try {
      return await work();
    } finally {
      this.#release(projectId);
    }
  }

  /** Whether an operation holds any project. */
  get busy(): boolean {
    return this.#lines.size > 0;
  }

  async #take(projectId: string, request: LockRequest): Promise<void> {
    const { refuse, signal, giveWay } = request;
    signal.throwIfAborted();
    const line = this.#lines.get(projectId);
    if (!line) {
      this.#lines.set(projectId, { holder: request, waiting: [] });
      return;
    }
    const all = [line.holder, ...line.waiting.map((each) => each.request)];
    const inTheWay = all.find((each) => !each.brief && !each.giveWay);
    if (refuse && inTheWay) {
      const { operation } = inTheWay;
      throw new ForkpointError("PROJECT_BUSY", `The project is busy: ${operation}.`, {
        details: { operation },
      });
    }
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener("abort", leave);
        line.holder = request;
        resolve();
        if (line.waiting.length > 0) giveWay?.();
      };
      const own = { request, turn };
      const leave = () => {
        line.waiting.splice(line.waiting.indexOf(own), 1);
        reject(new ForkpointError("CANCELLED", "Cancelled."));
      };
      line.waiting.push(own);
      line.holder.giveWay?.();
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  #release(projectId: string): void {
    const next = this.#lines.get(projectId)?.waiting.shift();
    if (next) next.turn();
    else this.#lines.delete(projectId);
  }
}

interface Line {
  holder: LockRequest;
  readonly waiting: { readonly request: LockRequest; readonly turn: () => void }[];
}
