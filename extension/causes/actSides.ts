import * as l10n from "@vscode/l10n";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { CompareCommands } from "../compare/compareCommands.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { RestoreCommands } from "../restore/restoreCommands.ts";
import { chooseEntry } from "../timeline/chooseEntry.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { actAfter } from "../wording/acts.ts";

/** What can be done with both sides of something that was done: the state before it, and the one after. */
export class ActSides {
  readonly #timeline: Timeline;
  readonly #compare: CompareCommands;
  readonly #restore: RestoreCommands;

  constructor(timeline: Timeline, compare: CompareCommands, restore: RestoreCommands) {
    this.#timeline = timeline;
    this.#compare = compare;
    this.#restore = restore;
  }

  async restoreBefore(argument: unknown) {
    const { beforeId } = await this.#sides(argument, l10n.t("Restore to before what?"));
    return this.#restore.workspace({ snapshotId: beforeId });
  }

  async compare(argument: unknown) {
    const { beforeId, afterId } = await this.#sides(argument, l10n.t("See what changed?"));
    return this.#compare.between(beforeId, afterId);
  }

  async #sides(argument: unknown, title: string): Promise<{ beforeId: string; afterId: string }> {
    const entry = await chooseEntry(this.#timeline, argument, title, hasBefore);
    const beforeId = actAfter(entry)?.beforeId;
    if (beforeId) return { beforeId, afterId: entry.snapshotId };
    throw new NextStep(l10n.t("The snapshot from before it is not in the timeline any more."));
  }
}

function hasBefore(entry: Entry): boolean {
  return Boolean(actAfter(entry)?.beforeId);
}
