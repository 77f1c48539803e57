import type { Clock } from "../host/clock.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { Blob, BlobStore, Condition, ListedObject, Pace, Range } from "./blobStore.ts";

/** Before the second, third, … attempt, at most; the true wait is a random part of it. */
const longestWaitsMs = [300, 1000, 3000];

/**
 * Tries again, a few times and ever later, when a store could not be reached. A conditional write is not
 * repeated: its first attempt may have been the one that makes the condition fail.
 */
export class RetryingBlobStore implements BlobStore {
  readonly #store: BlobStore;
  readonly #clock: Clock;

  constructor(parts: { store: BlobStore; clock: Clock }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
  }

  get url(): string {
    return this.#store.url;
  }

  get(key: string, options: { signal: AbortSignal; range?: Range; pace?: Pace }): Promise<Blob | null> {
    return this.#retrying(options.signal, () => this.#store.get(key, options));
  }

  put(
    key: string,
    bytes: Uint8Array,
    options: { signal: AbortSignal; condition?: Condition; pace?: Pace },
  ): Promise<{ etag: string } | null> {
    if (options.condition) return this.#store.put(key, bytes, options);
    return this.#retrying(options.signal, () => this.#store.put(key, bytes, options));
  }

  /** A listing that broke off starts anew and leaves out what it has given already. */
  async *list(prefix: string, { signal }: { signal: AbortSignal }): AsyncGenerator<ListedObject> {
    const given = new Set<string>();
    for (let attempt = 0; ; attempt++) {
      try {
        for await (const object of this.#store.list(prefix, { signal })) {
          if (given.has(object.key)) continue;
          given.add(object.key);
          yield object;
        }
        return;
      } catch (thrown) {
        await this.#waitOrThrow(thrown, attempt, signal);
      }
    }
  }

  delete(key: string, options: { signal: AbortSignal }): Promise<void> {
    return this.#retrying(options.signal, () => this.#store.delete(key, options));
  }

  async #retrying<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (thrown) {
        await this.#waitOrThrow(thrown, attempt, signal);
      }
    }
  }

  async #waitOrThrow(thrown: unknown, attempt: number, signal: AbortSignal): Promise<void> {
    const longest = longestWaitsMs[attempt];
    const isPassing = thrown instanceof ForkpointError && thrown.code === "STORE_UNREACHABLE";
    if (!isPassing || longest === undefined || signal.aborted) throw thrown;
    await this.#wait(longest * (0.5 + Math.random() / 2), signal);
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        cancel();
        reject(signal.reason as Error);
      };
      const cancel = this.#clock.after(ms, () => {
        signal.removeEventListener("abort", stop);
        resolve();
      });
      signal.addEventListener("abort", stop, { once: true });
    });
  }
}
