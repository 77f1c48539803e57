import * as l10n from "@vscode/l10n";
import type { Operation } from "../../agent/protocol/project.ts";
import { plural } from "./counts.ts";
import { longDate } from "./relativeTime.ts";

export const operationIcons: Readonly<Record<Operation["kind"], string>> = {
  restore: "history",
  delete: "trash",
  rollOff: "clock",
  undelete: "discard",
  import: "add",
  fork: "repo-forked",
  pull: "cloud-download",
  deleteProject: "trash",
};

/** What was done, as a sentence without its subject. */
export function operationText({ kind, slug, snapshotIds, label, paths, from }: Operation): string {
  const amount = snapshotIds.length;
  const name = amount === 1 && label !== null ? `“${label}”` : null;
  switch (kind) {
    case "restore": {
      if (paths === null) return l10n.t("Restored the workspace");
      const [only] = paths;
      return paths.length === 1 && only !== undefined
        ? l10n.t("Restored “{only}”", { only })
        : l10n.t("Restored {count} paths", { count: paths.length });
    }
    case "delete":
      return name === null
        ? plural(amount, "Deleted {count} snapshot", "Deleted {count} snapshots")
        : l10n.t("Deleted {name}", { name });
    case "rollOff":
      return name === null
        ? plural(amount, "Retention took {count} snapshot", "Retention took {count} snapshots")
        : l10n.t("Retention took {name}", { name });
    case "undelete":
      return name === null
        ? plural(amount, "Brought back {count} snapshot", "Brought back {count} snapshots")
        : l10n.t("Brought back {name}", { name });
    case "import":
      return l10n.t("Imported the folder");
    case "fork":
      return l10n.t("Forked “{slug}” from “{origin}”", {
        slug,
        origin: from?.slug ?? l10n.t("another machine's project"),
      });
    case "pull":
      return l10n.t("Pulled “{slug}” from the store", { slug });
    case "deleteProject":
      return l10n.t("Deleted the project “{slug}”", { slug });
  }
}

/** Whether it can be undone and until when, or what else can be done. */
export function undoText({ undo }: Operation): string {
  if (!undo.possible) return undo.hint ?? "";
  return undo.until === null
    ? l10n.t("Can be undone")
    : l10n.t("Can be undone until {until}", { until: longDate(undo.until) });
}
