import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { ChangeNode } from "../compare/changeTree.ts";
import { showLinuxHelp } from "../connection/linuxHelp.ts";
import { showProblems } from "../support/problemsPage.ts";
import { showEntryActions } from "../timeline/entryActions.ts";
import type { Window } from "../window.ts";
import type { CommandId } from "./commandTitles.ts";

/** What a command is started on, and what else was selected then; both are the caller's to get right. */
type Command = (argument?: unknown, selected?: unknown) => unknown;

const walkthrough = "forkpoint.forkpoint#forkpoint.start";

/** Every command and what it does. */
export function commandTable(window: Window) {
  const { snapshots, restore, compare, forks, store, pools, agent, panels, timeline, projects } = window;
  return {
    "forkpoint.takeSnapshot": (wish) => snapshots.take(wish),
    "forkpoint.takeSnapshotWithNote": () => snapshots.takeWithNote(),
    "forkpoint.takePinnedSnapshot": () => snapshots.takePinned(),
    "forkpoint.renameSnapshot": (entry) => snapshots.rename(orFocused(window, entry)),
    "forkpoint.editNote": (entry) => snapshots.editNote(entry),
    "forkpoint.pinSnapshot": (entry) => snapshots.setPinned(entry, true),
    "forkpoint.unpinSnapshot": (entry) => snapshots.setPinned(entry, false),
    "forkpoint.deleteSnapshot": (entry, selected) =>
      snapshots.delete(orFocused(window, entry), selected ?? allFocused(window, entry)),
    "forkpoint.deleteSnapshots": () => snapshots.deleteSeveral(),
    "forkpoint.showRetention": () => window.retention.show(),
    "forkpoint.copySnapshotId": (entry) => snapshots.copyId(entry),
    "forkpoint.showEntryActions": (entry) => showEntryActions(window.session, timeline, entry),
    "forkpoint.loadMore": () => window.search.loadMore(),
    "forkpoint.searchTimeline": (wish) => window.searching.run(wish),
    "forkpoint.clearSearch": () => window.searching.clear(),
    "forkpoint.refresh": async () => {
      await window.session.requireAgent();
      await window.session.reload();
      timeline.refresh();
      projects.refresh();
    },

    "forkpoint.restoreWorkspace": (entry) => restore.workspace(entry),
    "forkpoint.restoreParts": (entry) => restore.parts(entry),
    "forkpoint.restorePaths": (path, selected) => window.paths.chosen(path, selected),
    "forkpoint.undoRestore": () => restore.undo(),
    "forkpoint.showOperations": () => window.operations.show(),
    "forkpoint.undoOperation": (operation) => window.operations.undo(operation),

    "forkpoint.showEntryChanges": (entry) => compare.showChanges(entry),
    "forkpoint.compareWithNow": (entry) => compare.withNow(entry),
    "forkpoint.compareWithPrevious": (entry) => compare.withPrevious(entry),
    "forkpoint.selectForCompare": (entry) => compare.select(entry),
    "forkpoint.compareWithSelected": (entry) => compare.withSelected(entry),
    "forkpoint.compareEntries": () => compare.two(),
    "forkpoint.openChange": (node) => window.openChanges.one(node as ChangeNode | undefined),
    "forkpoint.openAllChanges": () => window.openChanges.all(),
    "forkpoint.restoreChange": (node, selected) =>
      window.paths.fromComparison(node as ChangeNode | undefined, selected as ChangeNode[] | undefined),
    "forkpoint.unfoldChanges": () => window.changes.setFolded(false),
    "forkpoint.foldChanges": () => window.changes.setFolded(true),
    "forkpoint.closeComparison": () => window.changes.close(),
    "forkpoint.browseSnapshot": (entry) => window.browse.files(entry),
    "forkpoint.openSnapshotFolder": (entry) => window.browse.folder(entry),

    "forkpoint.showFileHistory": (path, selected) => window.history.show(path, selected),
    "forkpoint.findDeletedFiles": (folder) => window.history.findDeleted(folder),
    "forkpoint.pinFileHistory": () => window.history.setPinned(true),
    "forkpoint.followFileHistory": () => window.history.setPinned(false),
    "forkpoint.loadMoreVersions": () => window.fileHistory.loadMore(),
    "forkpoint.openVersion": (version) => window.versions.open(version),
    "forkpoint.compareVersionWithNow": (version) => window.versions.withNow(version),
    "forkpoint.compareVersionWithPrevious": (version) => window.versions.withPrevious(version),
    "forkpoint.selectVersion": (version) => window.versions.select(version),
    "forkpoint.compareVersionWithSelected": (version) => window.versions.withSelected(version),
    "forkpoint.restoreVersion": (version) => window.versions.restore(version),
    "forkpoint.saveVersionAs": (version) => window.versions.saveAs(version),
    "forkpoint.showLastGreen": () => window.lastGreen.show(),
    "forkpoint.restoreBefore": (entry) => window.actSides.restoreBefore(entry),
    "forkpoint.compareBeforeAfter": (entry) => window.actSides.compare(entry),

    "forkpoint.forkFromNow": (wish) => forks.fromNow(wish),
    "forkpoint.forkFromEntry": (entry) => forks.fromEntry(entry),
    "forkpoint.openFork": (project) => forks.open(project),
    "forkpoint.compareProject": async (project) =>
      compare.withProject(await forks.other(project, l10n.t("Compare which project with this workspace?"))),
    "forkpoint.deleteFork": (project) => forks.delete(project),

    "forkpoint.importFolder": () => window.importFolder.run(),
    "forkpoint.createPool": () => pools.create(),
    "forkpoint.adoptPool": () => pools.adopt(),
    "forkpoint.setUpHelper": () => window.helper.setUp(),

    "forkpoint.setStore": () => store.set(),
    "forkpoint.checkStore": () => store.check(),
    "forkpoint.unlockStore": () => window.storeLock.unlock(),
    "forkpoint.changePassphrase": () => window.storeLock.changePassphrase(),
    "forkpoint.pushNow": () => store.push(),
    "forkpoint.pausePush": () => store.pause(),
    "forkpoint.resumePush": () => store.resume(),
    "forkpoint.tidyStore": () => window.tidy.tidy(),
    "forkpoint.chooseStoreRetention": () => window.tidy.chooseRetention(),
    "forkpoint.scheduleTidying": () => window.tidy.schedule(),
    "forkpoint.verifyStore": () => window.repair.verify(),
    "forkpoint.repairStore": () => window.repair.repair(),
    "forkpoint.pullProject": () => window.pullProject.run(),

    "forkpoint.showTimelinePanel": () => panels.showTimeline(),
    "forkpoint.showHealth": () => panels.showHealth(),
    "forkpoint.doctor": () => window.doctor.run(),
    "forkpoint.showProblems": (code) => showProblems(window.extensionUri, code),
    "forkpoint.saveSupportBundle": () => window.support.show(),
    "forkpoint.showLog": () => window.log.show(),
    "forkpoint.startAgent": () => agent.start(),
    "forkpoint.restartAgent": () => agent.restart(),
    "forkpoint.stopAgent": () => agent.stop(),
    "forkpoint.showLinuxHelp": () => showLinuxHelp(),
    "forkpoint.manageTrust": () => vscode.commands.executeCommand("workbench.trust.manage"),
    "forkpoint.getStarted": () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", walkthrough),
  } satisfies Record<CommandId, Command> as Readonly<Record<CommandId, Command>>;
}

/** Keys pressed in the Timeline view say `{ focused: true }` instead of naming the row. */
function orFocused(window: Window, argument: unknown): unknown {
  return isByKey(argument) ? window.timelineView.selection[0] : argument;
}

/** All rows that were selected when a key was pressed. */
function allFocused(window: Window, argument: unknown): unknown {
  return isByKey(argument) ? window.timelineView.selection : undefined;
}

function isByKey(argument: unknown): boolean {
  return typeof argument === "object" && argument !== null && "focused" in argument;
}
