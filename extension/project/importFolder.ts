import { basename } from "node:path";
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Project } from "../../agent/protocol/project.ts";
import { ForkpointError } from "../../agent/protocol/errors.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { askOne } from "../feedback/ask.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { askSlug } from "../forks/askSlug.ts";
import { openFolder } from "../forks/openFolder.ts";
import { slugFrom } from "../forks/slugFrom.ts";
import type { ProjectSession } from "./projectSession.ts";

const ways = [
  {
    label: `$(arrow-right) ${l10n.t("Move it")}`,
    description: l10n.t("recommended"),
    detail: l10n.t(
      "The folder's content moves into the pool, and a link takes its place: every path stays as it is.",
    ),
    copy: false,
  },
  {
    label: `$(copy) ${l10n.t("Copy it")}`,
    description: "",
    detail: l10n.t("The folder stays as it is, and you go on working in the copy."),
    copy: true,
  },
] as const;

/** Gives the open folder a timeline. */
export class ImportFolder {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;

  constructor(connection: AgentConnection, session: ProjectSession) {
    this.#connection = connection;
    this.#session = session;
  }

  async run(): Promise<Project> {
    await this.#session.requireAgent();
    const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file");
    if (!folder)
      throw new NextStep(l10n.t("Open a folder first; Forkpoint looks after the folder that is open."));
    await this.#requirePool();
    const { projects } = await this.#connection.call("project/list", {});
    const slug = await askSlug(
      l10n.t("Import this folder (1 of 2)"),
      slugFrom(basename(folder.uri.fsPath)),
      projects.map((project) => project.slug),
    );
    const { copy } = await askOne(ways, {
      title: l10n.t("Import this folder (2 of 2)"),
      placeHolder: l10n.t("Either way nothing is removed before the copy was proven equal"),
    });
    const imported = await this.#import(folder.uri.fsPath, slug, copy);
    await this.#session.reload();
    finish(imported.project, imported.adopted, copy);
    return imported.project;
  }

  async #requirePool(): Promise<void> {
    const { pools } = await this.#connection.call("pool/list", {});
    if (pools.length > 0) return;
    throw new NextStep(
      l10n.t("Forkpoint has no pool to keep workspaces in yet. Create one first."),
      "forkpoint.createPool",
      "forkpoint.adoptPool",
    );
  }

  async #import(path: string, slug: string, copy: boolean) {
    try {
      return await longOperation(l10n.t("Importing {path}", { path: basename(path) }), (call) =>
        this.#connection.call("project/import", { path, slug, copy }, call),
      );
    } catch (thrown) {
      if (thrown instanceof ForkpointError && thrown.code === "REFUSED_ROOT")
        this.#session.refuse(thrown.message);
      throw thrown;
    }
  }
}

/** The window still watches the old files, so it has to open what is there now. */
function finish(project: Project, adopted: boolean, copy: boolean): void {
  if (adopted) {
    void vscode.window.showInformationMessage(l10n.t("“{slug}” has a timeline now.", { slug: project.slug }));
    return;
  }
  const open = copy ? l10n.t("Open the Copy") : l10n.t("Reload Window");
  const message = copy
    ? l10n.t("“{slug}” is ready at {path}. Open it to work with its timeline.", {
        slug: project.slug,
        path: project.path,
      })
    : l10n.t("“{slug}” has a timeline now. Reload the window so that terminals and watchers follow.", {
        slug: project.slug,
      });
  void vscode.window.showInformationMessage(message, open).then((chosen) => {
    if (chosen !== open) return;
    // The path is the same as before, so opening it again would do nothing.
    if (copy) void openFolder(project.path, "this");
    else void vscode.commands.executeCommand("workbench.action.reloadWindow");
  });
}
