import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { PartPreview } from "../../agent/protocol/comparison.ts";
import type { Entry } from "../../agent/protocol/entry.ts";
import { ForkpointError } from "../../agent/protocol/errors.ts";
import type { Params, Result } from "../../agent/protocol/methods.ts";
import { type ChangesTree, quietFolders } from "../compare/changesTree.ts";
import type { CompareCommands } from "../compare/compareCommands.ts";
import type { EntryComparison } from "../compare/comparison.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { EditorReturn } from "../editors/editorReturn.ts";
import { type OperationCall, longOperation } from "../feedback/longOperation.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { chooseEntry, namedEntry } from "../timeline/chooseEntry.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { entryTitle } from "../wording/causes.ts";
import { pathsText, summaryText, summaryTotal } from "../wording/changes.ts";
import { relativeTime } from "../wording/relativeTime.ts";
import { chooseParts, type Scope } from "./chooseParts.ts";
import { askOpenFiles, askRestore, askUnsaved } from "./restoreQuestions.ts";
import { changesWithin, restorePreview, summarize, turnedRound } from "./restorePreview.ts";
import { type UnsavedEditor, unsavedEditors } from "./unsavedEditors.ts";

type Restored = Result<"timeline/restore">;
const mostChanges = 50_000;
type OpenFiles = "refuse" | "proceed";

