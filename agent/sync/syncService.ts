import type { Catalog } from "../catalog/catalog.ts";
import type { Entries, EntryRow } from "../catalog/entries.ts";
import type { Pools } from "../catalog/pools.ts";
import type { ProjectRow, Projects } from "../catalog/projects.ts";
import type { Settings } from "../catalog/settings.ts";
import type { Announce } from "../host/announce.ts";
import type { Clock } from "../host/clock.ts";
import type { CrashPoint } from "../host/crashPoints.ts";
import type { Log } from "../host/log.ts";
import type { LongCall } from "../host/longCall.ts";
import type { Processes } from "../host/processes.ts";
import type { RemoteProject, Secret, Store } from "../protocol/entities.ts";
import { ForkpointError, type ErrorBody } from "../protocol/errors.ts";
import type { Repository } from "../repository/repository.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import type { Privileged } from "../volumes/privileged/privileged.ts";
import { EntryPusher } from "./entryPusher.ts";
import { KeyFolder } from "./keyFolder.ts";
import { KeyKeeper } from "./keyKeeper.ts";
import { Keyring } from "./keyring.ts";
import { machineId } from "./machineId.ts";
import { pullSnapshot, type Pulled, type PullRequest } from "./pull.ts";
import { PullRelatives } from "./pullRelatives.ts";
import { PushBases } from "./pushBase.ts";
import { PushQueue } from "./pushQueue.ts";
import { RemoteFiles } from "./remoteFiles.ts";
import { RemoteProjects, type FoundRemote } from "./remoteProjects.ts";
import { StoreCare } from "./storeCare.ts";
import { StoreKeeper, type StoreAccess, type StoreChoice } from "./storeKeeper.ts";
import { StoreKeys } from "./storeKeys.ts";

export interface SyncParts {
  readonly catalog: Catalog;
  readonly projects: Projects;
  readonly entries: Entries;
  readonly pools: Pools;
  readonly settings: Settings;
  readonly privileged: Privileged;
  readonly btrfs: Btrfs;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly log: Log;
  readonly announce: Announce;
  readonly crashPoint: CrashPoint;
  /** The agent's home; caches go below it. */
  readonly home: string;
  readonly access: StoreAccess;
  /** The health of this project, or with null of the machine, may have changed. */
  readonly healthChanged: (projectId: string | null) => void;
}

/** How far the copies of a project, or of all, have come. */
export interface SyncStatus {
  /** Entries that are not in the store yet. */
  readonly pending: number;
  readonly uploading: boolean;
  /** Milliseconds since 1970. */
  readonly lastPushAt: number | null;
  readonly pushError: ErrorBody | null;
}

