import { join } from "node:path";
import { z } from "zod";
import type { BlobStore } from "../blobstore/blobStore.ts";
import type { Setting, Settings } from "../catalog/settings.ts";
import type { Clock } from "../host/clock.ts";
import type { Store } from "../protocol/entities.ts";
import { ForkpointError, type ErrorCode } from "../protocol/errors.ts";
import { Repository } from "../repository/repository.ts";
import type { OpenMode } from "../repository/unlock.ts";

const StoreRecord = z.object({
  url: z.string(),
  /** Which repository it held when it was set. */
  repositoryId: z.string(),
  conditionalWrites: z.boolean(),
});
type StoreRecord = z.infer<typeof StoreRecord>;
const setting: Setting<StoreRecord> = { key: "store", schema: StoreRecord };

/** What the last use of the store told about it. */
type Condition = Pick<Store, "state" | "checkedAt" | "message">;
const unchecked: Condition = { state: "unchecked", checkedAt: null, message: null };

const stateOfError = new Map<ErrorCode, Store["state"]>([
  ["STORE_UNREACHABLE", "unreachable"],
  ["STORE_DENIED", "denied"],
  ["STORE_BUCKET_MISSING", "missing"],
  ["STORE_READ_ONLY", "read-only"],
]);

/** How a store is reached; given from outside, since it depends on the kinds of store there are. */
export interface StoreAccess {
  /** The store of a URL; its own `url` is the canonical form. @throws ForkpointError STORE_URL_INVALID */
  readonly openStore: (url: string) => BlobStore;
  /** Prepares a store that was not in use before, where it needs that. @throws ForkpointError STORE_* */
  readonly setUp: (url: string) => Promise<void>;
  /** Tries what a repository needs and leaves nothing behind. @throws ForkpointError STORE_* */
  readonly probe: (
    store: BlobStore,
    options: { signal: AbortSignal },
  ) => Promise<{ conditionalWrites: boolean }>;
}

/** A store that was proven usable and holds a repository, before it is the machine's. */
export interface Candidate {
  readonly record: StoreRecord;
  readonly repository: Repository;
  /** Whether it is another one than before, which has none of this machine's entries for sure. */
  readonly isOther: boolean;
}

/** Which store this machine uses, how it was found to be, and the repository in it once it is needed. */
export class StoreKeeper {
  readonly #settings: Settings;
  readonly #access: StoreAccess;
  readonly #clock: Clock;
  readonly #cacheDirectory: string;
  readonly #changed: () => void;
  readonly #closing = new AbortController();
  #condition: Condition = unchecked;
  #opening: Promise<Repository> | null = null;

  /** @param parts.changed is told whenever `show` would say something else */
  constructor(parts: {
    settings: Settings;
    access: StoreAccess;
    clock: Clock;
    home: string;
    changed: () => void;
  }) {
    this.#settings = parts.settings;
    this.#access = parts.access;
    this.#clock = parts.clock;
    this.#cacheDirectory = join(parts.home, "cache");
    this.#changed = parts.changed;
  }

  get isSet(): boolean {
    return this.#settings.get(setting) !== undefined;
  }

