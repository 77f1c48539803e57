import type { Blob, BlobStore, Condition, ListedObject, Range } from "../../agent/blobstore/blobStore.ts";
import { type ErrorCode, ForkpointError } from "../../agent/protocol/errors.ts";

type Operation = "get" | "put" | "list" | "delete";

/**
 * What goes wrong.
 * - `fail`: nothing is done. `lose`: it is done, and the answer is lost.
 * - `flip`, `truncate`: what `get` gives has one bit changed, or lacks its second half.
 * - `hold`: it waits until `release` is called, or the call is cancelled.
 * - `cut`: a listing breaks off after its first object.
 */
export type Fault =
  | { readonly kind: "fail" | "lose" | "cut"; readonly code?: ErrorCode }
  | { readonly kind: "flip" | "truncate" | "hold" };

export interface Injection {
  readonly on: Operation;
  /** Which keys (for `list`: prefixes); all when left out. */
  readonly key?: RegExp;
  /** From the nth such call on, counted from 1; the first when left out. */
  readonly from?: number;
  /** How many of them; all that follow when left out. */
  readonly times?: number;
  readonly fault: Fault;
}

export interface Injected {
  /** How many calls met the fault. */
  readonly hits: number;
  /** Resolves once a call has met it. */
  readonly met: Promise<void>;
  /** Lets the calls go on that `hold` holds, and no longer holds any. */
  release(): void;
  /** No longer goes wrong. */
  remove(): void;
}

/** A store that goes wrong as a test says, in front of one that works. */
export class FaultyBlobStore implements BlobStore {
  readonly #store: BlobStore;
  readonly #faults: ActiveFault[] = [];

  constructor(store: BlobStore) {
    this.#store = store;
  }

  get url(): string {
    return this.#store.url;
  }

  inject(injection: Injection): Injected {
    const fault = new ActiveFault(injection, () => {
      this.#faults.splice(this.#faults.indexOf(fault), 1);
    });
    this.#faults.push(fault);
    return fault;
  }

  async get(key: string, options: { signal: AbortSignal; range?: Range }): Promise<Blob | null> {
    const fault = await this.#before("get", key, options.signal);
    const found = await this.#store.get(key, options);
    after(fault);
    return found && { ...found, bytes: damaged(found.bytes, fault) };
  }

  async put(
    key: string,
    bytes: Uint8Array,
    options: { signal: AbortSignal; condition?: Condition },
  ): Promise<{ etag: string } | null> {
    const fault = await this.#before("put", key, options.signal);
    const written = await this.#store.put(key, bytes, options);
    after(fault);
    return written;
  }

  async *list(prefix: string, options: { signal: AbortSignal }): AsyncGenerator<ListedObject> {
    const fault = await this.#before("list", prefix, options.signal);
    for await (const object of this.#store.list(prefix, options)) {
      yield object;
      if (fault?.kind === "cut") throw failure(fault);
    }
    after(fault);
  }

  async delete(key: string, options: { signal: AbortSignal }): Promise<void> {
    const fault = await this.#before("delete", key, options.signal);
    await this.#store.delete(key, options);
    after(fault);
  }

  async #before(operation: Operation, key: string, signal: AbortSignal): Promise<Fault | undefined> {
    const active = this.#faults.find((each) => each.strikes(operation, key));
    if (active?.fault.kind === "fail") throw failure(active.fault);
    if (active?.fault.kind === "hold") await active.held(signal);
    return active?.fault;
  }
}

class ActiveFault implements Injected {
  readonly fault: Fault;
  readonly met: Promise<void>;
  readonly remove: () => void;
  readonly #injection: Injection;
  readonly #released = Promise.withResolvers<undefined>();
  #meet: () => void = () => undefined;
  #calls = 0;
  #hits = 0;

  constructor(injection: Injection, remove: () => void) {
    this.#injection = injection;
    this.fault = injection.fault;
    this.remove = remove;
    this.met = new Promise((resolve) => (this.#meet = resolve));
  }

  get hits(): number {
    return this.#hits;
  }

  strikes(operation: Operation, key: string): boolean {
    const { on, key: pattern = /(?:)/, from = 1, times = Infinity } = this.#injection;
    if (operation !== on || !pattern.test(key)) return false;
    this.#calls++;
    if (this.#calls < from || this.#hits >= times) return false;
    this.#hits++;
    this.#meet();
    return true;
  }

  release(): void {
    this.#released.resolve(undefined);
  }

  async held(signal: AbortSignal): Promise<void> {
    const cancelled = Promise.withResolvers<never>();
    const cancel = () => cancelled.reject(signal.reason as Error);
    signal.addEventListener("abort", cancel, { once: true });
    try {
      await Promise.race([this.#released.promise, cancelled.promise]);
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }
}

function after(fault: Fault | undefined): void {
  if (fault?.kind === "lose") throw failure(fault);
}

function damaged(bytes: Uint8Array, fault: Fault | undefined): Uint8Array {
  if (fault?.kind === "truncate") return bytes.subarray(0, Math.floor(bytes.length / 2));
  if (fault?.kind !== "flip" || bytes.length === 0) return bytes;
  const changed = Buffer.from(bytes);
  const middle = Math.floor(bytes.length / 2);
  changed[middle] = (changed[middle] ?? 0) ^ 0x10;
  return changed;
}

function failure(fault: Fault): ForkpointError {
  const code = ("code" in fault && fault.code) || "STORE_UNREACHABLE";
  return new ForkpointError(code, `The test's store fails with ${code}.`);
}
