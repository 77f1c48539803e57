import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Change } from "../../agent/protocol/change.ts";
import { quietFolderOf } from "../../agent/protocol/quietFolders.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { modeText, summaryTotal } from "../wording/changes.ts";
import { plural } from "../wording/counts.ts";
import { formatBytes } from "../wording/sizes.ts";
import { changeSides, nothing, type Sides } from "./changeSides.ts";
import type { ChangeNode } from "./changeTree.ts";
import { type ChangesTree, quietFolders } from "./changesTree.ts";
import { type Comparison, comparisonTitle } from "./comparison.ts";
import { insteadOfShowing, isSmall, refuseLarge } from "./refuseLarge.ts";
import { largestShownBytes } from "./snapshotFiles.ts";

/** More files than this make the editor's view of many files slow to open. */
const mostAtOnce = 150;
/** Larger files open one at a time. */
const largestAtOnce = 2 * 1024 * 1024;

/** Opens the changes of the comparison at hand as text differences. */
export class OpenChanges {
  readonly #session: ProjectSession;
  readonly #timeline: Timeline;
  readonly #tree: ChangesTree;

  constructor(session: ProjectSession, timeline: Timeline, tree: ChangesTree) {
    this.#session = session;
    this.#timeline = timeline;
    this.#tree = tree;
  }

  async one(node: ChangeNode | undefined): Promise<void> {
    const comparison = this.#comparison();
    const change = node?.change;
    if (!change) throw new NextStep(l10n.t("Choose a file in the Changes view."));
    const refusal = whyNotShown(change);
    if (refusal !== null) throw new NextStep(refusal);
    const { location } = await this.#session.require();
    await this.#requireSides();
    const { before, after } = changeSides(comparison, change, location);
    // The size of a change is that of its newer side; the older one may be too large as well, or gone by now.
    for (const side of [before, after])
      if (side) await refuseLarge(side, change.path).catch(unlessThere(change));
    const name = change.path.split("/").at(-1) ?? change.path;
    await vscode.commands.executeCommand(
      "vscode.diff",
      before ?? nothing(comparison, change),
      after ?? nothing(comparison, change),
      `${name} (${comparisonTitle(comparison)})`,
      { preview: true },
    );
  }

  async all(): Promise<void> {
    const comparison = this.#comparison();
    const { location } = await this.#session.require();
    await this.#requireSides();
    const quiet = this.#tree.isFolded ? quietFolders() : [];
    const reasons = new Set<string>();
    const shown = comparison.changes.filter((change) => {
      const reason = whyLeftOut(change, quiet);
      if (reason !== null) reasons.add(reason);
      return reason === null;
    });
    const files: { change: Change; sides: Sides }[] = [];
    for (const change of shown.slice(0, mostAtOnce)) {
      const sides = changeSides(comparison, change, location);
      if ((await isSmall(sides.before, largestAtOnce)) && (await isSmall(sides.after, largestAtOnce)))
        files.push({ change, sides });
      else reasons.add(l10n.t("large files"));
    }
    if (files.length === 0) {
      throw new NextStep(
        l10n.t("None of these changes can be shown side by side. Open one from the Changes view."),
      );
    }
    await vscode.commands.executeCommand(
      "vscode.changes",
      comparisonTitle(comparison),
      files.map(({ change, sides: { before, after } }) => [
        after ?? nothing(comparison, change),
        before ?? undefined,
        after ?? undefined,
      ]),
    );
    const left = summaryTotal(comparison.summary) - files.length;
    if (left > 0) {
      if (shown.length > mostAtOnce)
        reasons.add(l10n.t("all but the first {most} files", { most: mostAtOnce }));
      const which = [...reasons].join(", ");
      const text = plural(
        left,
        "{count} change not shown here: {which}",
        "{count} changes not shown here: {which}",
        { which },
      );
      vscode.window.setStatusBarMessage(`$(info) ${text}`, 8000);
    }
  }

  /** @throws ForkpointError SNAPSHOT_NOT_FOUND when one that is compared was deleted since */
  async #requireSides(): Promise<void> {
    for (const snapshotId of this.#tree.snapshotIds) await this.#timeline.show(snapshotId);
  }

  #comparison(): Comparison {
    const { comparison } = this.#tree;
    if (comparison) return comparison;
    throw new NextStep(
      l10n.t("Compare something first."),
      "forkpoint.compareWithNow",
      "forkpoint.compareEntries",
    );
  }
}

/** Why a change is not among many that are shown at once, in a word or two; null when it is. */
function whyLeftOut({ type, kind, size, path }: Change, quiet: readonly string[]): string | null {
  if (quietFolderOf(path, quiet) !== null) return l10n.t("what tools write");
  if (type === "directory") return l10n.t("folders");
  if (type !== "file" || kind === "metadata") return l10n.t("what is no text");
  return (size ?? 0) > largestAtOnce ? l10n.t("large files") : null;
}

function unlessThere({ path }: Change) {
  return (thrown: unknown): never => {
    if (thrown instanceof NextStep) throw thrown;
    throw new NextStep(
      l10n.t("{path} cannot be opened: the snapshot or the file is not there any more. Compare again.", {
        path,
      }),
      "forkpoint.compareEntries",
    );
  };
}

type Told = Exclude<Change["kind"], "metadata">;

const folderSentences: Readonly<Record<Told, (path: string) => string>> = {
  added: (path) => l10n.t("The folder {path} was added.", { path }),
  modified: (path) => l10n.t("The folder {path} was changed.", { path }),
  removed: (path) => l10n.t("The folder {path} was removed.", { path }),
  renamed: (path) => l10n.t("The folder {path} was renamed.", { path }),
};

const largeSentences: Readonly<Record<Told, (path: string, size: string) => string>> = {
  added: (path, size) => l10n.t("{path} was added. At {size} it is too large to show.", { path, size }),
  modified: (path, size) => l10n.t("{path} was changed. At {size} it is too large to show.", { path, size }),
  removed: (path, size) => l10n.t("{path} was removed. At {size} it is too large to show.", { path, size }),
  renamed: (path, size) => l10n.t("{path} was renamed. At {size} it is too large to show.", { path, size }),
};

/** Why a change has no text to compare, as a sentence; null when it has. */
export function whyNotShown(change: Change): string | null {
  const { kind, path, modes, size } = change;
  if (kind === "metadata" && modes) {
    return l10n.t("Only the permissions of {path} differ: {modes}.", { path, modes: modeText(modes) });
  }
  if (kind === "metadata") return l10n.t("Only the owner, permissions or times of {path} differ.", { path });
  if (change.type === "directory") return folderSentences[kind](path);
  if (size !== null && size > largestShownBytes)
    return `${largeSentences[kind](path, formatBytes(size))} ${insteadOfShowing()}`;
  return null;
}
