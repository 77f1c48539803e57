import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { errorBody } from "../../agent/protocol/errors.ts";
import { isExplained } from "./explainedErrors.ts";
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
    vscode.window.setStatusBarMessage(`$(circle-slash) ${l10n.t("Cancelled; nothing was changed.")}`, 5000);
    return;
  }
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  log.error(
    `${body.code}: ${body.message}`,
    body.details ?? "",
    body.code === "INTERNAL" ? (stack ?? "") : "",
  );
  const advice = errorAdvice[body.code];
  const learn: Offer = {
    title: l10n.t("Learn More"),
    run: () => void vscode.commands.executeCommand("forkpoint.showProblems", body.code),
  };
  const offers = [...(advice?.actions ?? []).map(commandOffer), ...(isExplained(body.code) ? [learn] : [])];
  show(vscode.window.showErrorMessage, `${sentence(body.message)} ${hintFor(body)}`, offers);
}

type ShowMessage = (message: string, ...items: string[]) => Thenable<string | undefined>;

/** A button of a message. */
interface Offer {
  readonly title: string;
  readonly run: () => void;
}

/** Shows a message with buttons that run commands. */
export function offer(showMessage: ShowMessage, message: string, actions: readonly CommandId[]): void {
  show(showMessage, message, actions.map(commandOffer));
}

function show(showMessage: ShowMessage, message: string, offers: readonly Offer[]): void {
  void showMessage(message, ...offers.map(({ title }) => title)).then((chosen) =>
    offers.find(({ title }) => title === chosen)?.run(),
  );
}

function commandOffer(action: CommandId): Offer {
  return { title: commandTitles[action], run: () => void vscode.commands.executeCommand(action) };
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
