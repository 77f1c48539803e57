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
  git: "Git",
  install: "Install",
  test: "Tests",
  task: "Task",
  debug: "Debugging",
  terminal: "Command",
  deletion: "Deletion",
  assistant: "Assistant’s snapshot",
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
  git: "Git changed the files.",
  install: "Dependencies were installed.",
  test: "Tests ran.",
  task: "A task ran.",
  debug: "A program was debugged.",
  terminal: "A command ran.",
  deletion: "Files were deleted.",
  assistant: "A coding assistant was at work.",
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
  git: "git-branch",
  install: "package",
  test: "beaker",
  task: "tools",
  debug: "debug-alt",
  terminal: "terminal",
  deletion: "trash",
  assistant: "sparkle",
} as const satisfies Record<Cause, string>;

const longestRowTitle = 28;

type Named = Pick<Entry, "label" | "cause"> & Partial<Pick<Entry, "act" | "snapshotId">>;

/** The name an entry goes by: its label, or else what was done, or else what made it; a restore is called one always. */
export function entryTitle(entry: Named): string {
  const label = entry.label?.trim();
  if (label) return label;
  const { act } = entry;
  if (!act || entry.cause === "restore") return causeSentences[entry.cause];
  return act.afterId === entry.snapshotId ? act.what : `Before ${act.what}`;
}

/** As `entryTitle`, for a narrow row that has more to say: of a long command only what it is. */
export function shortTitle(entry: Named): string {
  const title = entryTitle(entry);
  if (entry.label?.trim() || !entry.act || title.length <= longestRowTitle) return title;
  const [bare = ""] = title.split(/ (?=-|\.?\/|https?:|&&|[|;])/);
  const short = bare.replace(/;$/, "");
  return `${short.length <= longestRowTitle ? short : short.slice(0, longestRowTitle).trimEnd()}…`;
}
