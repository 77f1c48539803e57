import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { EditorState } from "../../agent/protocol/editorState.ts";
import type { Result } from "../../agent/protocol/methods.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { Dismissed } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import type { UnsavedEditor } from "../restore/unsavedEditors.ts";
import { entryTitle } from "../wording/causes.ts";
import { enumerate, plural } from "../wording/counts.ts";
import { type Brought, bringBack, missing, takeBack } from "./bringBack.ts";
import { captureEditors } from "./editorCapture.ts";
import type { EditorReporter } from "./editorReporter.ts";

type Restored = Pick<Result<"timeline/restore">, "entry" | "guard">;
/** Does what a person agreed to; to be called when the files are restored. */
type Bring = (restored: Restored) => Promise<void>;

/** Brings the tabs and unsaved editors of an entry back together with its files. */
export class EditorReturn {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #reporter: EditorReporter;
  /** What the last restore brought, and the guard that holds what was open before. */
  #last: { readonly guardId: string; readonly brought: Brought } | undefined;

  constructor(connection: AgentConnection, session: ProjectSession, reporter: EditorReporter) {
    this.#connection = connection;
    this.#session = session;
    this.#reporter = reporter;
  }

  /** Sees to it that the next snapshot holds what is open now. */
  flush(): Promise<void> {
    return this.#reporter.flush();
  }

  /**
   * Asks whether editors are to come back with an entry, where it has any that are not open, and as the setting says.
   * Null when none are. @throws Dismissed, ForkpointError what the agent answers
   */
  async offer(entry: Entry): Promise<Bring | null> {
    const wanted = vscode.workspace.getConfiguration("forkpoint").get<string>("editors.bringBack") ?? "ask";
    const state = wanted === "never" ? undefined : await this.#stateOf(entry.snapshotId);
    const { location } = await this.#session.require();
    const { tabs, unsaved } = state ? missing(location, state) : { tabs: [], unsaved: [] };
    if (!state || tabs.length + unsaved.length === 0) return null;
    if (wanted !== "always") {
      const yes = l10n.t("Bring Back");
      const no = l10n.t("Files Only");
      const parts = [
        ...(unsaved.length > 0
          ? [plural(unsaved.length, "{count} unsaved editor", "{count} unsaved editors")]
          : []),
        ...(tabs.length > 0 ? [plural(tabs.length, "{count} tab", "{count} tabs")] : []),
      ];
      const names = unsaved.map(({ path, name }) => path ?? name).slice(0, 5);
      const detail = [
        plural(
          tabs.length + unsaved.length,
          "“{title}” holds {what} that is not open now.",
          "“{title}” holds {what} that are not open now.",
          { title: entryTitle(entry), what: enumerate(parts) },
        ),
        ...(names.length > 0 ? [l10n.t("Unsaved: {names}.", { names: names.join(", ") })] : []),
        l10n.t("They stay unsaved. What is in the editors now is kept with the snapshot before the restore."),
      ].join("\n\n");
      const question = l10n.t("Bring back the tabs and unsaved editors too?");
      const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, yes, no);
      if (answer === undefined) throw new Dismissed();
      if (answer === no) return null;
    }
    return (restored) => this.#bring(state, restored);
  }

  /** Unsaved editors that hold only what the last restore put there, as far as nobody has worked on them. */
  isOwn({ uri }: Pick<UnsavedEditor, "uri">): boolean {
    const text = this.#last?.brought.texts.get(uri.toString());
    if (text === undefined) return false;
    return vscode.workspace.textDocuments.some(
      (document) => document.uri.toString() === uri.toString() && document.getText() === text,
    );
  }

  /** Brings back what was open before the last restore, when it is the one that was undone. */
  async undone({ entry }: Restored): Promise<void> {
    const last = this.#last;
    if (!last || entry?.parentId !== last.guardId) return;
    this.#last = undefined;
    const { location } = await this.#session.require();
    await takeBack(last.brought);
    const state = await this.#stateOf(last.guardId);
    if (state) await bringBack(location, state, (document) => this.isOwn(document));
    await this.flush();
  }

  async #bring(state: EditorState, { entry, guard }: Restored): Promise<void> {
    const { project, location } = await this.#session.require();
    // Where no file differed there is no guard yet, and what is unsaved now must not go.
    const kept = guard ?? (await this.#keepNow(project.projectId));
    const brought = await bringBack(location, state);
    if (kept) this.#last = entry ? { guardId: kept.snapshotId, brought } : undefined;
    await this.flush();
    if (brought.failed > 0) {
      void vscode.window.showWarningMessage(
        plural(
          brought.failed,
          "{count} editor could not be brought back: the files are not there, or cannot be shown.",
          "{count} editors could not be brought back: the files are not there, or cannot be shown.",
        ),
      );
    }
  }

  async #keepNow(project: string): Promise<Entry | null> {
    await this.flush();
    const { entry, head } = await this.#connection.call("snapshot/create", { project });
    return entry ?? head;
  }

  /** This window's own, else that of a window that had the same folder open. */
  async #stateOf(snapshotId: string): Promise<EditorState | undefined> {
    const { project, location } = await this.#session.require();
    const { windows } = await this.#connection.call("editor/show", {
      project: project.projectId,
      snapshotId,
    });
    const { windowId } = this.#reporter;
    const { folder } = captureEditors(location, windowId);
    const states = windows.map(({ state }) => state);
    return (
      states.find((state) => state.windowId === windowId) ?? states.find((state) => state.folder === folder)
    );
  }
}
