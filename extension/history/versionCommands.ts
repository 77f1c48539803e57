import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { PathVersion } from "../../agent/protocol/pathHistory.ts";
import type { BrowseSnapshot } from "../compare/browseSnapshot.ts";
import { liveFile } from "../compare/changeSides.ts";
import type { CompareCommands } from "../compare/compareCommands.ts";
import type { SnapshotFiles } from "../compare/snapshotFiles.ts";
import { refuseLarge } from "../compare/refuseLarge.ts";
import { snapshotScheme, snapshotUri } from "../compare/snapshotUri.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { pathArguments } from "../restore/pathArguments.ts";
import type { RestoreCommands } from "../restore/restoreCommands.ts";
import { activeUri, pathOf } from "./activePath.ts";
import { chooseVersion, isKept } from "./chooseVersion.ts";
import type { FileHistory } from "./fileHistory.ts";
import type { VersionRow } from "./fileHistoryTree.ts";
import { saveVersion } from "./saveVersion.ts";
import { versionTitle } from "./versionText.ts";

const selectedKey = "forkpoint.versionSelected";

/** A version of a path; without one, what the workspace has there now. */
interface Side {
  readonly path: string;
  readonly version: PathVersion | null;
}

/** What a person does with one version of a path. */
export class VersionCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #history: FileHistory;
  readonly #compare: CompareCommands;
  readonly #browse: BrowseSnapshot;
  readonly #restore: RestoreCommands;
  readonly #files: SnapshotFiles;
  #selected: Side | undefined;

  constructor(
    at: {
      readonly connection: AgentConnection;
      readonly session: ProjectSession;
      readonly history: FileHistory;
    },
    does: {
      readonly compare: CompareCommands;
      readonly browse: BrowseSnapshot;
      readonly restore: RestoreCommands;
      readonly files: SnapshotFiles;
    },
  ) {
    this.#connection = at.connection;
    this.#session = at.session;
    this.#history = at.history;
    this.#compare = does.compare;
    this.#browse = does.browse;
    this.#restore = does.restore;
    this.#files = does.files;
  }

  /** Read-only, unless the workspace holds it: then the file itself. Of a folder, a list of what is in it. */
  async open(argument: unknown): Promise<void> {
    const side = await this.#side(argument, l10n.t("Open which version?"));
    const { path, version } = side;
    if (version?.kind === "directory") {
      if (version.now)
        throw new NextStep(
          l10n.t("The workspace holds this version of {path}; it is in the Explorer.", { path }),
        );
      if (version.first) await this.#browse.within(version.first, path);
      return;
    }
    const uri = await this.#uri(side);
    if (uri.scheme === snapshotScheme) await refuseLarge(uri, path);
    await vscode.commands.executeCommand("vscode.open", uri, { preview: true });
  }

  async withNow(argument: unknown): Promise<void> {
    const side = await this.#side(argument, l10n.t("Compare which version with now?"));
    if (side.version?.now)
      throw new NextStep(l10n.t("The workspace holds this version of {path}.", { path: side.path }));
    await this.#show(side, { path: side.path, version: null });
  }

  async withPrevious(argument: unknown): Promise<void> {
    const { path, version } = await this.#side(
      argument,
      l10n.t("Compare which version with the one before it?"),
    );
    const older = await this.#olderThan(path, version);
    if (!older) throw new NextStep(l10n.t("This is the oldest version of {path} on this machine.", { path }));
    await this.#show({ path, version: older }, { path, version });
  }

  async select(argument: unknown): Promise<void> {
    const side = await this.#side(argument, l10n.t("Select which version for compare?"));
    this.#selected = side;
    await vscode.commands.executeCommand("setContext", selectedKey, true);
    const name = side.version ? versionTitle(side.version) : l10n.t("now");
    vscode.window.setStatusBarMessage(
      `$(check) ${l10n.t("Selected “{name}” of {path} for compare", { name, path: side.path })}`,
      4000,
    );
  }

  async withSelected(argument: unknown): Promise<void> {
    const selected = this.#selected;
    if (!selected)
      throw new NextStep(l10n.t("Select a version for compare first."), "forkpoint.selectVersion");
    const side = await this.#side(argument, l10n.t("Compare the selected version with which?"));
    const [older, newer] = momentOf(selected) <= momentOf(side) ? [selected, side] : [side, selected];
    await this.#show(older, newer);
  }

  async restore(argument: unknown) {
    const { path, version } = await this.#side(argument, l10n.t("Restore which version?"));
    if (!version?.first)
      throw new NextStep(l10n.t("No snapshot holds this version of {path}; the workspace does.", { path }));
    return this.#restore.paths(version.first.snapshotId, [path]);
  }

  /** A copy elsewhere. Undefined when nobody said where. */
  async saveAs(argument: unknown): Promise<vscode.Uri | undefined> {
    const side = await this.#side(argument, l10n.t("Save which version elsewhere?"));
    if (!side.version) throw new NextStep(l10n.t("Choose a version."));
    return saveVersion(
      side.version,
      await this.#files.realPath(await this.#uri(side, "snapshot")),
      side.path,
    );
  }

  async #side(argument: unknown, title: string): Promise<Side> {
    const { project, location } = await this.#session.require();
    const row = rowOf(argument);
    if (row) return row;
    const uri = argument instanceof vscode.Uri ? argument : activeUri();
    const active = uri && pathOf(uri, location, project.projectId);
    const path = active ?? this.#history.path ?? pathArguments(location, argument, undefined)[0] ?? "";
    const version = await chooseVersion(this.#connection, { projectId: project.projectId, path }, title);
    return { path, version };
  }

  async #olderThan(path: string, version: PathVersion | null): Promise<PathVersion | null> {
    if (this.#history.path !== path || this.#history.versions.length === 0) await this.#history.show(path);
    const place = () => this.#history.versions.findIndex((each) => isSame(each, version));
    while (place() === this.#history.versions.length - 1 && this.#history.more)
      await this.#history.loadMore();
    const at = place();
    return at === -1 ? null : (this.#history.versions[at + 1] ?? null);
  }

  async #show(older: Side, newer: Side): Promise<void> {
    const isFolder = ({ version }: Side) => version?.kind === "directory";
    const newerIsFolder = newer.version
      ? isFolder(newer)
      : isFolder(older) && (await this.#isFolderNow(older.path));
    if (isFolder(older) && newerIsFolder && older.version && isKept(older.version)) {
      const to = newer.version && !newer.version.now ? newer.version.first : null;
      await this.#compare.below(older.path, older.version.first, to);
      return;
    }
    if (isFolder(older) || newerIsFolder) {
      throw new NextStep(
        l10n.t("One of these versions of {path} is a folder, the other is not.", { path: older.path }),
      );
    }
    const name = newer.path.split("/").at(-1) ?? newer.path;
    const [before, after] = [await this.#uri(older), await this.#uri(newer)];
    for (const uri of [before, after]) await refuseLarge(uri, newer.path);
    await vscode.commands.executeCommand(
      "vscode.diff",
      before,
      after,
      `${name} (${sideTitle(older)} → ${sideTitle(newer)})`,
      { preview: true },
    );
  }

  /**
   * @param from "snapshot" for the copy that a snapshot has even of what the workspace holds
   * @throws ForkpointError SNAPSHOT_NOT_FOUND when the snapshot was deleted since
   */
  async #uri({ path, version }: Side, from: "any" | "snapshot" = "any"): Promise<vscode.Uri> {
    const { project, location } = await this.#session.require();
    const { projectId } = project;
    if (version && (!version.now || from === "snapshot")) {
      if (!version.first)
        throw new NextStep(l10n.t("No snapshot holds this version of {path}; the workspace does.", { path }));
      const { snapshotId } = version.first;
      await this.#connection.call("snapshot/show", { project: projectId, snapshotId });
      return snapshotUri({ projectId, moment: version.first, path });
    }
    const now = snapshotUri({ projectId, moment: "now", path });
    const isThere = await vscode.workspace.fs.stat(now).then(
      () => true,
      () => false,
    );
    if (!isThere) return snapshotUri({ projectId, moment: "nothing", path });
    return (version?.kind ?? "file") === "file" ? (liveFile(path, location) ?? now) : now;
  }

  async #isFolderNow(path: string): Promise<boolean> {
    const { project } = await this.#session.require();
    const now = snapshotUri({ projectId: project.projectId, moment: "now", path });
    return vscode.workspace.fs.stat(now).then(
      ({ type }) => type === vscode.FileType.Directory,
      () => false,
    );
  }
}

function rowOf(argument: unknown): { path: string; version: PathVersion } | null {
  if (typeof argument !== "object" || argument === null || !("version" in argument)) return null;
  const { path, version } = argument as VersionRow;
  return version ? { path, version } : null;
}

function isSame(one: PathVersion, other: PathVersion | null): boolean {
  return one.first?.snapshotId === other?.first?.snapshotId;
}

function sideTitle({ version }: Side): string {
  return !version || version.now ? l10n.t("now") : versionTitle(version);
}

function momentOf({ version }: Side): string {
  return !version || version.now ? "~" : (version.first?.createdAt ?? "");
}
