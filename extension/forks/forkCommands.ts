import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { Project } from "../../agent/protocol/project.ts";
import { ForkpointError } from "../../agent/protocol/errors.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { askOne } from "../feedback/ask.ts";
import { confirmByTyping } from "../feedback/confirm.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { chooseEntry } from "../timeline/chooseEntry.ts";
import { textArgument } from "../timeline/entryArgument.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { entryTitle } from "../wording/causes.ts";
import { askSlug } from "./askSlug.ts";
import { suggestSlug } from "./lineage.ts";
import { openFolder } from "./openFolder.ts";
import type { Projects } from "./projects.ts";

/** Makes, opens and deletes forks. */
export class ForkCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #timeline: Timeline;
  readonly #projects: Projects;

  constructor(connection: AgentConnection, session: ProjectSession, timeline: Timeline, projects: Projects) {
    this.#connection = connection;
    this.#session = session;
    this.#timeline = timeline;
    this.#projects = projects;
  }

  /** Asks for a name, unless `{ slug }` was passed. */
  async fromNow(argument: unknown): Promise<Project> {
    return this.#fork(undefined, textArgument(argument, "slug"));
  }

  async fromEntry(argument: unknown): Promise<Project> {
    await this.#session.require();
    const entry = await chooseEntry(this.#timeline, argument, l10n.t("Fork from which snapshot?"));
    return this.#fork(entry, textArgument(argument, "slug"));
  }

  async open(argument: unknown): Promise<void> {
    const project = await this.#choose(
      argument,
      l10n.t("Open which project?"),
      ({ projectId }) => !this.#isCurrent(projectId),
    );
    await openFolder(project.path, "new");
  }

  /** A project other than this window's, the one it was forked from first. */
  async other(argument: unknown, title: string): Promise<Project> {
    return this.#choose(argument, title, ({ projectId }) => !this.#isCurrent(projectId));
  }

  async delete(argument: unknown): Promise<void> {
    const project = await this.#choose(
      argument,
      l10n.t("Delete which fork?"),
      ({ projectId, forkedFrom }) => forkedFrom !== null && !this.#isCurrent(projectId),
    );
    if (this.#isCurrent(project.projectId)) {
      throw new NextStep(
        l10n.t("“{slug}” is open in this window. Delete it from another one.", { slug: project.slug }),
      );
    }
    await confirmByTyping(
      l10n.t("Delete “{slug}”?", { slug: project.slug }),
      l10n.t("Its workspace and all of its snapshots go away from this machine. Type {slug} to delete it.", {
        slug: project.slug,
      }),
      project.slug,
    );
    try {
      await longOperation(l10n.t("Deleting {slug}", { slug: project.slug }), (call) =>
        this.#connection.call("project/delete", { project: project.projectId }, call),
      );
    } catch (thrown) {
      throw withForkNames(thrown, project);
    }
    this.#projects.refresh();
    vscode.window.setStatusBarMessage(`$(check) ${l10n.t("Deleted “{slug}”", { slug: project.slug })}`, 4000);
  }

  async #fork(entry: Entry | undefined, given: string | undefined): Promise<Project> {
    const { project } = await this.#session.require();
    const taken = (await this.#projects.fresh()).map(({ slug }) => slug);
    const slug =
      given ??
      (await askSlug(
        entry ? l10n.t("Fork from “{entry}”", { entry: entryTitle(entry) }) : l10n.t("Fork from now"),
        suggestSlug(project.slug, taken),
        taken,
      ));
    const fork = await longOperation(l10n.t("Forking {slug}", { slug: project.slug }), (call) =>
      this.#connection.call(
        "project/fork",
        { project: project.projectId, slug, ...(entry && { snapshotId: entry.snapshotId }) },
        call,
      ),
    );
    this.#projects.refresh();
    this.#offerToOpen(fork);
    return fork;
  }

  /** Not awaited: the fork is done, whether or not somebody answers. */
  #offerToOpen(fork: Project): void {
    const wanted = vscode.workspace.getConfiguration("forkpoint").get<string>("openForks") ?? "ask";
    if (wanted === "newWindow") {
      void openFolder(fork.path, "new");
      return;
    }
    if (wanted === "never") return;
    const open = l10n.t("Open in New Window");
    void vscode.window
      .showInformationMessage(l10n.t("Made the fork “{slug}”.", { slug: fork.slug }), open)
      .then((chosen) => {
        if (chosen === open) void openFolder(fork.path, "new");
      });
  }

  async #choose(argument: unknown, title: string, offered: (project: Project) => boolean): Promise<Project> {
    await this.#session.requireAgent();
    const named = projectArgument(argument);
    const projects = await this.#projects.fresh();
    if (named !== undefined) {
      const found = projects.find(({ projectId }) => projectId === named);
      if (found) return found;
      throw new ForkpointError("PROJECT_NOT_FOUND", l10n.t("This project does not exist any more."));
    }
    const parent = this.#session.project?.forkedFrom?.projectId;
    const isParent = ({ projectId }: Project) => Number(projectId === parent);
    const inOrder = projects.filter(offered).sort((a, b) => isParent(b) - isParent(a));
    const picks = inOrder.map((project) => ({
      label: `$(${project.forkedFrom ? "repo-forked" : "folder-library"}) ${project.slug}`,
      description: project.forkedFrom?.slug
        ? l10n.t("forked from {origin}", { origin: project.forkedFrom.slug })
        : "",
      detail: project.path,
      project,
    }));
    if (picks.length === 0)
      throw new NextStep(
        l10n.t("There is no other project yet. Make a fork first."),
        "forkpoint.forkFromNow",
      );
    return (await askOne(picks, { title })).project;
  }

  #isCurrent(projectId: string): boolean {
    return projectId === this.#session.project?.projectId;
  }
}

/** The project a command was started on: a row of the Forks view, or `{ projectId }`. */
function projectArgument(argument: unknown): string | undefined {
  if (typeof argument !== "object" || argument === null) return undefined;
  if ("projectId" in argument && typeof argument.projectId === "string") return argument.projectId;
  return "project" in argument ? projectArgument(argument.project) : undefined;
}

function withForkNames(thrown: unknown, project: Project): unknown {
  if (!(thrown instanceof ForkpointError) || thrown.code !== "PROJECT_HAS_FORKS") return thrown;
  const forks = thrown.details?.["forks"];
  const names = Array.isArray(forks) ? forks.map(String).join(", ") : l10n.t("its forks");
  return new NextStep(
    l10n.t("“{slug}” has forks that need it: {names}. Delete them first.", { slug: project.slug, names }),
    "forkpoint.deleteFork",
  );
}
