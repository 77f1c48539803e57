import { join } from "node:path";
import type { BlobStore } from "../../blobstore/blobStore.ts";
import { PromptBlobStore } from "../../blobstore/promptBlobStore.ts";
import type { Settings } from "../../catalog/settings.ts";
import type { Clock } from "../../host/clock.ts";
import { orAborted } from "../../host/orAborted.ts";
import type { Secret, Store } from "../../protocol/store.ts";
import { ForkpointError, type ErrorCode } from "../../protocol/errors.ts";
import { Repository } from "../../repository/repository.ts";
import type { OpenMode } from "../../repository/unlock.ts";
import type { KeyKeeper } from "./keyKeeper.ts";
import { type ConfigMending, mendStoreConfig } from "./mendStoreConfig.ts";
import { newSecretOf, secretOf } from "./secrets.ts";
import { type StoreRecord, storeSetting } from "./storeRecord.ts";

/** What the last use of the store told about it. */
type Condition = Pick<Store, "state" | "checkedAt" | "message">;
/** What is known of the store by itself. */
export type KnownStore = Condition & Pick<Store, "url" | "conditionalWrites" | "encrypted">;
const unchecked: Condition = { state: "unchecked", checkedAt: null, message: null };

const stateOfError = new Map<ErrorCode, Store["state"]>([
  ["STORE_UNREACHABLE", "unreachable"],
  ["STORE_DENIED", "denied"],
  ["STORE_BUCKET_MISSING", "missing"],
  ["STORE_READ_ONLY", "read-only"],
  ["REPOSITORY_LOCKED", "locked"],
]);

/** How a store is reached; given from outside, since it depends on the kinds of store there are. */
export interface StoreAccess {
  /** The store of a URL; its own `url` is the canonical form. @throws ForkpointError STORE_URL_INVALID */
  readonly openStore: (url: string) => BlobStore;
  /** Whether others than its owner keep what is in it, so that a new repository there is encrypted. */
  readonly isForeign: (url: string) => boolean;
  /** Prepares a store that was not in use before, where it needs that. @throws ForkpointError STORE_* */
  readonly setUp: (url: string) => Promise<void>;
  /** Tries what a repository needs and leaves nothing behind. @throws ForkpointError STORE_* */
  readonly probe: (
    store: BlobStore,
    options: { signal: AbortSignal },
  ) => Promise<{ conditionalWrites: boolean }>;
}

/** What a person chose for a store that is set. */
export interface StoreChoice {
  readonly url: string;
  /** Whether a new repository is encrypted, and one that is there must be. Left out: as the store suggests. */
  readonly encrypt?: boolean | undefined;
  /** What opens it, or is to. */
  readonly secret?: Secret | undefined;
  /** Keeps its key where there is no keyring, too. */
  readonly remember?: boolean | undefined;
}

/** A store that was proven usable and holds a repository, before it is the machine's. */
export interface Candidate {
  readonly record: StoreRecord;
  readonly repository: Repository;
  /** Whether it is another one than before, which has none of this machine's entries for sure. */
  readonly isOther: boolean;
  /** The repository of the store before, when this is another. */
  readonly replaced: string | null;
}

/** A repository that is open, or is being opened. */
interface Opening {
  readonly repository: Promise<Repository>;
  /** Gives up opening it. */
  readonly abort: () => void;
}

/** Which store this machine uses, how it was found to be, and the repository in it once it is needed. */
export class StoreKeeper {
  readonly #settings: Settings;
  readonly #access: StoreAccess;
  readonly #clock: Clock;
  readonly #keys: KeyKeeper;
  readonly #cacheDirectory: string;
  readonly #changed: () => void;
  #condition: Condition = unchecked;
  #opening: Opening | null = null;

  /** @param parts.changed is told whenever `show` would say something else */
  constructor(parts: {
    settings: Settings;
    access: StoreAccess;
    clock: Clock;
    keys: KeyKeeper;
    home: string;
    changed: () => void;
  }) {
    this.#settings = parts.settings;
    this.#access = parts.access;
    this.#clock = parts.clock;
    this.#keys = parts.keys;
    this.#cacheDirectory = join(parts.home, "cache");
    this.#changed = parts.changed;
  }

