import { open, rename, unlink } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { z } from "zod";
import type { IntentKind, Intents } from "../../catalog/intents.ts";
import type { PoolRow } from "../../catalog/pools.ts";
import { type Recoverer, recoverer } from "../../catalog/recoverer.ts";
import type { Clock } from "../../host/clock.ts";
import type { CrashPoint } from "../../host/crashPoints.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { Log } from "../../host/log.ts";
import type { Processes } from "../../host/processes.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import type { FolderCopy } from "../../volumes/folderCopy.ts";
import { volumePath } from "../../volumes/layout.ts";
import { currentAuthor } from "../author.ts";
import type { ImportedFrom } from "./importedFrom.ts";
import { isThere } from "../isThere.ts";
import { refuseUnmovable, refuseWriters } from "./movableSource.ts";
import { Birth, defaultSettings, type ProjectBirth } from "../projectBirth.ts";
import { ratedCall } from "./ratedCall.ts";
import type { SlugReservations } from "../slugReservations.ts";
import { asidePath, deleteAside, isLinkTo, linkInPlace, putBack } from "./sourceReplacement.ts";
import { readSourceState } from "./sourceState.ts";
import { undoFailed } from "../undoFailed.ts";

const Payload = Birth.extend({
  source: z.string(),
  /** The source's name while it waits for its deletion; null when it stays. */
  aside: z.string().nullable(),
  /** From here on the import is finished and not undone: the project is registered. */
  registered: z.boolean(),
});
type Payload = z.infer<typeof Payload>;

export const importIntent: IntentKind<Payload> = { kind: "import", payload: Payload };

/** What to import, as which project. */
export interface ImportRequest {
  /** A folder that `projectRoot` let pass and that is no subvolume of a pool. */
  readonly source: string;
  /** Derived from the folder's name when absent. */
  readonly slug: string | undefined;
  readonly pool: PoolRow;
  /** Whether the folder stays; if not, a link to the volume takes its place. */
  readonly copy: boolean;
}

/** Makes a project of a folder by copying it into a pool. */
export class FolderImport {
  readonly #intents: Intents;
  readonly #slugs: SlugReservations;
  readonly #birth: ProjectBirth;
  readonly #links: ImportedFrom;
  readonly #btrfs: Btrfs;
  readonly #copying: FolderCopy;
  readonly #processes: Processes;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #crashPoint: CrashPoint;

  constructor(parts: {
    intents: Intents;
    slugs: SlugReservations;
    birth: ProjectBirth;
    links: ImportedFrom;
    btrfs: Btrfs;
    folderCopy: FolderCopy;
    processes: Processes;
    clock: Clock;
    log: Log;
    crashPoint: CrashPoint;
  }) {
    this.#intents = parts.intents;
    this.#slugs = parts.slugs;
    this.#birth = parts.birth;
    this.#links = parts.links;
    this.#btrfs = parts.btrfs;
    this.#copying = parts.folderCopy;
    this.#processes = parts.processes;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#crashPoint = parts.crashPoint;
  }

