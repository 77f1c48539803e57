import type { CommandId } from "./commandTitles.ts";

/** What changes the open folder, its timeline or its forks. */
export const actingCommands: ReadonlySet<CommandId> = new Set<CommandId>([
  "forkpoint.takeSnapshot",
  "forkpoint.takeSnapshotWithNote",
  "forkpoint.takePinnedSnapshot",
  "forkpoint.renameSnapshot",
  "forkpoint.editNote",
  "forkpoint.pinSnapshot",
  "forkpoint.unpinSnapshot",
  "forkpoint.deleteSnapshot",
  "forkpoint.deleteSnapshots",
  "forkpoint.restoreWorkspace",
  "forkpoint.restorePaths",
  "forkpoint.undoRestore",
  "forkpoint.undoOperation",
  "forkpoint.restoreChange",
  "forkpoint.restoreVersion",
  "forkpoint.restoreBefore",
  "forkpoint.forkFromNow",
  "forkpoint.forkFromEntry",
  "forkpoint.deleteFork",
  "forkpoint.importFolder",
]);