/** Brings the workspace, or parts of it, back to an entry, and undoes that. */
export class RestoreCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #timeline: Timeline;
  readonly #editors: EditorReturn;
  readonly #compare: CompareCommands;
  readonly #tree: ChangesTree;

  constructor(
    window: {
      readonly connection: AgentConnection;
      readonly session: ProjectSession;
      readonly timeline: Timeline;
      readonly editors: EditorReturn;
    },
    compare: CompareCommands,
    tree: ChangesTree,
  ) {
    this.#connection = window.connection;
    this.#session = window.session;
    this.#timeline = window.timeline;
    this.#editors = window.editors;
    this.#compare = compare;
    this.#tree = tree;
  }

  /** The whole workspace. Null when it was equal already or the person looked at the changes instead. */
  async workspace(argument: unknown): Promise<Restored | null> {
    const { project } = await this.#session.require();
    const entry = await chooseEntry(
      this.#timeline,
      argument,
      l10n.t("Restore the workspace to which snapshot?"),
    );
    const comparison = await this.#compare.compare(project.projectId, entry, null);
    return this.#restore(comparison, l10n.t("the workspace"), null);
  }

  /** As `workspace`, after a choice of what is to be restored. */
  async parts(argument: unknown): Promise<Restored | null> {
    await this.#session.require();
    const entry = await chooseEntry(
      this.#timeline,
      argument,
      l10n.t("Restore parts of the workspace to which snapshot?"),
    );
    return this.#chosenParts(entry);
  }

  /**
   * Chosen paths.
   * @param paths written as in `Change.path`
   */
  async paths(snapshotId: string, paths: readonly string[]): Promise<Restored | null> {
    const { project } = await this.#session.require();
    const entry = await namedEntry(this.#timeline, snapshotId);
    const comparison = await this.#compare.compare(project.projectId, entry, null);
    return this.#restore(comparison, pathsText(paths), { paths });
  }

  async undo(): Promise<Restored> {
    const { project, location } = await this.#session.require();
    const unsaved = unsavedEditors(location).filter((editor) => !this.#editors.isOwn(editor));
    if (unsaved.length > 0) {
      const detail = l10n.t("Unsaved: {paths}.", { paths: unsaved.map(({ path }) => path).join(", ") });
      await askUnsaved(l10n.t("Undo the last restore?"), detail, unsaved, []);
    }
    await this.#editors.flush();
    const restored = await this.#call(l10n.t("Undoing the restore"), (openFiles, call) =>
      this.#connection.call("timeline/undo", { project: project.projectId, openFiles }, call),
    );
    await this.#editors.undone(restored);
    this.#tell(l10n.t("Undid the restore"), restored);
    return restored;
  }

  async #chosenParts(entry: Entry): Promise<Restored | null> {
    const { project, location } = await this.#session.require();
    const { projectId } = project;
    const { split, ...all } = await this.#preview(projectId, entry, { split: true });
    if (summaryTotal(all.summary) === 0) {
      void vscode.window.showInformationMessage(
        l10n.t("Nothing to restore: the workspace equals “{entry}”.", { entry: entryTitle(entry) }),
      );
      return null;
    }
    const { scope, what } = await chooseParts(
      l10n.t("Restore to {entry}", { entry: named(entry) }),
      split ?? [],
      all.changes,
      {
        unsaved: unsavedEditors(location).length,
        quietNames: quietFolders(),
      },
    );
    const seen =
      scope && "parts" in scope ? await this.#preview(projectId, entry, { parts: [...scope.parts] }) : all;
    return this.#restore({ projectId, from: entry, to: null, ...seen }, what, scope);
  }

  async #restore(comparison: EntryComparison, what: string, scope: Scope | null): Promise<Restored | null> {
    const { projectId, from: entry } = comparison;
    const { location } = await this.#session.require();
    const paths = scope && "paths" in scope ? scope.paths : undefined;
    const parts = scope && "parts" in scope ? scope.parts : undefined;
    // Where files stay as they are, only editors of what is named are concerned.
    const concerned = parts && !parts.includes("files") ? comparison.changes.map(({ path }) => path) : paths;
    const unsaved = unsavedEditors(location, concerned);
    const changes = paths ? changesWithin(comparison.changes, paths) : comparison.changes;
    // A list cut short cannot be counted for chosen paths, so the agent decides then.
    const counted = paths ? summarize(changes) : comparison.summary;
    if (summaryTotal(counted) === 0 && unsaved.length === 0 && !comparison.truncated) {
      const bring = paths ? null : await this.#editors.offer(entry);
      if (bring) await bring({ entry: null, guard: null });
      else
        void vscode.window.showInformationMessage(
          l10n.t("Nothing to restore: {what} equals “{entry}”.", { what, entry: entryTitle(entry) }),
        );
      return null;
    }
    const seen = { ...comparison, changes: [...changes], summary: counted };
    const answer = await this.#confirm(seen, what, { unsaved, isWhole: scope === null });
    if (answer === "choose") return this.#chosenParts(entry);
    if (answer === "show") {
      await this.#tree.show(seen, { focus: true });
      return null;
    }
    const bring = paths ? null : await this.#editors.offer(entry);
    await this.#editors.flush();
    const restored = await this.#call(l10n.t("Restoring {what}", { what }), (openFiles, call) =>
      this.#connection.call(
        "timeline/restore",
        {
          ...{ project: projectId, snapshotId: entry.snapshotId, openFiles },
          ...(paths && { paths: [...paths] }),
          ...(parts && { parts: [...parts] }),
        },
        call,
      ),
    );
    await bring?.(restored);
    this.#tell(l10n.t("Restored {what} to “{entry}”", { what, entry: entryTitle(entry) }), restored);
    return restored;
  }

  /** What a restore would do, told as a comparison from the entry to now is. */
  async #preview(
    projectId: string,
    { snapshotId }: Entry,
    wish: Pick<Params<"timeline/preview">, "parts" | "split">,
  ): Promise<
    Pick<EntryComparison, "changes" | "summary" | "truncated"> & { split: readonly PartPreview[] | undefined }
  > {
    const { changes, summary, truncated, split } = await longOperation(
      l10n.t("Looking at what would be restored"),
      (call) =>
        this.#connection.call(
          "timeline/preview",
          { project: projectId, snapshotId, limit: mostChanges, ...wish },
          call,
        ),
    );
    const turned = { ...summary, added: summary.removed, removed: summary.added };
    return { changes: changes.map(turnedRound), summary: turned, truncated, split };
  }

  /** @throws Dismissed */
  async #confirm(
    { changes, summary, from }: EntryComparison,
    what: string,
    { unsaved, isWhole }: { readonly unsaved: readonly UnsavedEditor[]; readonly isWhole: boolean },
  ): Promise<Awaited<ReturnType<typeof askRestore>>> {
    const wanted = vscode.workspace.getConfiguration("forkpoint").get<boolean>("confirmRestore") ?? true;
    if (!wanted && unsaved.length === 0) return "restore";
    const names = unsaved.map(({ path }) => path);
    return askRestore(
      l10n.t("Restore {what} to {from}?", { what, from: named(from) }),
      restorePreview(changes, summary, names, quietFolders()),
      { unsaved, isWhole },
    );
  }

  /** Calls once, and again when a person decides to go on though programs hold files open. */
  async #call(
    title: string,
    run: (openFiles: OpenFiles, call: OperationCall) => Promise<Restored>,
  ): Promise<Restored> {
    try {
      return await longOperation(title, (call) => run("refuse", call));
    } catch (thrown) {
      if (!(thrown instanceof ForkpointError) || thrown.code !== "OPEN_FILES") throw thrown;
      if ((await askOpenFiles(thrown)) === "again") return this.#call(title, run);
      return longOperation(title, (call) => run("proceed", call));
    }
  }

  #tell(title: string, { entry, summary }: Restored): void {
    this.#timeline.refresh();
    // What it compared with "now" is not so any more.
    if (this.#tree.comparison?.to === null) void this.#tree.close();
    if (!entry) {
      void vscode.window.showInformationMessage(l10n.t("Nothing differed, so nothing was restored."));
      return;
    }
    const undo = l10n.t("Undo");
    void vscode.window.showInformationMessage(`${title}: ${summaryText(summary)}.`, undo).then((chosen) => {
      if (chosen === undo) void vscode.commands.executeCommand("forkpoint.undoRestore");
    });
  }
}

function named(entry: Entry): string {
  return `“${entryTitle(entry)}” (${relativeTime(entry.createdAt, Date.now())})`;
}
