import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { DeletedPath } from "../../agent/protocol/pathHistory.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { askOne } from "../feedback/ask.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { entryTitle } from "../wording/causes.ts";
import { plural } from "../wording/counts.ts";
import { relativeTime } from "../wording/relativeTime.ts";
import { formatBytes } from "../wording/sizes.ts";

interface DeletedPick extends vscode.QuickPickItem {
  /** Null looks further back. */
  readonly path: string | null;
}

/**
 * Asks which of the paths that snapshots hold and the workspace has no more is meant.
 * @param below the folder to look in; null for all
 * @returns the path, written as in `Change.path`
 * @throws Dismissed, NextStep when there is none, ForkpointError what the agent answers
 */
export async function findDeleted(
  connection: AgentConnection,
  projectId: string,
  below: string | null,
): Promise<string> {
  const found = new Map<string, DeletedPath>();
  for (let from: string | undefined; ;) {
    const page = await longOperation(l10n.t("Looking for what was deleted"), (call) =>
      connection.call(
        "timeline/deleted",
        { project: projectId, ...(below !== null && { path: below }), ...(from !== undefined && { from }) },
        call,
      ),
    );
    for (const each of page.deleted) if (!found.has(each.path)) found.set(each.path, each);
    from = page.next ?? undefined;
    if (found.size === 0 && from !== undefined) continue;
    if (found.size === 0) {
      throw new NextStep(
        below === null
          ? l10n.t("The workspace has everything that its snapshots hold.")
          : l10n.t("The workspace has everything that its snapshots hold below {below}.", { below }),
      );
    }
    const picks: DeletedPick[] = [...found.values()].map(deletedPick);
    if (from !== undefined)
      picks.push({ label: `$(ellipsis) ${l10n.t("Look further back")}`, alwaysShow: true, path: null });
    const { path } = await askOne(picks, {
      title: below === null ? l10n.t("Deleted files") : l10n.t("Deleted files below {below}", { below }),
      placeHolder: l10n.t("Choose one to see its versions and bring it back"),
      matchOnDetail: true,
    });
    if (path !== null) return path;
  }
}

function deletedPick({ path, kind, size, below, entry }: DeletedPath): DeletedPick {
  const at = path.lastIndexOf("/");
  const extent =
    size === null
      ? below > 0
        ? [plural(below, "{count} path below it", "{count} paths below it")]
        : []
      : [formatBytes(size)];
  return {
    label: `$(${kind === "directory" ? "folder" : "file"}) ${path.slice(at + 1)}`,
    description: path.slice(0, Math.max(at, 0)),
    detail: [
      l10n.t("last in “{entry}”, {createdAt}", {
        entry: entryTitle(entry),
        createdAt: relativeTime(entry.createdAt, Date.now()),
      }),
      ...extent,
    ].join(" · "),
    path,
  };
}
