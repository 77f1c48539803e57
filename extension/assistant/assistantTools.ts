import type * as vscode from "vscode";
import { fewerPackages } from "../../agent/protocol/dependencies.ts";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { AssistantActs } from "../causes/assistantActs.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { type AssistantTool, registerTool } from "./assistantTool.ts";
import { restoreTool } from "./restoreTool.ts";

/** A list for a model, which pays for each word. */
const mostChanges = 200;
const mostPackages = 50;

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
    const { changes, summary, dependencies } = await ask("timeline/diff", {
      project: project.projectId,
      from,
      limit: mostChanges,
      packages: true,
      ...(to === undefined ? {} : { to }),
      ...(paths === undefined ? {} : { paths }),
    });
    return { summary, changes, packages: dependencies && fewerPackages(dependencies, mostPackages) };
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
    registerTool(restoreTool, connection, session, turns),
  ];
}

function shown({ snapshotId, createdAt, cause, label, note, pinned, head }: Entry) {
  return { snapshotId, createdAt, cause, label, note, pinned, isWhereTheWorkspaceStands: head };
}