  show(): Store | null {
    const record = this.#settings.get(setting);
    if (!record) return null;
    const { url, conditionalWrites } = record;
    return { url, conditionalWrites, ...this.#condition };
  }

  /**
   * Proves that a store can be used and holds a repository, making one in an empty store.
   * @throws ForkpointError STORE_URL_INVALID, STORE_*, REPOSITORY_NEWER, OBJECT_*
   */
  async prepare(url: string, signal: AbortSignal): Promise<Candidate> {
    const store = this.#access.openStore(url);
    const old = this.#settings.get(setting);
    // The present store was set up once; where it is gone, it must not be made anew in its place.
    if (old?.url !== store.url) await this.#access.setUp(url);
    const { conditionalWrites } = await this.#access.probe(store, { signal });
    const repository = await this.#open(store, conditionalWrites, { make: "plain", signal });
    const record = { url: store.url, repositoryId: repository.id, conditionalWrites };
    const isOther = old?.url !== record.url || old.repositoryId !== record.repositoryId;
    return { record, repository, isOther };
  }

  /** Writes down that this is the machine's store; part of the caller's transaction. */
  record({ record }: Candidate): void {
    this.#settings.set(setting, record);
  }

  /** Uses what was recorded from now on. */
  async use({ repository }: Candidate): Promise<void> {
    const old = this.#opening;
    this.#opening = Promise.resolve(repository);
    this.#condition = { state: "ok", checkedAt: this.#timestamp(), message: null };
    this.#changed();
    await closed(old);
  }

  /** Looks whether the store can be used now, and says what it found. @throws ForkpointError STORE_NOT_SET */
  async check(signal: AbortSignal): Promise<Store> {
    const record = this.#recorded();
    try {
      const store = this.#access.openStore(record.url);
      const { conditionalWrites } = await this.#access.probe(store, { signal });
      if (conditionalWrites !== record.conditionalWrites) {
        this.#settings.set(setting, { ...record, conditionalWrites });
        await this.#forgetRepository();
      }
      await this.repository();
      this.noteSuccess();
    } catch (thrown) {
      if (signal.aborted || !this.noteFailure(thrown)) throw thrown;
    }
    const shown = this.show();
    if (!shown) throw notSet();
    return shown;
  }

  /**
   * The repository in the store, opened when first needed.
   * @throws ForkpointError STORE_NOT_SET, STORE_*, REPOSITORY_NEWER, OBJECT_*
   */
  async repository(): Promise<Repository> {
    const record = this.#recorded();
    const opening = (this.#opening ??= this.#reopen(record));
    try {
      return await opening;
    } catch (thrown) {
      if (this.#opening === opening) this.#opening = null;
      throw thrown;
    }
  }

  /** The store did what was asked. */
  noteSuccess(): void {
    this.#noteCondition({ state: "ok", checkedAt: this.#timestamp(), message: null });
  }

  /** Whether the failure told something about the store as a whole. */
  noteFailure(thrown: unknown): boolean {
    const state = thrown instanceof ForkpointError ? stateOfError.get(thrown.code) : undefined;
    if (!state || !(thrown instanceof ForkpointError)) return false;
    this.#noteCondition({ state, checkedAt: this.#timestamp(), message: thrown.message });
    return true;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#forgetRepository();
  }

  async #reopen(record: StoreRecord): Promise<Repository> {
    const store = this.#access.openStore(record.url);
    const { signal } = this.#closing;
    const repository = await this.#open(store, record.conditionalWrites, { make: null, signal });
    if (repository.id === record.repositoryId) return repository;
    repository.close();
    throw new ForkpointError("OBJECT_MISSING", `The store ${record.url} holds another repository by now.`, {
      hint: "Set the store again with `forkpoint store set URL`; every snapshot is then pushed anew.",
    });
  }

  #open(store: BlobStore, conditionalWrites: boolean, mode: OpenMode) {
    const [cacheDirectory, clock] = [this.#cacheDirectory, this.#clock];
    return Repository.open({ store, cacheDirectory, conditionalWrites, clock }, mode);
  }

  async #forgetRepository(): Promise<void> {
    const old = this.#opening;
    this.#opening = null;
    await closed(old);
  }

  #noteCondition(next: Condition): void {
    const { state, message } = this.#condition;
    this.#condition = next;
    if (state !== next.state || message !== next.message) this.#changed();
  }

  #recorded(): StoreRecord {
    const record = this.#settings.get(setting);
    if (!record) throw notSet();
    return record;
  }

  #timestamp(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

async function closed(opening: Promise<Repository> | null): Promise<void> {
  // One that could not be opened has nothing to close; its failure went to whoever asked for it.
  const repository = await opening?.catch(() => null);
  repository?.close();
}

function notSet(): ForkpointError {
  return new ForkpointError("STORE_NOT_SET", "No store is set.");
}
