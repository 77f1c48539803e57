import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import { type CommandId, commandTitles } from "../commands/commandTitles.ts";
import { askOne } from "../feedback/ask.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { actAfter } from "../wording/acts.ts";
import { entryTitle } from "../wording/causes.ts";
import { chooseEntry } from "./chooseEntry.ts";
import type { Timeline } from "./timeline.ts";

/** Everything one can do with an entry, in the order in which it is wanted. */
const actions: readonly { command: CommandId; icon: string; offered?: (entry: Entry) => boolean }[] = [
  { command: "forkpoint.compareWithNow", icon: "diff" },
  { command: "forkpoint.restoreWorkspace", icon: "history" },
  { command: "forkpoint.restoreBefore", icon: "discard", offered: hasBefore },
  { command: "forkpoint.compareBeforeAfter", icon: "git-compare", offered: hasBefore },
  { command: "forkpoint.forkFromEntry", icon: "repo-forked" },
  {
    command: "forkpoint.compareWithPrevious",
    icon: "git-compare",
    offered: ({ parentId }) => parentId !== null,
  },
  { command: "forkpoint.browseSnapshot", icon: "folder-opened" },
  { command: "forkpoint.openSnapshotFolder", icon: "empty-window" },
  { command: "forkpoint.renameSnapshot", icon: "edit" },
  { command: "forkpoint.editNote", icon: "note" },
  { command: "forkpoint.pinSnapshot", icon: "pin", offered: ({ pinned }) => !pinned },
  { command: "forkpoint.unpinSnapshot", icon: "pinned", offered: ({ pinned }) => pinned },
  { command: "forkpoint.copySnapshotId", icon: "copy" },
  { command: "forkpoint.deleteSnapshot", icon: "trash", offered: ({ head, pinned }) => !head && !pinned },
];

function hasBefore(entry: Entry): boolean {
  return Boolean(actAfter(entry)?.beforeId);
}

/** Lists what can be done with an entry and does what is chosen. */
export async function showEntryActions(
  session: ProjectSession,
  timeline: Timeline,
  argument: unknown,
): Promise<void> {
  await session.require();
  const entry = await chooseEntry(timeline, argument, l10n.t("Which snapshot?"));
  const items = actions
    .filter(({ offered }) => offered?.(entry) ?? true)
    .map(({ command, icon }) => ({ label: `$(${icon}) ${commandTitles[command]}`, command }));
  const { command } = await askOne(items, {
    title: entryTitle(entry),
    placeHolder: l10n.t("What would you like to do?"),
  });
  await vscode.commands.executeCommand(command, { snapshotId: entry.snapshotId });
}
