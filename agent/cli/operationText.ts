import type { Operation } from "../protocol/project.ts";
import { localTime } from "./localTime.ts";
import { oneLine } from "./oneLine.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { ago, plural } from "./wording.ts";

const idLength = 6;

export function operationTable(operations: readonly Operation[], terminal: Terminal): string {
  const rows = operations.map((operation) => [
    terminal.paint("cyan", String(operation.operationId)),
    ago(operation.at, terminal.now()),
    terminal.paint("dim", localTime(operation.at)),
    operation.author,
    operation.slug,
    operationText(operation),
    undoText(operation),
  ]);
  return table(["ID", "WHEN", "AT", "WHO", "PROJECT", "WHAT", "UNDO"], rows);
}

/** What was done, in a few words. */
function operationText({ kind, snapshotIds, label, targetId, paths, from }: Operation): string {
  const [only] = snapshotIds;
  const called = label === null ? "" : ` “${oneLine(label)}”`;
  const named =
    snapshotIds.length === 1
      ? `snapshot ${only?.slice(0, idLength) ?? ""}${called}`
      : plural(snapshotIds.length, "snapshot");
  switch (kind) {
    case "restore": {
      const what =
        paths === null
          ? "the workspace"
          : paths.length === 1
            ? (paths[0] ?? "")
            : plural(paths.length, "path");
      return `restored ${what} to ${targetId?.slice(0, idLength) ?? "?"}`;
    }
    case "delete":
      return `deleted ${named}`;
    case "rollOff":
      return `retention took ${named}`;
    case "undelete":
      return `brought back ${named}`;
    case "import":
      return "imported the folder";
    case "fork":
      return `forked from ${from?.slug ?? "?"} at ${from?.snapshotId.slice(0, idLength) ?? "?"}`;
    case "pull":
      return `pulled ${named}`;
    case "deleteProject":
      return "deleted the project";
  }
}

function undoText({ undo }: Operation): string {
  if (!undo.possible) return undo.hint ?? "";
  return undo.until === null ? "yes" : `until ${localTime(undo.until)}`;
}