  get isSet(): boolean {
    return this.#settings.get(storeSetting) !== undefined;
  }

  show(): KnownStore | null {
    const record = this.#settings.get(storeSetting);
    if (!record) return null;
    const { url, conditionalWrites, encrypted } = record;
    return { url, conditionalWrites, encrypted, ...this.#condition };
  }

  /**
   * Proves that a store can be used and holds a repository, making one in an empty store.
   * @throws ForkpointError STORE_URL_INVALID, STORE_*, REPOSITORY_*, KEY_*, OBJECT_*, BAD_REQUEST
   */
  async prepare(
    { url, encrypt, secret, remember = false }: StoreChoice,
    signal: AbortSignal,
  ): Promise<Candidate> {
    const store = this.#openStore(url);
    const isEncrypted = encrypt ?? (secret !== undefined || this.#access.isForeign(url));
    if (!isEncrypted && secret) {
      throw new ForkpointError("BAD_REQUEST", "A plain store takes no passphrase.");
    }
    const old = this.#settings.get(storeSetting);
    // The present store was set up once; where it is gone, it must not be made anew in its place.
    if (old?.url !== store.url) await this.#access.setUp(url);
    const { conditionalWrites } = await this.#access.probe(store, { signal });
    const repository = await this.#open(store, conditionalWrites, {
      make: isEncrypted ? "encrypted" : "plain",
      mustBeEncrypted: encrypt === true,
      ...(secret ? { secret: newSecretOf(secret) } : {}),
      signal,
    });
    await this.#keepKey(repository, remember);
    const encrypted = repository.keys !== null;
    const record = { url: store.url, repositoryId: repository.id, conditionalWrites, encrypted };
    const isOther = old?.url !== record.url || old.repositoryId !== record.repositoryId;
    return { record, repository, isOther, replaced: changedFrom(old, record) };
  }

  /** Writes down that this is the machine's store; part of the caller's transaction. */
  record({ record }: Candidate): void {
    this.#settings.set(storeSetting, record);
  }

  /** Uses what was recorded from now on. */
  async use({ repository, replaced }: Omit<Candidate, "record" | "isOther">): Promise<void> {
    const old = this.#opening;
    this.#opening = { repository: Promise.resolve(repository), abort: () => undefined };
    this.#condition = { state: "ok", checkedAt: this.#timestamp(), message: null };
    if (replaced !== null) await this.#keys.forget(replaced);
    this.#changed();
    await closed(old);
  }

  /**
   * Opens the encrypted repository of the store with what a person gives.
   * @throws ForkpointError STORE_NOT_SET, REPOSITORY_PLAIN, KEY_WRONG, STORE_*, OBJECT_*
   */
  async unlock(secret: Secret, remember: boolean, signal: AbortSignal): Promise<void> {
    const record = this.#recorded();
    const repository = await this.#reopen(record, { secret: secretOf(secret), signal });
    await this.#keepKey(repository, remember);
    await this.use({ repository, replaced: null });
  }

  /** Forgets the key on this machine, in memory and wherever it was kept. @throws ForkpointError REPOSITORY_PLAIN */
  async lock(): Promise<void> {
    const record = this.#recorded();
    if (!record.encrypted) throw new ForkpointError("REPOSITORY_PLAIN", "A plain store cannot be locked.");
    await this.#keys.forget(record.repositoryId);
    await this.#forgetRepository();
    this.noteFailure(locked());
  }

