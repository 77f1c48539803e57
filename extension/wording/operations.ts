import type { Operation } from "../../agent/protocol/entities.ts";
import { count } from "./counts.ts";
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
  const several = count(snapshotIds.length, "snapshot");
  const snapshots = snapshotIds.length === 1 && label !== null ? `“${label}”` : several;
  switch (kind) {
    case "restore": {
      if (paths === null) return "Restored the workspace";
      const [only] = paths;
      return paths.length === 1 && only !== undefined
        ? `Restored “${only}”`
        : `Restored ${paths.length} paths`;
    }
    case "delete":
      return `Deleted ${snapshots}`;
    case "rollOff":
      return `Retention took ${snapshots}`;
    case "undelete":
      return `Brought back ${snapshots}`;
    case "import":
      return "Imported the folder";
    case "fork":
      return `Forked “${slug}” from “${from?.slug ?? "another machine's project"}”`;
    case "pull":
      return `Pulled “${slug}” from the store`;
    case "deleteProject":
      return `Deleted the project “${slug}”`;
  }
}

/** Whether it can be undone and until when, or what else can be done. */
export function undoText({ undo }: Operation): string {
  if (!undo.possible) return undo.hint ?? "";
  return undo.until === null ? "Can be undone" : `Can be undone until ${longDate(undo.until)}`;
}
