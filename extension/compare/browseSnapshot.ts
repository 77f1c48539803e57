import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import { askOne } from "../feedback/ask.ts";
import { openFolder } from "../forks/openFolder.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { chooseEntry } from "../timeline/chooseEntry.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { entryTitle } from "../wording/causes.ts";
import { refuseLarge } from "./refuseLarge.ts";
import { snapshotUri } from "./snapshotUri.ts";

interface Step extends vscode.QuickPickItem {
  /** Null goes up. */
  readonly name: string | null;
  readonly folder: boolean;
}

/** Looks into a snapshot without changing anything. */
export class BrowseSnapshot {
  readonly #session: ProjectSession;
  readonly #timeline: Timeline;

  constructor(session: ProjectSession, timeline: Timeline) {
    this.#session = session;
    this.#timeline = timeline;
  }

  /** Walks its folders in a list and opens a file read-only. */
  async files(argument: unknown): Promise<vscode.Uri> {
    await this.#session.require();
    const entry = await chooseEntry(this.#timeline, argument, l10n.t("Browse which snapshot?"));
    const uri = await this.#walk(entry, []);
    await vscode.commands.executeCommand("vscode.open", uri, { preview: true });
    return uri;
  }

  /** As `files`, beginning in a folder. @param path written as in `Change.path` */
  async within(entry: Entry, path: string): Promise<vscode.Uri> {
    const uri = await this.#walk(entry, path.split("/"));
    await vscode.commands.executeCommand("vscode.open", uri, { preview: true });
    return uri;
  }

  /** The folder itself, in a window of its own. Its file system refuses to write. */
  async folder(argument: unknown): Promise<void> {
    await this.#session.require();
    const entry = await chooseEntry(this.#timeline, argument, l10n.t("Open the folder of which snapshot?"));
    await openFolder(entry.path, "new");
  }

  /** @throws ForkpointError SNAPSHOT_NOT_FOUND when it goes meanwhile */
  async #walk(entry: Entry, parts: readonly string[]): Promise<vscode.Uri> {
    const { projectId } = await this.#timeline.show(entry.snapshotId);
    const uri = snapshotUri({ projectId, moment: entry, path: parts.join("/") });
    const steps: Step[] = (await vscode.workspace.fs.readDirectory(uri))
      .map(([name, type]) => ({ name, folder: type === vscode.FileType.Directory }))
      .sort(
        (a, b) =>
          Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name, "en", { numeric: true }),
      )
      .map(({ name, folder }) => ({ label: `$(${folder ? "folder" : "file"}) ${name}`, name, folder }));
    if (parts.length > 0) steps.unshift({ label: "$(arrow-up) ..", name: null, folder: true });
    const { name, folder } = await askOne(steps, {
      title: `${entryTitle(entry)}: /${parts.join("/")}`,
      placeHolder: steps.length === 0 ? l10n.t("This folder is empty") : l10n.t("Files open read-only"),
    });
    if (name === null) return this.#walk(entry, parts.slice(0, -1));
    if (folder) return this.#walk(entry, [...parts, name]);
    await this.#timeline.show(entry.snapshotId);
    const path = [...parts, name].join("/");
    const file = snapshotUri({ projectId, moment: entry, path });
    await refuseLarge(file, path);
    return file;
  }
}