  /**
   * Imports the folder and gives the new project's id. The source is not touched before its copy is
   * proven equal and has been snapshotted; when anything fails, it is as it was and nothing half made stays.
   * @throws ForkpointError SLUG_INVALID, SLUG_TAKEN, REFUSED_ROOT, OPEN_FILES, FILES_UNREADABLE, COPY_MISMATCH when the
   *   source changed meanwhile, POOL_FULL, POOL_READ_ONLY, CANCELLED
   */
  async run(request: ImportRequest, call: LongCall): Promise<string> {
    const { source, slug, pool } = request;
    const volumeOf = (each: string) => volumePath(pool.path, each);
    const reserved =
      slug === undefined
        ? await this.#slugs.like(basename(source), volumeOf)
        : await this.#slugs.exactly(slug, volumeOf);
    try {
      call.signal.throwIfAborted();
      const foreign = await this.#copying.checkRights(source, call.signal);
      if (foreign > 0) {
        this.#log.warn("entries of a folder belong to others and are imported as the user's own", {
          source,
          count: foreign,
        });
      }
      const state = await readSourceState(this.#processes, source, call);
      if (!request.copy) await refuseUnmovable(source, state);
      const birth = this.#birth.plan(pool, reserved.slug);
      const aside = request.copy ? null : asidePath(source, birth.projectId);
      const payload: Payload = { ...birth, source, aside, registered: false };
      const intentId = this.#intents.begin(importIntent, birth.projectId, payload, this.#clock.now());
      try {
        this.#crashPoint("import:intent");
        await this.#makeCopy(payload, call);
        await this.#checkUnchanged(payload, source, state.digest, call);
        call.signal.throwIfAborted();
        if (aside !== null) await this.#replace({ ...payload, aside }, state.digest, call);
        this.#register(payload, intentId);
      } catch (thrown) {
        await undoFailed(
          { kind: importIntent.kind, projectId: birth.projectId },
          () => this.#undo(payload, intentId),
          this.#log,
        );
        throw thrown;
      }
      this.#crashPoint("import:registered");
      await this.#finishLater(payload, intentId, call);
      return birth.projectId;
    } finally {
      reserved.release();
    }
  }

  /**
   * How start-up ends an import that was cut off: undone, or finished once the project is registered. A
   * copy whose source is gone becomes a project all the same.
   */
  get recoverer(): Recoverer {
    return recoverer(
      importIntent,
      async (payload, { intentId }) => {
        if (payload.registered) await this.#finish(payload, intentId);
        else if (await this.#isOnlyCopy(payload)) this.#register({ ...payload, aside: null }, intentId);
        else await this.#undo(payload, intentId);
      },
      (payload) => payload.poolId,
    );
  }

  /** Whether the source went away, with its disk for instance, after its copy was proven. */
  async #isOnlyCopy(payload: Payload): Promise<boolean> {
    const { source, aside } = payload;
    if ((await isThere(source)) || (aside !== null && (await isThere(aside)))) return false;
    return this.#birth.isSettled(payload);
  }

  /** From nothing to a proven volume in its place, with its first snapshot, all of it on the disk. */
  async #makeCopy(payload: Payload, call: LongCall): Promise<void> {
    const { source, staging } = payload;
    if (staging === null) throw new Error("An import needs a staging place.");
    const rated = ratedCall(call, this.#clock);
    let total: number | null = null;
    await this.#birth.prepare(payload);
    await this.#btrfs.createSubvolume(staging);
    await this.#copying.copy(
      { source, destination: staging },
      {
        signal: rated.signal,
        report(progress) {
          total = progress.total;
          rated.report(progress);
        },
      },
    );
    this.#crashPoint("import:copied");
    await this.#copying.proveEqual(
      { source, copy: staging },
      {
        signal: rated.signal,
        report: (progress) => {
          rated.report({ ...progress, total });
        },
      },
    );
    this.#crashPoint("import:proven");
    await this.#birth.settle(payload);
    this.#crashPoint("import:settled");
    await this.#birth.takeFirst(payload);
    await this.#btrfs.sync(payload.pool);
    this.#crashPoint("import:snapshot");
  }

  /** Puts the link where the source stood; the source waits beside it. */
  async #replace(
    payload: Payload & { aside: string },
    digest: string,
    call: Pick<LongCall, "signal">,
  ): Promise<void> {
    const { source, aside, volume } = payload;
    await refuseWriters(source);
    await rename(source, aside);
    this.#crashPoint("import:aside");
    // Programs reach it by its old name no more: what is still as it was now stays so, unless one holds it open.
    await refuseWriters(aside);
    await this.#checkUnchanged(payload, aside, digest, call);
    await linkInPlace(source, aside, volume);
    await syncFolder(dirname(source));
    this.#crashPoint("import:linked");
  }

  async #checkUnchanged(
    payload: Payload,
    at: string,
    digest: string,
    call: Pick<LongCall, "signal">,
  ): Promise<void> {
    const now = await readSourceState(this.#processes, at, call);
    if (now.digest === digest) return;
    throw new ForkpointError("COPY_MISMATCH", `Something in ${payload.source} changed while it was copied.`);
  }

  #register(payload: Payload, intentId: number): void {
    const origin = {
      cause: "import" as const,
      author: currentAuthor(),
      label: null,
      forkedFrom: null,
      settings: defaultSettings,
      manifestDigest: null,
      remoteHead: null,
      whole: true,
    };
    this.#birth.register(payload, origin, () => {
      if (payload.aside === null) {
        this.#intents.end(intentId);
        return;
      }
      this.#links.remember(payload.projectId, payload.source);
      this.#intents.update(importIntent, intentId, { ...payload, registered: true });
    });
  }

  /** The project is there, whatever becomes of the source's remains; start-up tries again. */
  async #finishLater(payload: Payload, intentId: number, call: LongCall): Promise<void> {
    if (payload.aside === null) return;
    call.report({ message: "Deleting the original", done: 0, total: null, unit: "steps", rate: null });
    try {
      await this.#finish(payload, intentId);
    } catch (thrown) {
      this.#log.error("an imported folder's original could not be deleted; start-up tries again", {
        aside: payload.aside,
        message: String(thrown),
      });
    }
  }

  async #finish(payload: Payload, intentId: number): Promise<void> {
    if (payload.aside !== null) await deleteAside(this.#processes, payload.aside);
    this.#crashPoint("import:deleted");
    this.#intents.end(intentId);
  }

  async #undo(payload: Payload, intentId: number): Promise<void> {
    const { source, aside, volume } = payload;
    if (aside !== null) {
      if (await isLinkTo(source, volume)) await unlink(source);
      await putBack(source, aside);
    }
    await this.#birth.undo(payload);
    this.#intents.end(intentId);
  }
}

/** Puts what was renamed and made in the folder on the disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
