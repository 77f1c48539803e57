import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import { errorBody } from "../../agent/protocol/errors.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { Throttle } from "../timeline/throttle.ts";
import { entryTitle } from "../wording/causes.ts";
import { plural } from "../wording/counts.ts";
import { longDate } from "../wording/relativeTime.ts";
import type { ChangesTree } from "./changesTree.ts";
import { openSnapshotUris } from "./openSnapshotUris.ts";
import type { SnapshotFiles } from "./snapshotFiles.ts";
import type { SnapshotRoots } from "./snapshotRoots.ts";
import { parseSnapshotUri } from "./snapshotUri.ts";

/** The least time in milliseconds between two looks at what is still there. */
const lookMs = 250;
/** So many of the newest operations are looked through for the one that took a snapshot. */
const operationsLookedAt = 200;

interface Parts {
  readonly connection: AgentConnection;
  readonly session: ProjectSession;
  readonly roots: SnapshotRoots;
  readonly files: SnapshotFiles;
  readonly changes: ChangesTree;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Watches the snapshots that editors and the Changes view show. When one goes, its editors, the view and a message
 * say so; when it comes back, its editors work again.
 */
export class ShownSnapshots implements vscode.Disposable {
  readonly #parts: Parts;
  /** Whether a person deleted a snapshot in this window, and so knows. */
  readonly #isKnown: (snapshotId: string) => boolean;
  /** What is shown, as it was last seen. */
  readonly #seen = new Map<string, Entry>();
  readonly #gone = new Set<string>();
  readonly #throttle: Throttle;
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor(parts: Parts, isKnown: (snapshotId: string) => boolean) {
    this.#parts = parts;
    this.#isKnown = isKnown;
    this.#throttle = new Throttle(lookMs, () => this.#look());
    const { connection, session, changes } = parts;
    const later = () => this.#throttle.run();
    this.#disposables = [
      this.#throttle,
      session.onDidChange(later),
      connection.onDidHear(({ name }) => {
        if (name === "changed/timeline") later();
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
        if (opened.length + changed.length > 0) later();
      }),
      changes.onDidShow(later),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #look(): Promise<void> {
    const { project } = this.#parts.session;
    if (!project || this.#parts.connection.state.kind !== "connected") return;
    const { projectId } = project;
    this.#parts.roots.forget();
    const shown = this.#shown(projectId);
    for (const snapshotId of [...this.#seen.keys(), ...this.#gone])
      if (!shown.has(snapshotId)) this.#drop(snapshotId);
    const went: string[] = [];
    try {
      for (const snapshotId of shown) {
        const entry = await this.#parts.roots.look(projectId, snapshotId);
        if (entry) this.#seen.set(snapshotId, entry);
        if (entry && this.#gone.delete(snapshotId)) this.#tell(snapshotId, vscode.FileChangeType.Created);
        if (entry || this.#gone.has(snapshotId)) continue;
        this.#gone.add(snapshotId);
        this.#tell(snapshotId, vscode.FileChangeType.Deleted);
        went.push(snapshotId);
      }
      this.#parts.changes.setGone(this.#gone);
      await this.#say(
        projectId,
        went.filter((id) => !this.#isKnown(id)),
      );
    } catch (thrown) {
      const { code, message } = errorBody(thrown);
      this.#parts.log.warn(`Whether what is open is still there could not be seen. ${code}: ${message}`);
    }
  }

  #shown(projectId: string): Set<string> {
    const { changes } = this.#parts;
    const ids = openSnapshotUris().flatMap((uri) => {
      const file = parseSnapshotUri(uri);
      return file?.projectId === projectId && typeof file.moment === "object" ? [file.moment.snapshotId] : [];
    });
    return new Set([...ids, ...changes.snapshotIds]);
  }

  #drop(snapshotId: string): void {
    this.#seen.delete(snapshotId);
    this.#gone.delete(snapshotId);
  }

  /** Has its open editors looked at again, by the editor. */
  #tell(snapshotId: string, type: vscode.FileChangeType): void {
    const uris = openSnapshotUris().filter((uri) => {
      const moment = parseSnapshotUri(uri)?.moment;
      return typeof moment === "object" && moment.snapshotId === snapshotId;
    });
    this.#parts.files.announce(type, uris);
  }

  /** Says what went, with what brings it back where anything does. */
  async #say(projectId: string, snapshotIds: readonly string[]): Promise<void> {
    const [snapshotId] = snapshotIds;
    if (snapshotId === undefined) return;
    const { operations } = await this.#parts.connection.call("operations/list", {
      project: projectId,
      limit: operationsLookedAt,
      rollOffs: true,
    });
    const cause = operations.find(
      ({ kind, snapshotIds: taken }) =>
        (kind === "delete" || kind === "rollOff") && taken.includes(snapshotId),
    );
    const seen = this.#seen.get(snapshotId);
    const label = cause?.snapshotIds[0] === snapshotId ? cause.label : null;
    const title = seen ? entryTitle(seen) : (label ?? snapshotId);
    const what =
      cause?.kind === "rollOff"
        ? l10n.t("Retention took the snapshot “{title}”.", { title })
        : l10n.t("The snapshot “{title}” was deleted.", { title });
    const open = plural(
      snapshotIds.length,
      "It is open here: what you see stays, but nothing more of it can be opened.",
      "It and others are open here, {count} in all: what you see stays, but nothing more of them can be opened.",
    );
    const undo = l10n.t("Undo");
    const canUndo = cause?.undo.possible ?? false;
    const until = cause?.undo.until ?? null;
    const limit =
      until === null ? [] : [l10n.t("It can be brought back until {until}.", { until: longDate(until) })];
    const text = [what, open, ...limit].join(" ");
    void vscode.window.showWarningMessage(text, ...(canUndo ? [undo] : [])).then((chosen) => {
      if (chosen !== undefined && cause)
        void vscode.commands.executeCommand("forkpoint.undoOperation", { operationId: cause.operationId });
    });
  }
}
