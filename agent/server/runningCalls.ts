import type { MethodName } from "../protocol/methods.ts";

export interface RunningCall {
  readonly method: MethodName;
  readonly abort: AbortController;
}

/** The calls that have begun and not ended, of all clients. */
export class RunningCalls {
  readonly #calls = new Set<RunningCall>();
  readonly #listeners = new Set<() => void>();

  /** How many there are, not counting requests to stop, which wait for the others. */
  get count(): number {
    return [...this.#calls].filter(({ method }) => method !== "agent/stop").length;
  }

  begin(method: MethodName): RunningCall {
    const call = { method, abort: new AbortController() };
    this.#calls.add(call);
    this.#tell();
    return call;
  }

  end(call: RunningCall): void {
    this.#calls.delete(call);
    this.#tell();
  }

  abortAll(reason: Error): void {
    for (const call of this.#calls) call.abort.abort(reason);
  }

  /** Calls back at every begin and end. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves when none is left. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.count > 0) return;
        this.#listeners.delete(check);
        resolve();
      };
      this.#listeners.add(check);
      check();
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
