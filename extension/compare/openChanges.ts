import * as vscode from "vscode";
import type { Change } from "../../agent/protocol/entities.ts";
import { quietFolderOf } from "../../agent/protocol/quietFolders.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { changeWords, modeText } from "../wording/changes.ts";
import { count } from "../wording/counts.ts";
import { formatBytes } from "../wording/sizes.ts";
import { changeSides, nothing } from "./changeSides.ts";
import type { ChangeNode } from "./changeTree.ts";
import { type ChangesTree, quietFolders } from "./changesTree.ts";
import { type Comparison, comparisonTitle } from "./comparison.ts";
import { largestShownBytes } from "./snapshotFiles.ts";

/** More files than this make the editor's view of many files slow to open. */
const mostAtOnce = 150;
/** Larger files open one at a time. */
const largestAtOnce = 2 * 1024 * 1024;

/** Opens the changes of the comparison at hand as text differences. */
export class OpenChanges {
  readonly #session: ProjectSession;
  readonly #tree: ChangesTree;

  constructor(session: ProjectSession, tree: ChangesTree) {
    this.#session = session;
    this.#tree = tree;
  }

  async one(node: ChangeNode | undefined): Promise<void> {
    const comparison = this.#comparison();
    const change = node?.change;
    if (!change) throw new NextStep("Choose a file in the Changes view.");
    const refusal = whyNotShown(change);
    if (refusal) throw new NextStep(refusal);
    const { location } = await this.#session.require();
    const { before, after } = changeSides(comparison, change, location);
    for (const side of [before, after]) await refuseLarge(side, change);
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
    const quiet = this.#tree.isFolded ? quietFolders() : [];
    const shown = comparison.changes.filter(
      (change) =>
        change.type === "file" &&
        change.kind !== "metadata" &&
        (change.size ?? 0) <= largestAtOnce &&
        quietFolderOf(change.path, quiet) === null,
    );
    const files = shown.slice(0, mostAtOnce);
    if (files.length === 0) {
      throw new NextStep("None of these changes can be shown side by side. Open one from the Changes view.");
    }
    await vscode.commands.executeCommand(
      "vscode.changes",
      comparisonTitle(comparison),
      files.map((change) => {
        const { before, after } = changeSides(comparison, change, location);
        return [after ?? nothing(comparison, change), before ?? undefined, after ?? undefined];
      }),
    );
    const left = comparison.changes.length - files.length;
    if (left > 0) {
      vscode.window.setStatusBarMessage(
        `$(info) ${count(left, "change")} not shown here: ${["folders", "large files", ...quiet].join(", ")}`,
        8000,
      );
    }
  }

  #comparison(): Comparison {
    const { comparison } = this.#tree;
    if (comparison) return comparison;
    throw new NextStep("Compare something first.", "forkpoint.compareWithNow", "forkpoint.compareEntries");
  }
}

/** The size of a change is that of its newer side; the older one may be too large as well, or gone by now. */
async function refuseLarge(side: vscode.Uri | null, { path }: Change): Promise<void> {
  if (!side) return;
  let size: number;
  try {
    ({ size } = await vscode.workspace.fs.stat(side));
  } catch {
    throw new NextStep(
      `${path} cannot be opened: the snapshot or the file is not there any more. Compare again.`,
      "forkpoint.compareEntries",
    );
  }
  if (size <= largestShownBytes) return;
  throw new NextStep(`One side of ${path} has ${formatBytes(size)}, which is too large to show.`);
}

/** Why a change has no text to compare, as a sentence; null when it has. */
export function whyNotShown(change: Change): string | null {
  const { word } = changeWords[change.kind];
  if (change.kind === "metadata" && change.modes) {
    return `Only the permissions of ${change.path} differ: ${modeText(change.modes)}.`;
  }
  if (change.kind === "metadata") return `Only the owner, permissions or times of ${change.path} differ.`;
  if (change.type === "directory") return `The folder ${change.path} was ${word}.`;
  if (change.size !== null && change.size > largestShownBytes) {
    return `${change.path} was ${word}. At ${formatBytes(change.size)} it is too large to show.`;
  }
  return null;
}
