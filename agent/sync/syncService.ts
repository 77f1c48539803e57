import type { TransferRates } from "../blobstore/byteRate.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Entries } from "../catalog/entries.ts";
import type { EntryRow } from "../catalog/entryRow.ts";
import type { Pools } from "../catalog/pools.ts";
import type { ProjectRow, Projects } from "../catalog/projects.ts";
import type { Settings } from "../catalog/settings.ts";
import type { Announce } from "../host/announce.ts";
import type { Clock } from "../host/clock.ts";
import type { CrashPoint } from "../host/crashPoints.ts";
import type { Log } from "../host/log.ts";
import type { LongCall } from "../host/longCall.ts";
import type { Processes } from "../host/processes.ts";
import type { Secret, Store } from "../protocol/store.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { Btrfs } from "../volumes/btrfs.ts";
import type { Privileged } from "../volumes/privileged/privileged.ts";
import { EntryPusher } from "./push/entryPusher.ts";
import { GcSchedule } from "./care/gcSchedule.ts";
import { KeyFolder } from "./store/keyFolder.ts";
import { KeyKeeper } from "./store/keyKeeper.ts";
import { Keyring } from "./store/keyring.ts";
import { machineId } from "./machineId.ts";
import type { Pulled, PullRequest } from "./pull/pull.ts";
import { PullRelatives } from "./pull/pullRelatives.ts";
import { PushBases } from "./push/pushBase.ts";
import { PushQueue } from "./push/pushQueue.ts";
import { RemoteCopies } from "./pull/remoteCopies.ts";
import { snapshotOnDisk } from "./snapshotOnDisk.ts";
import { StoreCare } from "./care/storeCare.ts";
import { StoreKeeper, type StoreAccess, type StoreChoice } from "./store/storeKeeper.ts";
import { StoreKeys } from "./store/storeKeys.ts";
import { syncStatus, type SyncStatus } from "./syncStatus.ts";
import { TransferControl } from "./transferControl.ts";

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
  /** What the stores of `access` may send and fetch; set from what was chosen. */
  readonly rates: TransferRates;
  /** The health of this project, or with null of the machine, may have changed. */
  readonly healthChanged: (projectId: string | null) => void;
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
  /** What the store holds, for reading. */
  readonly remote: RemoteCopies;
  readonly #gcSchedule: GcSchedule;
  readonly #transfers: TransferControl;
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
    this.#transfers = new TransferControl({ ...parts, queue: this.#queue, changed });
    this.remote = new RemoteCopies(store, { ...parts, relatives: this.#relatives });
    this.care = new StoreCare({
      ...parts,
      machineId: id,
      repository: (signal) => store.repository(signal),
      mendConfig: (how, signal) => store.mendConfig(how, signal),
      wake: (projectId) => this.#queue.resume(projectId),
      collected: (report) => this.#gcSchedule.noteSuccess(report),
      // While pushing is paused, what is to be pushed again waits for that, and nobody for it.
      pushed: (projectId, call) =>
        this.#transfers.settings.paused ? Promise.resolve() : this.#queue.finished(projectId, call),
      onDisk: async (entry) => {
        const project = parts.projects.byId(entry.projectId);
        return project ? snapshotOnDisk(parts, project, entry) : null;
      },
    });
    this.#gcSchedule = new GcSchedule({
      ...parts,
      changed,
      isFree: () =>
        store.isSet && !this.#transfers.settings.paused && !this.#queue.hasWork() && !this.care.isBusy,
      collect: (graceHours, call) => this.care.gc({ dryRun: false, retention: {}, graceHours }, call),
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
    await this.#transfers.whileShut(async () => {
      catalog.transaction(() => {
        this.#store.record(candidate);
        if (!candidate.isOther) return;
        entries.forgetStored();
        projects.forgetStored();
      });
      await this.#store.use(candidate);
    });
    if (candidate.isOther) {
      this.#gcSchedule.forget();
      for (const { projectId } of projects.list()) announce("changed/timeline", { projectId });
    }
    return this.#shown();
  }

  showStore(): Store | null {
    const store = this.#store.show();
    const { paused, ...limits } = this.#transfers.settings;
    return store && { ...store, paused, limits, tidying: this.#gcSchedule.show() };
  }

  /**
   * Stops pushing until `resume`, also after a start; resolves once no push is under way any more. What was
   * sent is used when pushing goes on, and everything else that concerns the store goes on meanwhile.
   * @throws ForkpointError STORE_NOT_SET
   */
  async pause(): Promise<Store> {
    this.#shown();
    await this.#transfers.pause();
    return this.#shown();
  }

  /**
   * Limits what is sent to the store and fetched from it, by all transfers together and from now on; an object
   * that is under way without a limit ends without one.
   * @param limits bytes a second; null for as many as there are, and what is left out stays
   * @throws ForkpointError STORE_NOT_SET
   */
  limit(limits: { readonly upload?: number | null; readonly download?: number | null }): Store {
    this.#shown();
    this.#transfers.limit(limits);
    return this.#shown();
  }

  /**
   * Has the store tidied by itself.
   * @param everyHours null for never; absent changes nothing
   * @throws ForkpointError STORE_NOT_SET
   */
  scheduleGc(everyHours: number | null | undefined): Store {
    this.#shown();
    if (everyHours !== undefined) this.#gcSchedule.change(everyHours);
    return this.#shown();
  }

  /** Pushes what waits, and whatever comes. @throws ForkpointError STORE_NOT_SET */
  resume(): Store {
    this.#shown();
    this.#transfers.resume();
    return this.#shown();
  }

  /** Looks whether the store can be used now; uploads that waited for it go on. @throws ForkpointError STORE_NOT_SET */
  async checkStore(call: LongCall): Promise<Store> {
    const { state } = await this.#store.check(call.signal);
    if (state === "ok") this.#wakeAll();
    return this.#shown();
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
    await this.#transfers.whileShut(() => this.#store.lock());
    return this.#shown();
  }

  /** Rebuilds a snapshot from the store; see `RemoteCopies`. */
  pull(request: PullRequest, call: LongCall): Promise<Pulled> {
    return this.remote.pull(request, call);
  }

  /** There may be something to push. */
  wake(projectId: string): void {
    this.#queue.wake(projectId);
  }

  /**
   * Pushes what is not in the store yet, also after a conflict; with `wait` until all that is there now
   * is durable. The uploads belong to the agent: a caller who leaves does not stop them.
   * @throws ForkpointError STORE_NOT_SET, PUSH_PAUSED, CANCELLED, and with `wait` whatever kept an entry from it
   */
  async push(
    { projectId }: ProjectRow,
    { wait }: { readonly wait: boolean },
    call: LongCall,
  ): Promise<{ pending: number; pushed: EntryRow[] }> {
    const { entries } = this.#parts;
    this.#shown();
    const wanted = entries.notDurable(projectId);
    this.#transfers.assertPushes(wanted.length);
    this.#queue.resume(projectId);
    if (wait) {
      await this.#queue.finished(projectId, call);
      this.#transfers.assertPushes(entries.countNotDurable(projectId));
    }
    const left = new Set(entries.notDurable(projectId));
    const pushed = wanted.flatMap((snapshotId) =>
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
    return syncStatus(this.#parts, this.#queue, projectId);
  }

  isUploading(): boolean {
    return this.#queue.isUploading();
  }

  /** Whether an upload is under way or will be tried again, or the store is being tidied by itself. */
  hasWork(): boolean {
    return this.#queue.hasWork() || this.#gcSchedule.isRunning;
  }

  /** Lets uploads run; to be called once what was interrupted has been recovered. */
  start(): void {
    this.#transfers.start();
    this.#gcSchedule.start();
    this.#looking = this.#store.noteLock().catch((thrown: unknown) => {
      this.#parts.log.warn("the key of the store cannot be read", { reason: String(thrown) });
    });
  }

  /** Cancels the uploads and resolves when none runs any more. The next start goes on with them. */
  async close(): Promise<void> {
    this.#transfers.stop();
    await this.#gcSchedule.close();
    await this.#queue.shut();
    await this.#looking;
    await this.#store.close();
  }

  #wakeAll(): void {
    for (const { projectId } of this.#parts.projects.list()) this.#queue.wake(projectId);
  }

  #shown(): Store {
    const store = this.showStore();
    if (!store) throw new ForkpointError("STORE_NOT_SET", "No store is set.");
    return store;
  }
}
