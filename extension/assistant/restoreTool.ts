import * as l10n from "@vscode/l10n";
import type { Change } from "../../agent/protocol/change.ts";
import type { RestorePart } from "../../agent/protocol/restoreParts.ts";
import { quietFolders } from "../compare/changesTree.ts";
import { restorePreview, turnedRound } from "../restore/restorePreview.ts";
import { unsavedEditors } from "../restore/unsavedEditors.ts";
import { entryTitle } from "../wording/causes.ts";
import { partsText } from "../wording/parts.ts";
import { relativeTime } from "../wording/relativeTime.ts";
import type { AssistantTool, ToolCall } from "./assistantTool.ts";

const mostPreviewed = 50_000;

interface Wish {
  readonly snapshot: string;
  readonly paths?: string[];
  readonly parts?: RestorePart[];
}

/** Goes back to a snapshot, with everything, some paths or some parts. */
export const restoreTool: AssistantTool<Wish> = {
  name: "forkpoint_restore",
  acts: true,
  async question(wish, call) {
    const { target, changes, summary } = await preview(wish, call);
    const names = unsavedNames(wish, changes, call);
    return {
      title: l10n.t("Restore {what} to “{title}” ({when})?", {
        what: what(wish),
        title: entryTitle(target),
        when: relativeTime(target.createdAt, Date.now()),
      }),
      message: restorePreview(changes, summary, names, quietFolders()),
    };
  },
  async run(wish, call) {
    // Where files stay as they are, it depends on what differs.
    const changes = keepsFiles(wish) ? (await preview(wish, call)).changes : [];
    const unsaved = unsavedNames(wish, changes, call);
    if (unsaved.length > 0) {
      const names = unsaved.join(", ");
      throw new Error(`Editors with unsaved changes are in the way: ${names}. A person has to save them.`);
    }
    const { entry, guard, summary } = await call.ask("timeline/restore", asked(wish, call));
    return { restored: entry !== null, summary, undoneBy: guard && { restoring: guard.snapshotId } };
  },
};

/** What the restore would do, told as a comparison from the snapshot to now. */
async function preview(wish: Wish, call: ToolCall) {
  const { target, changes, summary } = await call.ask("timeline/preview", {
    ...asked(wish, call),
    limit: mostPreviewed,
  });
  const turned = { ...summary, added: summary.removed, removed: summary.added };
  return { target, changes: changes.map(turnedRound), summary: turned };
}

function asked({ snapshot, paths, parts }: Wish, { project }: ToolCall) {
  return {
    ...{ project: project.projectId, snapshotId: snapshot },
    ...(paths && { paths }),
    ...(parts && { parts }),
  };
}

function what({ paths, parts }: Wish): string {
  if (paths) return paths.map((path) => `“${path}”`).join(", ");
  return parts ? partsText(parts) : l10n.t("the workspace");
}

function keepsFiles({ parts }: Wish): boolean {
  return parts !== undefined && !parts.includes("files");
}

/** The unsaved editors of what the restore may change. */
function unsavedNames(wish: Wish, changes: readonly Change[], { location }: ToolCall): string[] {
  const among = keepsFiles(wish) ? changes.map(({ path }) => path) : wish.paths;
  return unsavedEditors(location, among).map(({ path }) => path);
}
