import * as l10n from "@vscode/l10n";
import type { Cause, Entry } from "../../agent/protocol/entry.ts";

/** What a person reads for an entry nobody named. */
export const causeSentences = {
  manual: l10n.t("Snapshot"),
  timer: l10n.t("Automatic snapshot"),
  guard: l10n.t("Before a restore"),
  restore: l10n.t("Restored"),
  fork: l10n.t("Forked"),
  import: l10n.t("Imported"),
  pull: l10n.t("Pulled from the store"),
  git: l10n.t("Git"),
  install: l10n.t("Install"),
  test: l10n.t("Tests"),
  task: l10n.t("Task"),
  debug: l10n.t("Debugging"),
  terminal: l10n.t("Command"),
  deletion: l10n.t("Deletion"),
  assistant: l10n.t("Assistant’s snapshot"),
} as const satisfies Record<Cause, string>;

/** Why an entry of this cause exists, for tooltips and the details pane. */
export const causeReasons = {
  manual: l10n.t("Someone asked for it."),
  timer: l10n.t("The workspace had changed since the snapshot before."),
  guard: l10n.t("Taken just before a restore, so that the restore can be undone."),
  restore: l10n.t("The workspace was made equal to an earlier snapshot."),
  fork: l10n.t("The fork began here."),
  import: l10n.t("The folder came under Forkpoint here."),
  pull: l10n.t("Rebuilt from the store."),
  git: l10n.t("Git changed the files."),
  install: l10n.t("Dependencies were installed."),
  test: l10n.t("Tests ran."),
  task: l10n.t("A task ran."),
  debug: l10n.t("A program was debugged."),
  terminal: l10n.t("A command ran."),
  deletion: l10n.t("Files were deleted."),
  assistant: l10n.t("A coding assistant was at work."),
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
  return act.afterId === entry.snapshotId ? act.what : l10n.t("Before {act}", { act: act.what });
}

/** As `entryTitle`, for a narrow row that has more to say: of a long command only what it is. */
export function shortTitle(entry: Named): string {
  const title = entryTitle(entry);
  if (entry.label?.trim() || !entry.act || title.length <= longestRowTitle) return title;
  const [bare = ""] = title.split(/ (?=-|\.?\/|https?:|&&|[|;])/);
  const short = bare.replace(/;$/, "");
  return `${short.length <= longestRowTitle ? short : short.slice(0, longestRowTitle).trimEnd()}…`;
}
