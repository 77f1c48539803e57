import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entities.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { EditorReporter } from "../editors/editorReporter.ts";
import { askSome, askText } from "../feedback/ask.ts";
import { confirmDangerous } from "../feedback/confirm.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { unsavedEditors } from "../restore/unsavedEditors.ts";
import { entryTitle } from "../wording/causes.ts";
import { count } from "../wording/counts.ts";
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
    const label = textArgument(argument, "label") ?? (await this.#askLabel("Take snapshot", ""));
    const note = textArgument(argument, "note");
    return this.#create({ label, ...(note !== undefined && { note }) });
  }

  async takeWithNote(): Promise<Entry | null> {
    await this.#session.require();
    const label = await this.#askLabel("Take snapshot with note (1 of 2)", "");
    const note = await askText({
      title: "Take snapshot with note (2 of 2)",
      prompt: "Note: what should you know when you come back to it?",
    });
    return this.#create({ label, note: note.trim() });
  }

  async takePinned(): Promise<Entry | null> {
    await this.#session.require();
    return this.#create({ label: await this.#askLabel("Take pinned snapshot", ""), pin: true });
  }

  async rename(argument: unknown): Promise<Entry> {
    const { project } = await this.#session.require();
    const entry = await chooseEntry(this.#timeline, argument, "Rename snapshot");
    const label =
      textArgument(argument, "label") ?? (await this.#askLabel("Rename snapshot", entry.label ?? ""));
    return this.#edit(project.projectId, entry, { label: label || null });
  }

  async editNote(argument: unknown): Promise<Entry> {
    const { project } = await this.#session.require();
    const entry = await chooseEntry(this.#timeline, argument, "Edit note");
    const given = textArgument(argument, "note");
    const note =
      given ??
      (await askText({
        title: `Note of “${entryTitle(entry)}”`,
        prompt: "Leave it empty to take the note away.",
        value: entry.note ?? "",
      }));
    return this.#edit(project.projectId, entry, { note: note.trim() || null });
  }

  async setPinned(argument: unknown, pinned: boolean): Promise<Entry> {
    const { project } = await this.#session.require();
    const title = pinned ? "Pin snapshot" : "Unpin snapshot";
    const entry = await chooseEntry(this.#timeline, argument, title, (offered) => offered.pinned !== pinned);
    return this.#edit(project.projectId, entry, { pinned });
  }

  async delete(argument: unknown, selected: unknown): Promise<void> {
    const { project } = await this.#session.require();
    const entries: Entry[] = [];
    for (const id of entryArguments(argument, selected)) entries.push(await namedEntry(this.#timeline, id));
    if (entries.length === 0) {
      entries.push(await chooseEntry(this.#timeline, undefined, "Delete snapshot", deletable));
    }
    await this.#deleteEntries(project.projectId, entries);
  }

  /** Lets a person mark several, as when the pool runs full. */
  async deleteSeveral(): Promise<void> {
    const { project } = await this.#session.require();
    const offered = (await this.#timeline.fresh()).filter(deletable);
    if (offered.length === 0) {
      throw new NextStep(
        "No snapshot can be deleted: one is what the workspace grew from, and the others are pinned.",
      );
    }
    const now = Date.now();
    const chosen = await askSome(
      offered.map((entry) => ({
        label: entryTitle(entry),
        description: `${entryDescription(entry, now)} · ${durabilityWords[entry.durability].short}`,
        entry,
      })),
      { title: "Delete several snapshots", placeHolder: "Mark those to delete" },
    );
    await this.#deleteEntries(
      project.projectId,
      chosen.map(({ entry }) => entry),
    );
  }

  async copyId(argument: unknown): Promise<void> {
    const entry = await chooseEntry(this.#timeline, argument, "Copy snapshot ID");
    await vscode.env.clipboard.writeText(entry.snapshotId);
    vscode.window.setStatusBarMessage(`$(check) Copied ${entry.snapshotId}`, 3000);
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
    const also = unsaved > 0 ? `, whose files are without ${count(unsaved, "unsaved editor")}` : "";
    if (entry)
      vscode.window.setStatusBarMessage(`$(check) Took snapshot “${entryTitle(entry)}”${also}`, 4000);
    else
      void vscode.window.showInformationMessage(
        "Nothing changed since the last snapshot, so none was needed.",
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
      title: one ? `Delete “${entryTitle(only)}”?` : `Delete ${count(entries.length, "snapshot")}?`,
      keep: one ? "Keep it" : "Keep them",
      act: one ? "Delete snapshot" : `Delete ${count(entries.length, "snapshot")}`,
      consequence: `${frees}${consequence(entries, hours)}`,
    });
    const { operationId, keptHours } = await this.#connection.call("snapshot/delete", {
      project: projectId,
      snapshotIds,
    });
    this.#timeline.refresh();
    const said = `Deleted ${one ? `“${entryTitle(only)}”` : count(entries.length, "snapshot")}`;
    if (keptHours === 0) vscode.window.setStatusBarMessage(`$(check) ${said}`, 4000);
    else offerUndo(`${said}. It can be undone for ${count(keptHours, "hour")}.`, operationId);
  }

  async #askLabel(title: string, value: string): Promise<string> {
    const label = await askText({
      title,
      value,
      prompt: "Name (optional)",
      placeHolder: "Such as: before the upgrade",
      validateInput: (text) =>
        text.length > longestLabel ? `At most ${longestLabel} characters; this has ${text.length}.` : null,
    });
    return label.trim();
  }
}

function consequence(entries: readonly Entry[], undeleteHours: number): string {
  if (undeleteHours > 0) {
    return `For ${count(undeleteHours, "hour")} this can be undone, unless the pool runs full; then the room is freed.`;
  }
  const alone = entries.some(({ durability }) => durability !== "durable" && durability !== "verified");
  return alone
    ? "This cannot be undone, and the store has no full copy."
    : "This cannot be undone on this machine. The store keeps its copy.";
}

function offerUndo(message: string, operationId: number): void {
  const undo = "Undo";
  void vscode.window.showInformationMessage(message, undo).then((chosen) => {
    if (chosen === undo) void vscode.commands.executeCommand("forkpoint.undoOperation", { operationId });
  });
}

/** What the workspace grew from has to stay, and so does what somebody pinned. */
function deletable({ head, pinned }: Entry): boolean {
  return !head && !pinned;
}
