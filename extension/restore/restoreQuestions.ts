import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { ForkpointError } from "../../agent/protocol/errors.ts";
import { Dismissed } from "../feedback/nextStep.ts";
import { openPrograms } from "./openPrograms.ts";
import { type UnsavedEditor, saveAll } from "./unsavedEditors.ts";

/**
 * Asks before a restore; unsaved editors are saved when that is the answer.
 * @param isWhole whether another choice of what is to be restored can be made instead
 * @throws Dismissed, ForkpointError when an editor could not be saved
 */
export async function askRestore(
  question: string,
  detail: string,
  { unsaved, isWhole }: { readonly unsaved: readonly UnsavedEditor[]; readonly isWhole: boolean },
): Promise<"restore" | "show" | "choose"> {
  const show = l10n.t("Show Changes");
  if (unsaved.length > 0)
    return (await askUnsaved(question, detail, unsaved, [show])) === show ? "show" : "restore";
  const choose = l10n.t("Choose…");
  const restore = l10n.t("Restore");
  const answers = [show, ...(isWhole ? [choose] : []), restore];
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, ...answers);
  if (answer === undefined) throw new Dismissed();
  return answer === restore ? "restore" : answer === choose ? "choose" : "show";
}

/**
 * Asks what to do with unsaved editors before a restore, and saves them when that is the answer.
 * @param others more answers; they stand first
 * @returns which of `others` was chosen, or undefined to go on
 * @throws Dismissed, ForkpointError when one could not be saved
 */
export async function askUnsaved(
  question: string,
  detail: string,
  unsaved: readonly UnsavedEditor[],
  others: readonly string[],
): Promise<string | undefined> {
  const save = l10n.t("Save All & Restore");
  const keep = l10n.t("Restore, Keep Unsaved Editors Open");
  const answer = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail },
    // The first is the one that Enter takes, so what only shows something stands before what acts.
    ...others,
    save,
    keep,
  );
  if (answer === undefined) throw new Dismissed();
  if (answer === save) await saveAll(unsaved);
  return others.find((other) => other === answer);
}

/**
 * Asks what to do about programs that have files open for writing.
 * @throws Dismissed
 */
export async function askOpenFiles(error: ForkpointError): Promise<"again" | "proceed"> {
  const detail = [
    openPrograms(error).join("\n") || error.message,
    l10n.t("Stop them and try again. What they still write afterwards would mix with what is restored."),
  ];
  const again = l10n.t("Try Again");
  const anyway = l10n.t("Restore Anyway");
  const answer = await vscode.window.showWarningMessage(
    l10n.t("Programs have files of this workspace open for writing."),
    { modal: true, detail: detail.join("\n\n") },
    again,
    anyway,
  );
  if (answer === undefined) throw new Dismissed();
  return answer === again ? "again" : "proceed";
}
