import type { ActRow, Acts } from "../../catalog/acts.ts";
import type { Entries } from "../../catalog/entries.ts";
import type { Act } from "../../protocol/entry.ts";

/** Acts as clients see them: they name only entries that are there. */
export class ActViews {
  readonly #acts: Acts;
  readonly #entries: Entries;

  constructor(parts: { readonly acts: Acts; readonly entries: Entries }) {
    this.#acts = parts.acts;
    this.#entries = parts.entries;
  }

  /** What led to an entry, or else what it was taken before. */
  ofEntry(projectId: string, snapshotId: string): Act | null {
    const act = this.#acts.ofEntry(projectId, snapshotId);
    return act ? this.of(act) : null;
  }

  of(act: ActRow): Act {
    const living = (id: string | null) =>
      id !== null && this.#entries.isLiving(act.projectId, id) ? id : null;
    return {
      actId: act.actId,
      cause: act.cause,
      what: act.what,
      outcome: act.outcome,
      exitCode: act.exitCode,
      beganAt: new Date(act.beganAt).toISOString(),
      endedAt: act.endedAt === null ? null : new Date(act.endedAt).toISOString(),
      beforeId: living(act.beforeId),
      afterId: living(act.afterId),
      change: act.change,
    };
  }
}
