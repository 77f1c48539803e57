import type { LongCall } from "../../host/longCall.ts";
import type { RemoteProject } from "../../protocol/store.ts";
import type { Repository } from "../../repository/repository.ts";
import type { StoreKeeper } from "../store/storeKeeper.ts";
import { pullSnapshot, type Pulled, type PullRequest, type PullTools } from "./pull.ts";
import { RemoteFiles } from "./remoteFiles.ts";
import { RemoteProjects, type FoundRemote } from "./remoteProjects.ts";

/** What the store holds, for reading: projects, snapshots and their files. */
export class RemoteCopies {
  readonly #store: StoreKeeper;
  readonly #tools: Omit<PullTools, "repository">;

  constructor(store: StoreKeeper, tools: Omit<PullTools, "repository">) {
    this.#store = store;
    this.#tools = tools;
  }

  /** @throws ForkpointError STORE_NOT_SET, STORE_*, OBJECT_* */
  async projects(call: LongCall): Promise<RemoteProject[]> {
    const { log } = this.#tools;
    return this.#using(call, (repository, { signal }) => new RemoteProjects(repository, log, signal).list());
  }

  /**
   * A snapshot in the store: the head of a project, or the one named.
   * @param name the project's slug or id in the store
   * @param snapshotId an id, or at least four characters of its beginning
   * @throws ForkpointError PROJECT_NOT_FOUND, SNAPSHOT_NOT_FOUND, STORE_NOT_SET, STORE_*, OBJECT_*
   */
  async find(name: string, snapshotId: string | undefined, call: LongCall): Promise<FoundRemote> {
    const { log } = this.#tools;
    return this.#using(call, (repository, { signal }) =>
      new RemoteProjects(repository, log, signal).find(name, snapshotId),
    );
  }

  /** Reads single files of snapshots. @throws ForkpointError STORE_NOT_SET, and what `work` throws */
  files<T>(call: LongCall, work: (files: RemoteFiles) => Promise<T>): Promise<T> {
    return this.#using(call, (repository, { signal }) => work(new RemoteFiles(repository, signal)));
  }

  /** Rebuilds a snapshot; see `pullSnapshot`. @throws ForkpointError also STORE_NOT_SET */
  async pull(request: PullRequest, call: LongCall): Promise<Pulled> {
    return this.#using(call, (repository, during) =>
      pullSnapshot(request, { ...this.#tools, repository }, during),
    );
  }

  async #using<T>(call: LongCall, work: (repository: Repository, call: LongCall) => Promise<T>): Promise<T> {
    try {
      const repository = await this.#store.repository(call.signal);
      const result = await repository.during(call.signal, (signal) => work(repository, { ...call, signal }));
      this.#store.noteSuccess();
      return result;
    } catch (thrown) {
      this.#store.noteFailure(thrown);
      throw thrown;
    }
  }
}
