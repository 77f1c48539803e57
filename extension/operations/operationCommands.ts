import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Operation } from "../../agent/protocol/project.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { askOne } from "../feedback/ask.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import type { RestoreCommands } from "../restore/restoreCommands.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { plural } from "../wording/counts.ts";
import { operationIcons, operationText, undoText } from "../wording/operations.ts";
import { relativeTime } from "../wording/relativeTime.ts";

interface OperationPick extends vscode.QuickPickItem {
  readonly operation: Operation;
}

const most = 200;

/** What was done to the project, and undoing it. */
export class OperationCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #timeline: Timeline;
  readonly #restore: RestoreCommands;

  constructor(
    connection: AgentConnection,
    session: ProjectSession,
    timeline: Timeline,
    restore: RestoreCommands,
  ) {
    this.#connection = connection;
    this.#session = session;
    this.#timeline = timeline;
    this.#restore = restore;
  }

  /** Lists what was done; the one that is taken is undone, or says what else can be done. */
  async show(): Promise<void> {
    const operations = await this.#list();
    const { operation } = await askOne(operations.map(pickOf), {
      title: l10n.t("What was done, newest first"),
      placeHolder: l10n.t("Choose what you want to undo"),
    });
    if (operation.undo.possible) return this.#undo(operation);
    const instead = operation.undo.hint ?? l10n.t("Nothing of it is left that could be brought back.");
    void vscode.window.showInformationMessage(l10n.t("This cannot be undone. {instead}", { instead }));
  }

  /** Undoes the one named as `{ operationId }`, or one that a person picks among those that can be undone. */
  async undo(argument: unknown): Promise<void> {
    const operations = await this.#list();
    const named = operationArgument(argument);
    const found = operations.find(({ operationId }) => operationId === named);
    if (found) return this.#undo(found);
    const undoable = operations.filter(({ undo }) => undo.possible);
    if (undoable.length === 0) throw new NextStep(l10n.t("There is nothing that could be undone."));
    const { operation } = await askOne(undoable.map(pickOf), {
      title: l10n.t("Undo an operation"),
      placeHolder: l10n.t("Choose what you want to undo"),
    });
    return this.#undo(operation);
  }

  async #list(): Promise<readonly Operation[]> {
    const { project } = await this.#session.require();
    const wish = { project: project.projectId, limit: most, rollOffs: true };
    const { operations } = await this.#connection.call("operations/list", wish);
    if (operations.length === 0) throw new NextStep(l10n.t("Nothing was done yet that could be undone."));
    return operations;
  }

  async #undo({ kind, operationId }: Operation): Promise<void> {
    if (kind === "restore") {
      await this.#restore.undo();
      return;
    }
    const { entries } = await longOperation(l10n.t("Bringing snapshots back"), (call) =>
      this.#connection.call("operations/undo", { operationId }, call),
    );
    this.#timeline.refresh();
    vscode.window.setStatusBarMessage(
      `$(check) ${plural(entries.length, "Brought back {count} snapshot", "Brought back {count} snapshots")}`,
      4000,
    );
  }
}

function pickOf(operation: Operation): OperationPick {
  const detail = undoText(operation);
  return {
    label: `$(${operationIcons[operation.kind]}) ${operationText(operation)}`,
    description: `${relativeTime(operation.at, Date.now())} · ${operation.author}`,
    ...(detail && { detail }),
    operation,
  };
}

function operationArgument(argument: unknown): number | undefined {
  if (typeof argument !== "object" || argument === null || !("operationId" in argument)) return undefined;
  return typeof argument.operationId === "number" ? argument.operationId : undefined;
}
