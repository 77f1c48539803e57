import type { Digest } from "../digest.ts";
import type { IndexedPack } from "../indexFormat.ts";
import type { PackGuard } from "../packWriter.ts";
import type { GcState } from "./gcRecord.ts";
import type { Repository } from "../repository.ts";

/** Something the push relied on may have been deleted meanwhile: it is to be done again from the start. */
export class CollectedMeanwhile extends Error {
  constructor() {
    super("The store was tidied while the snapshot was pushed.");
    this.name = "CollectedMeanwhile";
  }
}

/**
 * What keeps a push and a collection that run at the same time from harming each other. To be opened before
 * the push reads any index or manifest, and to be settled after its manifest is written and before
 * anything calls it stored. FORMAT.md, "Garbage", has the argument.
 */
export class PushFence implements PackGuard {
  readonly #repository: Repository;
  readonly #signal: AbortSignal;
  /** The cycle at the beginning; 0 when nothing was ever collected. */
  readonly #cycle: number;
  readonly #manifests: ReadonlySet<string>;
  readonly avoid: ReadonlySet<Digest>;

  private constructor(repository: Repository, signal: AbortSignal, state: GcState | null) {
    this.#repository = repository;
    this.#signal = signal;
    this.#cycle = state?.cycle ?? 0;
    this.#manifests = new Set(state?.manifests);
    this.avoid = new Set(state?.packs);
  }

  static async open(repository: Repository, signal: AbortSignal): Promise<PushFence> {
    const read = await repository.gc.read(signal);
    return new PushFence(repository, signal, read?.state ?? null);
  }

  /** Whether manifests must be given names of their own. */
  get needsNonce(): boolean {
    return this.#cycle > 0;
  }

  /** Whether a manifest is about to go, so that nothing may be built upon it. */
  isCondemned(projectId: string, manifest: Digest): boolean {
    return this.#manifests.has(`${projectId}/${manifest}`);
  }

  /** @throws CollectedMeanwhile */
  readonly beforeIndex = async (packs: readonly IndexedPack[]): Promise<void> => {
    const state = (await this.#repository.gc.read(this.#signal))?.state;
    if (!this.#stillStands(state)) throw new CollectedMeanwhile();
    if (state && packs.some(({ id }) => state.packs.includes(id))) throw new CollectedMeanwhile();
  };

  /**
   * Looks whether all the push relied on is still there and will stay, and its manifest too.
   * @param written the manifest it wrote, as PROJECT/DIGEST; null when it was there and is the head
   * @throws CollectedMeanwhile
   */
  async settle(written: string | null): Promise<void> {
    for (;;) {
      const read = await this.#repository.gc.read(this.#signal);
      if (!this.#stillStands(read?.state)) throw new CollectedMeanwhile();
      // A decision may come before the ref and then finds nobody who wants it.
      if (written !== null && read?.state.manifests.includes(written)) throw new CollectedMeanwhile();
      if (!read || read.state.cycle === this.#cycle) return;
      // Condemned after the push had begun. Whoever decides what really goes must look at the manifests
      // once more, and this makes sure of it.
      if (await this.#repository.gc.replace(read, read.state, this.#signal)) return;
    }
  }

  /** Whether nothing can have been deleted that was not to be avoided from the start. */
  #stillStands(state: GcState | undefined): boolean {
    const cycle = state?.cycle ?? 0;
    return cycle === this.#cycle || (cycle === this.#cycle + 1 && state?.phase === "condemned");
  }
}