  /** Finds out whether the key of an encrypted store is at hand, without looking into the store. */
  async noteLock(): Promise<void> {
    const record = this.#settings.get(storeSetting);
    if (!record?.encrypted || (await this.#keys.recall(record.repositoryId))) return;
    if (this.#condition === unchecked) this.noteFailure(locked());
  }

  /** Looks whether the store can be used now, and says what it found. @throws ForkpointError STORE_NOT_SET */
  async check(signal: AbortSignal): Promise<KnownStore> {
    const record = this.#recorded();
    try {
      const store = this.#openStore(record.url);
      const { conditionalWrites } = await this.#access.probe(store, { signal });
      if (conditionalWrites !== record.conditionalWrites) {
        this.#settings.set(storeSetting, { ...record, conditionalWrites });
        await this.#forgetRepository();
      }
      await this.repository(signal);
      this.noteSuccess();
    } catch (thrown) {
      if (signal.aborted || !this.noteFailure(thrown)) throw thrown;
    }
    const shown = this.show();
    if (!shown) throw notSet();
    return shown;
  }

  /**
   * The repository in the store, opened when first needed. Whoever is cancelled meanwhile leaves it to be
   * opened for others.
   * @throws ForkpointError STORE_NOT_SET, STORE_*, REPOSITORY_LOCKED, REPOSITORY_NEWER, OBJECT_*
   */
  async repository(signal: AbortSignal): Promise<Repository> {
    this.#opening ??= this.#startOpening(this.#recorded());
    return orAborted(this.#opening.repository, signal);
  }

  /**
   * Writes the config of the repository again, when it cannot be read; see `mendStoreConfig`. With a secret the
   * repository is open afterwards, unless its config is still to be written.
   * @returns what was wrong with it; null when nothing was
   * @throws ForkpointError STORE_NOT_SET, REPOSITORY_LOCKED, KEY_WRONG, OBJECT_*, STORE_*
   */
  async mendConfig(how: ConfigMending, signal: AbortSignal): Promise<string | null> {
    const record = this.#recorded();
    const store = this.#openStore(record.url);
    const problem = await mendStoreConfig(
      { store, record, keys: this.#keys, clock: this.#clock },
      how,
      signal,
    );
    if (how.secret && (problem === null || !how.dryRun)) await this.unlock(how.secret, false, signal);
    return problem;
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
    await this.#forgetRepository();
  }

  #startOpening(record: StoreRecord): Opening {
    const abort = new AbortController();
    const opening: Opening = {
      repository: this.#reopen(record, { signal: abort.signal }),
      abort: () => abort.abort(),
    };
    // The next who needs it tries again.
    opening.repository.catch(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    return opening;
  }

  #openStore(url: string): BlobStore {
    return new PromptBlobStore(this.#access.openStore(url));
  }

  async #reopen(record: StoreRecord, how: Pick<OpenMode, "secret" | "signal">): Promise<Repository> {
    const store = this.#openStore(record.url);
    const mode = { make: null, mustBeEncrypted: record.encrypted, ...how };
    const repository = await this.#open(store, record.conditionalWrites, mode);
    if (repository.id === record.repositoryId) return repository;
    repository.close();
    throw new ForkpointError("OBJECT_MISSING", `The store ${record.url} holds another repository by now.`, {
      hint: "Set the store again with `forkpoint store set URL`; every snapshot is then pushed anew.",
    });
  }

  #open(store: BlobStore, conditionalWrites: boolean, mode: Omit<OpenMode, "recall">) {
    const [cacheDirectory, clock] = [this.#cacheDirectory, this.#clock];
    const recall = (repositoryId: string) => this.#keys.recall(repositoryId);
    return Repository.open({ store, cacheDirectory, conditionalWrites, clock }, { ...mode, recall });
  }

  /** Before the repository is used: what was asked for is done, or nothing is. */
  async #keepKey(repository: Repository, remember: boolean): Promise<void> {
    try {
      if (repository.keys) await this.#keys.keep(repository.id, repository.keys.master, remember);
    } catch (thrown) {
      repository.close();
      throw thrown;
    }
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
    const record = this.#settings.get(storeSetting);
    if (!record) throw notSet();
    return record;
  }

  #timestamp(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

async function closed(opening: Opening | null): Promise<void> {
  // One that could not be opened has nothing to close; its failure went to whoever asked for it.
  opening?.abort();
  const repository = await opening?.repository.catch(() => null);
  repository?.close();
}

function changedFrom(old: StoreRecord | undefined, { repositoryId }: StoreRecord): string | null {
  return old && old.repositoryId !== repositoryId ? old.repositoryId : null;
}

function locked(): ForkpointError {
  return new ForkpointError(
    "REPOSITORY_LOCKED",
    "The store is locked: its passphrase or key file is needed.",
  );
}

function notSet(): ForkpointError {
  return new ForkpointError("STORE_NOT_SET", "No store is set.");
}
