import * as vscode from "vscode";
import { errorBody } from "../../agent/protocol/errors.ts";
import { type CommandId, commandTitles } from "../commands/commandTitles.ts";
import { errorAdvice, hintFor } from "./errorAdvice.ts";
import { Dismissed, NextStep } from "./nextStep.ts";

/**
 * Tells a person what went wrong and offers what mends it; the whole error goes to the log.
 * Never rejects, so that a command may end with it.
 */
export function reportError(thrown: unknown, log: vscode.LogOutputChannel): void {
  if (thrown instanceof Dismissed) return;
  if (thrown instanceof NextStep) {
    offer(vscode.window.showInformationMessage, thrown.message, thrown.actions);
    return;
  }
  const body = errorBody(thrown);
  if (body.code === "CANCELLED") {
    vscode.window.setStatusBarMessage("$(circle-slash) Cancelled; nothing was changed.", 5000);
    return;
  }
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  log.error(
    `${body.code}: ${body.message}`,
    body.details ?? "",
    body.code === "INTERNAL" ? (stack ?? "") : "",
  );
  const advice = errorAdvice[body.code];
  offer(vscode.window.showErrorMessage, `${sentence(body.message)} ${hintFor(body)}`, advice?.actions ?? []);
}

/** Shows a message with buttons that run commands. */
export function offer(
  show: (message: string, ...items: string[]) => Thenable<string | undefined>,
  message: string,
  actions: readonly CommandId[],
): void {
  const titles = actions.map((action) => commandTitles[action]);
  void show(message, ...titles).then((chosen) => {
    const action = actions.find((candidate) => commandTitles[candidate] === chosen);
    if (action) void vscode.commands.executeCommand(action);
  });
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
