import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { EditorReporter } from "../editors/editorReporter.ts";
import { askSome, askText } from "../feedback/ask.ts";
import { confirmDangerous } from "../feedback/confirm.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { unsavedEditors } from "../restore/unsavedEditors.ts";
import { entryTitle } from "../wording/causes.ts";
import { plural } from "../wording/counts.ts";
import { durabilityWords } from "../wording/durability.ts";
import { freesText } from "../wording/rooms.ts";
import { chooseEntry, namedEntry } from "./chooseEntry.ts";
import { entryArguments, textArgument } from "./entryArgument.ts";
import { entryDescription } from "./entryText.ts";
import { roomOf } from "./roomOf.ts";
import type { Timeline } from "./timeline.ts";

const longestLabel = 200;

/** Takes snapshots, and changes or deletes those that are there. */
export class SnapshotCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #timeline: Timeline;
  readonly #editors: EditorReporter;
  /** Snapshots that a person deleted in this window. */
  readonly deletedHere = new Set<string>();

  constructor(
    connection: AgentConnection,
    session: ProjectSession,
    timeline: Timeline,
    editors: EditorReporter,
  ) {
    this.#connection = connection;
    this.#session = session;
    this.#timeline = timeline;
    this.#editors = editors;
  }

  /**
   * Asks for a name, which may stay empty, unless a key binding or another extension passed one.
   * Null when nothing had changed.
   */
  async take(argument: unknown): Promise<Entry | null> {
    await this.#session.require();
    const label = textArgument(argument, "label") ?? (await this.#askLabel(l10n.t("Take snapshot"), ""));
    const note = textArgument(argument, "note");
    return this.#create({ label, ...(note !== undefined && { note }) });
  }

  async takeWithNote(): Promise<Entry | null> {
    await this.#session.require();
    const label = await this.#askLabel(l10n.t("Take snapshot with note (1 of 2)"), "");
    const note = await askText({
      title: l10n.t("Take snapshot with note (2 of 2)"),
      prompt: l10n.t("Note: what should you know when you come back to it?"),
    });
    return this.#create({ label, note: note.trim() });
  }

  async takePinned(): Promise<Entry | null> {
    await this.#session.require();
    return this.#create({ label: await this.#askLabel(l10n.t("Take pinned snapshot"), ""), pin: true });
  }

  async rename(argument: unknown): Promise<Entry> {
    const { project } = await this.#session.require();
    const entry = await chooseEntry(this.#timeline, argument, l10n.t("Rename snapshot"));
    const label =
      textArgument(argument, "label") ?? (await this.#askLabel(l10n.t("Rename snapshot"), entry.label ?? ""));
    return this.#edit(project.projectId, entry, { label: label || null });
  }

  async editNote(argument: unknown): Promise<Entry> {
    const { project } = await this.#session.require();
    const entry = await chooseEntry(this.#timeline, argument, l10n.t("Edit note"));
    const given = textArgument(argument, "note");
    const note =
      given ??
      (await askText({
        title: l10n.t("Note of “{title}”", { title: entryTitle(entry) }),
        prompt: l10n.t("Leave it empty to take the note away."),
        value: entry.note ?? "",
      }));
    return this.#edit(project.projectId, entry, { note: note.trim() || null });
  }

  async setPinned(argument: unknown, pinned: boolean): Promise<Entry> {
    const { project } = await this.#session.require();
    const title = pinned ? l10n.t("Pin snapshot") : l10n.t("Unpin snapshot");
    const entry = await chooseEntry(this.#timeline, argument, title, (offered) => offered.pinned !== pinned);
    return this.#edit(project.projectId, entry, { pinned });
  }

  async delete(argument: unknown, selected: unknown): Promise<void> {
    const { project } = await this.#session.require();
    const entries: Entry[] = [];
    for (const id of entryArguments(argument, selected)) entries.push(await namedEntry(this.#timeline, id));
    if (entries.length === 0) {
      entries.push(await chooseEntry(this.#timeline, undefined, l10n.t("Delete snapshot"), deletable));
    }
    await this.#deleteEntries(project.projectId, entries);
  }

  /** Lets a person mark several, as when the pool runs full. */
  async deleteSeveral(): Promise<void> {
    const { project } = await this.#session.require();
    const offered = (await this.#timeline.fresh()).filter(deletable);
    if (offered.length === 0) {
      throw new NextStep(
        l10n.t("No snapshot can be deleted: one is what the workspace grew from, and the others are pinned."),
      );
    }
    const now = Date.now();
    const chosen = await askSome(
      offered.map((entry) => ({
        label: entryTitle(entry),
        description: `${entryDescription(entry, now)} · ${durabilityWords[entry.durability].short}`,
        entry,
      })),
      { title: l10n.t("Delete several snapshots"), placeHolder: l10n.t("Mark those to delete") },
    );
    await this.#deleteEntries(
      project.projectId,
      chosen.map(({ entry }) => entry),
    );
  }

  async copyId(argument: unknown): Promise<void> {
    const entry = await chooseEntry(this.#timeline, argument, l10n.t("Copy snapshot ID"));
    await vscode.env.clipboard.writeText(entry.snapshotId);
    vscode.window.setStatusBarMessage(`$(check) ${l10n.t("Copied {id}", { id: entry.snapshotId })}`, 3000);
  }

  async #create(wanted: { label?: string; note?: string; pin?: boolean }): Promise<Entry | null> {
    const { project } = await this.#session.require();
    const { label, note, pin } = wanted;
    await this.#editors.flush();
    const { entry } = await this.#connection.call("snapshot/create", {
      project: project.projectId,
      ...(label && { label }),
      ...(note && { note }),
      ...(pin && { pin }),
    });
    this.#timeline.refresh();
    const unsaved = this.#session.location ? unsavedEditors(this.#session.location).length : 0;
    if (entry) {
      const title = entryTitle(entry);
      const took =
        unsaved === 0
          ? l10n.t("Took snapshot “{title}”", { title })
          : plural(
              unsaved,
              "Took snapshot “{title}”, whose files are without {count} unsaved editor",
              "Took snapshot “{title}”, whose files are without {count} unsaved editors",
              { title },
            );
      vscode.window.setStatusBarMessage(`$(check) ${took}`, 4000);
    } else
      void vscode.window.showInformationMessage(
        l10n.t("Nothing changed since the last snapshot, so none was needed."),
      );
    return entry;
  }

  async #edit(
    projectId: string,
    entry: Entry,
    change: { label?: string | null; note?: string | null; pinned?: boolean },
  ): Promise<Entry> {
    const { snapshotId } = entry;
    const edited = await this.#connection.call("snapshot/edit", {
      project: projectId,
      snapshotId,
      ...change,
    });
    this.#timeline.refresh();
    return edited;
  }

  async #deleteEntries(projectId: string, entries: readonly Entry[]): Promise<void> {
    const [only] = entries;
    if (!only) return;
    const one = entries.length === 1;
    const { project } = await this.#session.require();
    const hours = project.settings.undeleteHours;
    const snapshotIds = entries.map(({ snapshotId }) => snapshotId);
    const room = await roomOf(this.#connection, projectId, snapshotIds);
    const frees = room ? `${freesText(entries.length, room)} ` : "";
    await confirmDangerous({
      title: one
        ? l10n.t("Delete “{title}”?", { title: entryTitle(only) })
        : plural(entries.length, "Delete {count} snapshot?", "Delete {count} snapshots?"),
      keep: one ? l10n.t("Keep it") : l10n.t("Keep them"),
      act: one
        ? l10n.t("Delete snapshot")
        : plural(entries.length, "Delete {count} snapshot", "Delete {count} snapshots"),
      consequence: `${frees}${consequence(entries, hours)}`,
    });
    for (const snapshotId of snapshotIds) this.deletedHere.add(snapshotId);
    const { operationId, keptHours } = await this.#connection.call("snapshot/delete", {
      project: projectId,
      snapshotIds,
    });
    this.#timeline.refresh();
    const said = one
      ? l10n.t("Deleted “{title}”", { title: entryTitle(only) })
      : plural(entries.length, "Deleted {count} snapshot", "Deleted {count} snapshots");
    if (keptHours === 0) vscode.window.setStatusBarMessage(`$(check) ${said}`, 4000);
    else
      offerUndo(
        `${said}. ${plural(keptHours, "It can be undone for {count} hour.", "It can be undone for {count} hours.")}`,
        operationId,
      );
  }

  async #askLabel(title: string, value: string): Promise<string> {
    const label = await askText({
      title,
      value,
      prompt: l10n.t("Name (optional)"),
      placeHolder: l10n.t("Such as: before the upgrade"),
      validateInput: (text) =>
        text.length > longestLabel
          ? l10n.t("At most {most} characters; this has {count}.", { most: longestLabel, count: text.length })
          : null,
    });
    return label.trim();
  }
}

function consequence(entries: readonly Entry[], undeleteHours: number): string {
  if (undeleteHours > 0) {
    return plural(
      undeleteHours,
      "For {count} hour this can be undone, unless the pool runs full; then the room is freed.",
      "For {count} hours this can be undone, unless the pool runs full; then the room is freed.",
    );
  }
  const alone = entries.some(({ durability }) => durability !== "durable" && durability !== "verified");
  return alone
    ? l10n.t("This cannot be undone, and the store has no full copy.")
    : l10n.t("This cannot be undone on this machine. The store keeps its copy.");
}

function offerUndo(message: string, operationId: number): void {
  const undo = l10n.t("Undo");
  void vscode.window.showInformationMessage(message, undo).then((chosen) => {
    if (chosen === undo) void vscode.commands.executeCommand("forkpoint.undoOperation", { operationId });
  });
}

/** What the workspace grew from has to stay, and so does what somebody pinned. */
function deletable({ head, pinned }: Entry): boolean {
  return !head && !pinned;
}
