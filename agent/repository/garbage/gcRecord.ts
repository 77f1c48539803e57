import { z } from "zod";
import type { Blob, BlobStore } from "../../blobstore/blobStore.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { openSealed, sealObject } from "../jsonObject.ts";
import { objectKeys } from "../objectKeys.ts";
import { roles, type Sealing } from "../sealing.ts";
import { Retention } from "./retention.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** A manifest by its project and digest, as in its key. */
const manifestName = z.string().regex(/^[0-9a-z]{1,64}\/[0-9a-f]{64}$/);

/** FORMAT.md, "Garbage": how far the collection is and what it is about to delete. */
export const GcState = z.strictObject({
  format: z.literal(1),
  /** Grows by one each time something is condemned. */
  cycle: z.number().int().positive(),
  /** Grows by one with every write, so that each is noticed. */
  revision: z.number().int().positive(),
  phase: z.enum(["idle", "condemned", "deleting"]),
  /** By the store's clock, milliseconds since 1970; null until it was looked up, and when idle. */
  condemnedAt: z.number().nullable(),
  manifests: z.array(manifestName),
  packs: z.array(digest),
  retention: Retention,
});
export type GcState = z.infer<typeof GcState>;

export interface ReadGc {
  readonly state: GcState;
  readonly etag: string;
}

/** How messages call it. */
const object = "gc state";

/** The one object that says what is being collected. */
export class GcRecord {
  readonly #store: BlobStore;
  readonly #sealing: Sealing;
  readonly #conditional: boolean;
  #last: Promise<unknown> = Promise.resolve();
  /** Whether it is known to be there: it is never deleted. */
  #isThere = false;
  #isMarked = false;

  /** @param conditional whether the store honours conditions; without, this process must be the only writer */
  constructor(store: BlobStore, sealing: Sealing, conditional: boolean) {
    this.#store = store;
    this.#sealing = sealing;
    this.#conditional = conditional;
  }

  /**
   * null when nothing was ever collected.
   * @throws ForkpointError OBJECT_MISSING when something was, OBJECT_DAMAGED, REPOSITORY_NEWER, STORE_*
   */
  async read(signal: AbortSignal): Promise<ReadGc | null> {
    const found = await this.#find(signal);
    if (!found) return null;
    const plain = this.#sealing.open(roles.gcState, object, found.bytes);
    return { state: openSealed(object, plain, GcState), etag: found.etag };
  }

  /**
   * Replaces `current` (null: nothing) by `next` and gives it as it is now; null when somebody else was
   * faster, and then nothing was written.
   */
  replace(
    current: ReadGc | null,
    next: Omit<GcState, "format" | "revision">,
    signal: AbortSignal,
  ): Promise<ReadGc | null> {
    const turn = this.#last.then(async () => {
      const written = await this.#replace(current, next, signal);
      if (written) await this.#mark(signal);
      return written;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #find(signal: AbortSignal): Promise<Blob | null> {
    const get = (key: string) => this.#store.get(key, { signal });
    if (!this.#isThere) {
      const [found, begun] = await Promise.all([get(objectKeys.gcState), get(objectKeys.gcBegun)]);
      this.#isThere = found !== null || begun !== null;
      if (found || !begun) return found;
    }
    // The first one is written before `gc/begun` is, and may have come between the two answers.
    const found = await get(objectKeys.gcState);
    if (!found) throw recordMissing();
    return found;
  }

  /** Makes sure that a record which is lost is missed. */
  async #mark(signal: AbortSignal): Promise<void> {
    this.#isThere = true;
    if (this.#isMarked) return;
    await this.#store.put(objectKeys.gcBegun, Buffer.from("there is a gc/state\n"), { signal });
    this.#isMarked = true;
  }

  /**
   * Replaces a record that is lost or cannot be read by one that says that nothing is collected, in a cycle above all
   * before, so that whoever works by the old one begins anew. One that can be read stays.
   * @param now by the store's clock, milliseconds since 1970
   */
  async mend(now: number, retention: Retention, signal: AbortSignal): Promise<void> {
    const found = await this.#store.get(objectKeys.gcState, { signal });
    if (found && this.#isSound(found.bytes)) return;
    const cycle = Math.ceil(now);
    const idle = { phase: "idle", condemnedAt: null, manifests: [], packs: [] } as const;
    const state = GcState.parse({ format: 1, cycle, revision: 1, ...idle, retention });
    const condition = found ? ({ kind: "match", etag: found.etag } as const) : ({ kind: "absent" } as const);
    const bytes = this.#sealing.seal(roles.gcState, sealObject(state));
    await this.#store.put(objectKeys.gcState, bytes, { signal, ...(this.#conditional ? { condition } : {}) });
    await this.#mark(signal);
  }

  #isSound(bytes: Uint8Array): boolean {
    try {
      openSealed(object, this.#sealing.open(roles.gcState, object, bytes), GcState);
      return true;
    } catch (thrown) {
      if (thrown instanceof ForkpointError && thrown.code === "OBJECT_DAMAGED") return false;
      throw thrown;
    }
  }

  async #replace(
    current: ReadGc | null,
    next: Omit<GcState, "format" | "revision">,
    signal: AbortSignal,
  ): Promise<ReadGc | null> {
    const state = GcState.parse({ ...next, format: 1, revision: (current?.state.revision ?? 0) + 1 });
    const bytes = this.#sealing.seal(roles.gcState, sealObject(state));
    if (!this.#conditional) {
      const present = await this.#store.get(objectKeys.gcState, { signal });
      if (present?.etag !== current?.etag) return null;
      const written = await this.#store.put(objectKeys.gcState, bytes, { signal });
      return written && { state, etag: written.etag };
    }
    const condition = current
      ? ({ kind: "match", etag: current.etag } as const)
      : ({ kind: "absent" } as const);
    try {
      const written = await this.#store.put(objectKeys.gcState, bytes, { signal, condition });
      if (written) return { state, etag: written.etag };
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const held = await this.#ifHeld(bytes, state, signal);
      if (!held) throw thrown;
      return held;
    }
    // A write that was applied but answered late is refused by its own effect when tried again.
    return this.#ifHeld(bytes, state, signal);
  }

  async #ifHeld(bytes: Buffer, state: GcState, signal: AbortSignal): Promise<ReadGc | null> {
    const found = await this.#store.get(objectKeys.gcState, { signal });
    return found && bytes.equals(found.bytes) ? { state, etag: found.etag } : null;
  }
}

/** The record of a collection is not there, and something else says that there was one. */
export function recordMissing(): ForkpointError {
  return new ForkpointError("OBJECT_MISSING", "The repository's gc state is missing from the store.", {
    hint: "Run `forkpoint repair`; it begins the record anew.",
    details: { object },
  });
}
