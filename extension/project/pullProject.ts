import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Project } from "../../agent/protocol/project.ts";
import type { RemoteProject } from "../../agent/protocol/store.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { askOne } from "../feedback/ask.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { askSlug } from "../forks/askSlug.ts";
import { suggestSlug } from "../forks/lineage.ts";
import { openFolder } from "../forks/openFolder.ts";
import type { Projects } from "../forks/projects.ts";
import { causeIcons, entryTitle } from "../wording/causes.ts";
import { plural } from "../wording/counts.ts";
import type { StoreLock } from "../store/storeLock.ts";
import { relativeTime } from "../wording/relativeTime.ts";
import type { ProjectSession } from "./projectSession.ts";

/** Rebuilds a project on this machine from the store. */
export class PullProject {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #projects: Projects;
  readonly #storeLock: StoreLock;

  constructor(
    connection: AgentConnection,
    session: ProjectSession,
    projects: Projects,
    storeLock: StoreLock,
  ) {
    this.#connection = connection;
    this.#session = session;
    this.#projects = projects;
    this.#storeLock = storeLock;
  }

  async run(): Promise<Project> {
    await this.#session.requireAgent();
    const remote = await this.#chooseProject();
    const snapshotId = await chooseSnapshot(remote);
    const taken = (await this.#projects.fresh()).map(({ slug }) => slug);
    const slug = await askSlug(
      l10n.t("Pull “{slug}” (3 of 3)", { slug: remote.slug }),
      taken.includes(remote.slug) ? suggestSlug(remote.slug, taken) : remote.slug,
      taken,
    );
    const project = await longOperation(l10n.t("Pulling {slug}", { slug: remote.slug }), (call) =>
      this.#connection.call(
        "sync/pull",
        { project: remote.projectId, slug, ...(snapshotId !== null && { snapshotId }) },
        call,
      ),
    );
    this.#projects.refresh();
    const open = l10n.t("Open in New Window");
    void vscode.window
      .showInformationMessage(l10n.t("“{slug}” is here, at {path}.", { slug, path: project.path }), open)
      .then((chosen) => {
        if (chosen === open) void openFolder(project.path, "new");
      });
    return project;
  }

  async #chooseProject(): Promise<RemoteProject> {
    const { projects } = await this.#storeLock.whenOpen(() =>
      longOperation(l10n.t("Looking into the store"), (call) =>
        this.#connection.call("store/projects", {}, call),
      ),
    );
    if (projects.length === 0) {
      throw new NextStep(
        l10n.t("The store holds no project yet. Push one first."),
        "forkpoint.pushNow",
        "forkpoint.setStore",
      );
    }
    const now = Date.now();
    const picks = projects.map((remote) => ({
      label: `$(repo) ${remote.slug}`,
      description: plural(
        remote.snapshots.length,
        "{count} snapshot, updated {when}",
        "{count} snapshots, updated {when}",
        { when: relativeTime(remote.updatedAt, now) },
      ),
      remote,
    }));
    return (await askOne(picks, { title: l10n.t("Pull which project? (1 of 3)") })).remote;
  }
}

/** Null for the newest state. */
async function chooseSnapshot(remote: RemoteProject): Promise<string | null> {
  const now = Date.now();
  const newest = {
    label: `$(arrow-down) ${l10n.t("The newest state")}`,
    description: relativeTime(remote.updatedAt, now),
    snapshotId: null,
  };
  const older = remote.snapshots.map((snapshot) => ({
    label: `$(${causeIcons[snapshot.cause]}) ${entryTitle(snapshot)}`,
    description: relativeTime(snapshot.createdAt, now),
    snapshotId: snapshot.snapshotId,
  }));
  const picks: (vscode.QuickPickItem & { snapshotId: string | null })[] = [newest, ...older];
  return (
    await askOne(picks, { title: l10n.t("Pull which state of “{slug}”? (2 of 3)", { slug: remote.slug }) })
  ).snapshotId;
}
