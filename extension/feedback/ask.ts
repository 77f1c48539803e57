import * as vscode from "vscode";
import { Dismissed } from "./nextStep.ts";

/** An input box that must be answered. @throws Dismissed when it is closed. */
export async function askText(options: vscode.InputBoxOptions): Promise<string> {
  const text = await vscode.window.showInputBox({ ignoreFocusOut: true, ...options });
  if (text === undefined) throw new Dismissed();
  return text;
}

/** A list one item of which must be taken. @throws Dismissed when it is closed. */
export async function askOne<T extends vscode.QuickPickItem>(
  items: readonly T[] | Promise<readonly T[]>,
  options: vscode.QuickPickOptions,
): Promise<T> {
  const item = await vscode.window.showQuickPick(items, { matchOnDescription: true, ...options });
  if (!item) throw new Dismissed();
  return item;
}

/** A list from which any number may be taken. @throws Dismissed when it is closed or none is taken. */
export async function askSome<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: vscode.QuickPickOptions,
): Promise<readonly T[]> {
  const chosen = await vscode.window.showQuickPick(items, { ...options, canPickMany: true });
  if (!chosen || chosen.length === 0) throw new Dismissed();
  return chosen;
}
