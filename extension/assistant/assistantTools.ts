import * as l10n from "@vscode/l10n";
import type * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entities.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { AssistantActs } from "../causes/assistantActs.ts";
import { quietFolders } from "../compare/changesTree.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import type { VolumeLocation } from "../project/volumeLocation.ts";
import { restorePreview } from "../restore/restorePreview.ts";
import { unsavedEditors } from "../restore/unsavedEditors.ts";
import { entryTitle } from "../wording/causes.ts";
import { relativeTime } from "../wording/relativeTime.ts";
import { type AssistantTool, registerTool } from "./assistantTool.ts";

/** A list for a model, which pays for each word. */
const mostChanges = 200;
const mostPreviewed = 10_000;

const snapshot: AssistantTool<{ label?: string }> = {
  name: "forkpoint_snapshot",
  acts: true,
  async run({ label }, { project, ask }) {
    const { entry, head } = await ask("snapshot/create", {
      project: project.projectId,
      cause: "assistant",
      ...(label === undefined ? {} : { label }),
    });
    const stands = entry ?? head;
    return { created: entry !== null, snapshot: stands && shown(stands) };
  },
};

const timeline: AssistantTool<{ text?: string; before?: string; limit?: number }> = {
  name: "forkpoint_timeline",
  acts: false,
  async run({ text, before, limit = 20 }, { project, ask }) {
    const { entries, more } = await ask("timeline/list", {
      project: project.projectId,
      limit,
      ...(before === undefined ? {} : { before }),
      ...(text === undefined ? {} : { filter: { text } }),
    });
    return { snapshots: entries.map(shown), more };
  },
};

const diff: AssistantTool<{ from: string; to?: string; paths?: string[] }> = {
  name: "forkpoint_diff",
  acts: false,
  async run({ from, to, paths }, { project, ask }) {
    const { changes, summary } = await ask("timeline/diff", {
      project: project.projectId,
      from,
      limit: mostChanges,
      ...(to === undefined ? {} : { to }),
      ...(paths === undefined ? {} : { paths }),
    });
    return { summary, changes };
  },
};

const fork: AssistantTool<{ name: string; snapshot?: string }> = {
  name: "forkpoint_fork",
  acts: true,
  async run({ name, snapshot: snapshotId }, { project, ask }) {
    const made = await ask("project/fork", {
      project: project.projectId,
      slug: name,
      ...(snapshotId === undefined ? {} : { snapshotId }),
    });
    return { name: made.slug, folder: made.path };
  },
};

const restore: AssistantTool<{ snapshot: string; paths?: string[] }> = {
  name: "forkpoint_restore",
  acts: true,
  async question({ snapshot: snapshotId, paths }, { project, location, ask }) {
    const target = await ask("snapshot/show", { project: project.projectId, snapshotId });
    const { changes, summary } = await ask("timeline/diff", {
      project: project.projectId,
      from: target.snapshotId,
      limit: mostPreviewed,
      ...(paths === undefined ? {} : { paths }),
    });
    const what = paths === undefined ? l10n.t("the workspace") : paths.map((path) => `“${path}”`).join(", ");
    return {
      title: l10n.t("Restore {what} to “{title}” ({when})?", {
        what,
        title: entryTitle(target),
        when: relativeTime(target.createdAt, Date.now()),
      }),
      message: restorePreview(changes, summary, unsavedNames(location, paths), quietFolders()),
    };
  },
  async run({ snapshot: snapshotId, paths }, { project, location, ask }) {
    const unsaved = unsavedNames(location, paths);
    if (unsaved.length > 0) {
      const names = unsaved.join(", ");
      throw new Error(`Editors with unsaved changes are in the way: ${names}. A person has to save them.`);
    }
    const { entry, guard, summary } = await ask("timeline/restore", {
      project: project.projectId,
      snapshotId,
      ...(paths === undefined ? {} : { paths }),
    });
    return { restored: entry !== null, summary, undoneBy: guard && { restoring: guard.snapshotId } };
  },
};

/** What language models may do with the workspace; what replaces files asks a person first. */
export function registerAssistantTools(
  connection: AgentConnection,
  session: ProjectSession,
  turns: AssistantActs,
): readonly vscode.Disposable[] {
  return [
    registerTool(snapshot, connection, session, turns),
    registerTool(timeline, connection, session, turns),
    registerTool(diff, connection, session, turns),
    registerTool(fork, connection, session, turns),
    registerTool(restore, connection, session, turns),
  ];
}

function unsavedNames(location: VolumeLocation, paths: readonly string[] | undefined): string[] {
  return unsavedEditors(location, paths).map(({ path }) => path);
}

function shown({ snapshotId, createdAt, cause, label, note, pinned, head }: Entry) {
  return { snapshotId, createdAt, cause, label, note, pinned, isWhereTheWorkspaceStands: head };
}
