/**
 * Every command, with the title the palette shows. package.json names the same ones (a test holds that),
 * and buttons in messages take their words from here.
 */
export const commandTitles = {
  "forkpoint.takeSnapshot": "Take Snapshot",
  "forkpoint.takeSnapshotWithNote": "Take Snapshot with Note…",
  "forkpoint.takePinnedSnapshot": "Take Pinned Snapshot…",
  "forkpoint.renameSnapshot": "Rename Snapshot…",
  "forkpoint.editNote": "Edit Note…",
  "forkpoint.pinSnapshot": "Pin Snapshot",
  "forkpoint.unpinSnapshot": "Unpin Snapshot",
  "forkpoint.deleteSnapshot": "Delete Snapshot…",
  "forkpoint.deleteSnapshots": "Delete Several Snapshots…",
  "forkpoint.copySnapshotId": "Copy Snapshot ID",
  "forkpoint.showEntryActions": "Show Snapshot Actions…",
  "forkpoint.loadMore": "Load More",
  "forkpoint.refresh": "Refresh",

  "forkpoint.restoreWorkspace": "Restore Workspace…",
  "forkpoint.restorePaths": "Restore File or Folder…",
  "forkpoint.undoRestore": "Undo Last Restore",

  "forkpoint.showEntryChanges": "Show What It Changed",
  "forkpoint.compareWithNow": "Compare with Now",
  "forkpoint.compareWithPrevious": "Compare with Previous",
  "forkpoint.selectForCompare": "Select for Compare",
  "forkpoint.compareWithSelected": "Compare with Selected",
  "forkpoint.compareEntries": "Compare Two Snapshots…",
  "forkpoint.openChange": "Open Change",
  "forkpoint.openAllChanges": "Open All Changes",
  "forkpoint.restoreChange": "Restore This Path…",
  "forkpoint.closeComparison": "Close Comparison",
  "forkpoint.browseSnapshot": "Browse Snapshot Files…",
  "forkpoint.openSnapshotFolder": "Open Snapshot Folder in New Window",

  "forkpoint.showLastGreen": "Show Last Green Snapshot…",
  "forkpoint.restoreBefore": "Restore to Before It…",
  "forkpoint.compareBeforeAfter": "Compare Before with After",

  "forkpoint.forkFromNow": "Fork from Now…",
  "forkpoint.forkFromEntry": "Fork from Snapshot…",
  "forkpoint.openFork": "Open Fork in New Window",
  "forkpoint.deleteFork": "Delete Fork…",

  "forkpoint.importFolder": "Import This Folder…",
  "forkpoint.createPool": "Create Pool…",
  "forkpoint.adoptPool": "Adopt Pool…",
  "forkpoint.setUpHelper": "Set Up Helper…",

  "forkpoint.setStore": "Set Store…",
  "forkpoint.checkStore": "Check Store",
  "forkpoint.unlockStore": "Unlock Store…",
  "forkpoint.changePassphrase": "Change Store Passphrase…",
  "forkpoint.pushNow": "Push Now",
  "forkpoint.pausePush": "Pause the Safe Copy",
  "forkpoint.resumePush": "Resume the Safe Copy",
  "forkpoint.pullProject": "Pull Project from Store…",

  "forkpoint.showTimelinePanel": "Show Timeline Panel",
  "forkpoint.showHealth": "Show Health",
  "forkpoint.doctor": "Run Doctor",
  "forkpoint.showLog": "Show Log",
  "forkpoint.startAgent": "Start Agent",
  "forkpoint.restartAgent": "Restart Agent",
  "forkpoint.stopAgent": "Stop Agent",
  "forkpoint.showLinuxHelp": "How to Open a Folder on Linux",
  "forkpoint.getStarted": "Get Started",
} as const;

export type CommandId = keyof typeof commandTitles;