/** The safe copy: which store, what is pushed to it, and what can be rebuilt from it. */
export class SyncService {
  readonly #parts: SyncParts;
  readonly #store: StoreKeeper;
  readonly #queue: PushQueue;
  readonly #relatives: PullRelatives;
  /** What opens the repository in the store. */
  readonly keys: StoreKeys;
  /** Verifies, mends and tidies what is in the store. */
  readonly care: StoreCare;
  #isStarted = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: SyncParts) {
    this.#parts = parts;
    const { healthChanged, announce } = parts;
    const changed = () => {
      announce("changed/machine", { what: "store" });
      healthChanged(null);
    };
    const keys = new KeyKeeper({ keyring: new Keyring(parts), files: new KeyFolder(parts.home) });
    const store = new StoreKeeper({ ...parts, keys, changed });
    const bases = new PushBases(parts);
    this.#relatives = new PullRelatives(parts);
    const id = machineId(parts.settings);
    const pusher = new EntryPusher({ ...parts, store, machineId: id });
    this.#store = store;
    this.keys = new StoreKeys(store);
    this.#queue = new PushQueue({
      ...parts,
      store,
      bases,
      pusher,
      pushed: (signal) => this.care.keep(signal),
    });
    this.care = new StoreCare({
      ...parts,
      machineId: id,
      repository: () => store.repository(),
      wake: (projectId) => this.#queue.resume(projectId),
      pushed: (projectId, call) => this.#queue.finished(projectId, call),
    });
  }

  /**
   * Makes the store of this URL the machine's own, once it was proven usable. In another store than
   * before nothing is known to be kept, so that every entry is pushed to it.
   * @throws ForkpointError STORE_*, REPOSITORY_*, KEY_*, OBJECT_*, BAD_REQUEST, CANCELLED
   */
  async setStore(choice: StoreChoice, call: LongCall): Promise<Store> {
    const { catalog, entries, projects, announce } = this.#parts;
    call.report({ message: "Checking the store", done: 0, total: null, unit: "steps", rate: null });
    const candidate = await this.#store.prepare(choice, call.signal);
    // Nothing that was sent to the old store may be noted as kept in the new one.
    await this.#queue.shut();
    try {
      catalog.transaction(() => {
        this.#store.record(candidate);
        if (!candidate.isOther) return;
        entries.forgetStored();
        projects.forgetStored();
      });
      await this.#store.use(candidate);
    } finally {
      if (this.#isStarted) this.#queue.open();
    }
    if (candidate.isOther) {
      for (const { projectId } of projects.list()) announce("changed/timeline", { projectId });
    }
    return this.#shown();
  }

  showStore(): Store | null {
    return this.#store.show();
  }

  /** Looks whether the store can be used now; uploads that waited for it go on. @throws ForkpointError STORE_NOT_SET */
  async checkStore(call: LongCall): Promise<Store> {
    const store = await this.#store.check(call.signal);
    if (store.state === "ok") this.#wakeAll();
    return store;
  }

  /**
   * Opens the encrypted repository of the store; uploads that waited for it go on.
   * @param remember keeps its key where there is no keyring, too
   * @throws ForkpointError STORE_NOT_SET, REPOSITORY_PLAIN, KEY_WRONG, STORE_*, OBJECT_*
   */
  async unlockStore(secret: Secret, remember: boolean, call: LongCall): Promise<Store> {
    await this.#store.unlock(secret, remember, call.signal);
    this.#wakeAll();
    return this.#shown();
  }

  /** Forgets the key of the store on this machine; uploads wait for it. @throws ForkpointError REPOSITORY_PLAIN */
  async lockStore(): Promise<Store> {
    await this.#queue.shut();
    try {
      await this.#store.lock();
    } finally {
      if (this.#isStarted) this.#queue.open();
    }
    return this.#shown();
  }

  /** @throws ForkpointError STORE_NOT_SET, STORE_*, OBJECT_* */
  async remoteProjects(call: LongCall): Promise<RemoteProject[]> {
    const { log } = this.#parts;
    return this.#using((repository) => new RemoteProjects(repository, log, call.signal).list());
  }

  /**
   * A snapshot in the store: the head of a project, or the one named.
   * @param name the project's slug or id in the store
   * @param snapshotId an id, or at least four characters of its beginning
   * @throws ForkpointError PROJECT_NOT_FOUND, SNAPSHOT_NOT_FOUND, STORE_NOT_SET, STORE_*, OBJECT_*
   */
  async findRemote(name: string, snapshotId: string | undefined, call: LongCall): Promise<FoundRemote> {
    const { log } = this.#parts;
    return this.#using((repository) =>
      new RemoteProjects(repository, log, call.signal).find(name, snapshotId),
    );
  }

  /** Reads single files of snapshots in the store. @throws ForkpointError STORE_NOT_SET, and what `work` throws */
  remoteFiles<T>({ signal }: LongCall, work: (files: RemoteFiles) => Promise<T>): Promise<T> {
    return this.#using((repository) => work(new RemoteFiles(repository, signal)));
  }

  /** Rebuilds a snapshot from the store; see `pullSnapshot`. @throws ForkpointError also STORE_NOT_SET */
  async pull(request: PullRequest, call: LongCall): Promise<Pulled> {
    const relatives = this.#relatives;
    return this.#using((repository) =>
      pullSnapshot(request, { ...this.#parts, repository, relatives }, call),
    );
  }

  /** There may be something to push. */
  wake(projectId: string): void {
    this.#queue.wake(projectId);
  }

  /**
   * Pushes what is not in the store yet, also after a conflict; with `wait` until all that is there now
   * is durable. The uploads belong to the agent: a caller who leaves does not stop them.
   * @throws ForkpointError STORE_NOT_SET, CANCELLED, and with `wait` whatever kept an entry from it
   */
  async push(
    { projectId }: ProjectRow,
    { wait }: { readonly wait: boolean },
    call: LongCall,
  ): Promise<{ pending: number; pushed: EntryRow[] }> {
    const { entries } = this.#parts;
    this.#shown();
    const wanted = entries.notDurable(projectId);
    this.#queue.resume(projectId);
    if (wait) await this.#queue.finished(projectId, call);
    const left = new Set(entries.notDurable(projectId).map(({ snapshotId }) => snapshotId));
    const pushed = wanted.flatMap(({ snapshotId }) =>
      left.has(snapshotId) ? [] : (entries.find(projectId, snapshotId) ?? []),
    );
    return { pending: left.size, pushed };
  }

  /**
   * Resolves once no upload and no pull reads the project's snapshots, or the one named; to be called before they
   * are deleted, and with the project's lock held.
   */
  async stopUploads(projectId: string, snapshotId?: string): Promise<void> {
    await Promise.all([
      this.#queue.release(projectId, snapshotId),
      this.#relatives.release(projectId, snapshotId),
    ]);
  }

  /** Of one project, or with null of all. */
  status(projectId: string | null): SyncStatus {
    const { entries, projects } = this.#parts;
    const rows = projects.list().filter((row) => projectId === null || row.projectId === projectId);
    const pushed = rows.flatMap(({ lastPushAt }) => (lastPushAt === null ? [] : [lastPushAt]));
    return {
      pending: rows.reduce((sum, row) => sum + entries.notDurable(row.projectId).length, 0),
      uploading: rows.some((row) => this.#queue.isUploading(row.projectId)),
      lastPushAt: pushed.length > 0 ? Math.max(...pushed) : null,
      pushError:
        rows.map((row) => this.#queue.errorOf(row.projectId)).find((error) => error !== null) ?? null,
    };
  }

  /** Whether an upload is under way or will be tried again. */
  hasWork(): boolean {
    return this.#queue.hasWork();
  }

  /** Lets uploads run; to be called once what was interrupted has been recovered. */
  start(): void {
    this.#isStarted = true;
    this.#queue.open();
    this.#looking = this.#store.noteLock().catch((thrown: unknown) => {
      this.#parts.log.warn("the key of the store cannot be read", { reason: String(thrown) });
    });
  }

  /** Cancels the uploads and resolves when none runs any more. The next start goes on with them. */
  async close(): Promise<void> {
    this.#isStarted = false;
    await this.#queue.shut();
    await this.#looking;
    await this.#store.close();
  }

  async #using<T>(work: (repository: Repository) => Promise<T>): Promise<T> {
    try {
      const result = await work(await this.#store.repository());
      this.#store.noteSuccess();
      return result;
    } catch (thrown) {
      this.#store.noteFailure(thrown);
      throw thrown;
    }
  }

  #wakeAll(): void {
    for (const { projectId } of this.#parts.projects.list()) this.#queue.wake(projectId);
  }

  #shown(): Store {
    const store = this.#store.show();
    if (!store) throw new ForkpointError("STORE_NOT_SET", "No store is set.");
    return store;
  }
}
