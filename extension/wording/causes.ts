import type { Cause, Entry } from "../../agent/protocol/entities.ts";

/** What a person reads for an entry nobody named. */
export const causeSentences = {
  manual: "Snapshot",
  timer: "Automatic snapshot",
  guard: "Before a restore",
  restore: "Restored",
  fork: "Forked",
  import: "Imported",
  pull: "Pulled from the store",
} as const satisfies Record<Cause, string>;

/** Why an entry of this cause exists, for tooltips and the details pane. */
export const causeReasons = {
  manual: "Someone asked for it.",
  timer: "The workspace had changed since the snapshot before.",
  guard: "Taken just before a restore, so that the restore can be undone.",
  restore: "The workspace was made equal to an earlier snapshot.",
  fork: "The fork began here.",
  import: "The folder came under Forkpoint here.",
  pull: "Rebuilt from the store.",
} as const satisfies Record<Cause, string>;

/** Names of product icons (codicons). */
export const causeIcons = {
  manual: "device-camera",
  timer: "watch",
  guard: "shield",
  restore: "history",
  fork: "repo-forked",
  import: "folder-library",
  pull: "cloud-download",
} as const satisfies Record<Cause, string>;

/** The name an entry goes by: its label, or else what made it. */
export function entryTitle(entry: Pick<Entry, "label" | "cause">): string {
  return entry.label?.trim() || causeSentences[entry.cause];
}
