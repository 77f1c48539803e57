import type { CrashPoint } from "../../host/crashPoints.ts";
import type { Digest } from "../digest.ts";
import { rewriteIndexes } from "../indexRewrite.ts";
import type { Repository } from "../repository.ts";
import { refused, refusing } from "./gcPlan.ts";
import type { GcState } from "./gcRecord.ts";
import { oldClaims } from "./oldClaims.ts";

/** What was deleted. */
export interface Deleted {
  readonly manifests: number;
  readonly packs: number;
  readonly bytes: number;
}

/** Deletions between two looks at the record. */
const deletionsAtOnce = 50;
/** How often the end is written down anew when others write the record meanwhile. */
const attempts = 20;

/** The third step of a collection: deletes what the record settles, and nothing else. Ended anywhere, the next run goes on. */
export class Deletion {
  readonly #parts: {
    readonly repository: Repository;
    readonly crashPoint: CrashPoint;
    readonly signal: AbortSignal;
    readonly pace: () => Promise<void> | undefined;
  };

  constructor(parts: {
    readonly repository: Repository;
    readonly crashPoint: CrashPoint;
    readonly signal: AbortSignal;
    /** Awaited often, so that a cancellation is noticed. */
    readonly pace: () => Promise<void> | undefined;
  }) {
    this.#parts = parts;
  }

  /** @throws ForkpointError GC_REFUSED when another machine does it meanwhile, STORE_* */
  async run(state: GcState): Promise<Deleted> {
    const { repository, crashPoint, signal } = this.#parts;
    const { objects } = repository;
    const goingPacks = new Set(state.packs);
    const present = new Map<Digest, number>();
    for await (const { id, size } of objects.packs(signal)) if (goingPacks.has(id)) present.set(id, size);

    const claimed = await oldClaims(repository, Infinity, signal);
    const isOurs = () => this.#isDeleting(state.cycle);
    await this.#inBatches(state.manifests, isOurs, async (name) => {
      const [projectId = "", id = ""] = name.split("/");
      await objects.removeManifest(projectId, id, signal);
      // Not before: without its claim it would be taken for a loss.
      if (claimed.has(name)) await objects.removeClaim(projectId, id, signal);
      crashPoint("gc:manifest-deleted");
    });
    crashPoint("gc:manifests-deleted");
    await refusing(() =>
      rewriteIndexes(
        {
          index: repository.index,
          change: (pack) => (goingPacks.has(pack.id) ? null : pack),
          before: async () => {
            if (!(await isOurs())) throw refused("another machine has done it meanwhile");
            crashPoint("gc:index");
          },
        },
        signal,
      ),
    );
    crashPoint("gc:indexes-rewritten");
    await this.#inBatches(state.packs, isOurs, async (id) => {
      await objects.removePack(id, signal);
      crashPoint("gc:pack-deleted");
    });
    crashPoint("gc:packs-deleted");
    await this.#finish(state.cycle);
    crashPoint("gc:finished");
    const bytes = [...present.values()].reduce((sum, size) => sum + size, 0);
    return { manifests: state.manifests.length, packs: present.size, bytes };
  }

  async #isDeleting(cycle: number): Promise<boolean> {
    const read = await this.#parts.repository.gc.read(this.#parts.signal);
    return read?.state.cycle === cycle && read.state.phase === "deleting";
  }

  /** A deletion is begun only shortly after the record was seen to ask for it. */
  async #inBatches(
    names: readonly string[],
    isOurs: () => Promise<boolean>,
    remove: (name: string) => Promise<void>,
  ): Promise<void> {
    for (let at = 0; at < names.length; at += deletionsAtOnce) {
      if (!(await isOurs())) throw refused("another machine has done it meanwhile");
      for (const name of names.slice(at, at + deletionsAtOnce)) {
        await remove(name);
        await this.#parts.pace();
      }
    }
  }

  async #finish(cycle: number): Promise<void> {
    const { repository, signal } = this.#parts;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const read = await repository.gc.read(signal);
      if (read?.state.cycle !== cycle || read.state.phase !== "deleting") return;
      const next = { ...read.state, phase: "idle" as const, condemnedAt: null, manifests: [], packs: [] };
      if (await repository.gc.replace(read, next, signal)) return;
    }
  }
}
