import { ForkpointError } from "../protocol/errors.ts";

export interface LockRequest {
  /** For a person: what the project is busy with meanwhile, as "restoring". */
  readonly operation: string;
  /** Whether to fail at once when another operation holds the project, instead of waiting for it. */
  readonly refuse: boolean;
  readonly signal: AbortSignal;
  /** Called once somebody else wants the project too. Who gives way soon is waited for, never a reason to refuse. */
  readonly giveWay?: () => void;
}

interface Line {
  operation: string;
  giveWay: (() => void) | undefined;
  readonly waiting: (() => void)[];
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

  async #take(projectId: string, { operation, refuse, signal, giveWay }: LockRequest): Promise<void> {
    signal.throwIfAborted();
    const line = this.#lines.get(projectId);
    if (!line) {
      this.#lines.set(projectId, { operation, giveWay, waiting: [] });
      return;
    }
    if (refuse && !line.giveWay) {
      throw new ForkpointError("PROJECT_BUSY", `The project is busy: ${line.operation}.`, {
        details: { operation: line.operation },
      });
    }
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener("abort", leave);
        line.operation = operation;
        line.giveWay = giveWay;
        resolve();
        if (line.waiting.length > 0) giveWay?.();
      };
      const leave = () => {
        line.waiting.splice(line.waiting.indexOf(turn), 1);
        reject(new ForkpointError("CANCELLED", "Cancelled."));
      };
      line.waiting.push(turn);
      line.giveWay?.();
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  #release(projectId: string): void {
    const next = this.#lines.get(projectId)?.waiting.shift();
    if (next) next();
    else this.#lines.delete(projectId);
  }
}
