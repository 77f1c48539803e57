import * as vscode from "vscode";
import { Dismissed } from "./nextStep.ts";

/** Lines below a heading, each with what is said beside it in grey. */
export interface PlanPart {
  readonly heading: string;
  readonly lines: readonly { readonly label: string; readonly description?: string }[];
}

interface PlanQuestion<T extends vscode.QuickPickItem> {
  readonly title: string;
  readonly placeHolder: string;
  /** What the safe choice does; it stands first and is what Enter takes. */
  readonly keep: string;
  readonly acts: readonly T[];
  /** What is to be read before one decides, below the answers. */
  readonly parts: readonly PlanPart[];
}

/**
 * Shows what would be done and asks whether to do it. A list, as in `confirmDangerous`; its lines below the answers are
 * there to be read and searched, and choosing one of them asks again.
 * @throws Dismissed unless the person chose to act
 */
export async function askPlan<T extends vscode.QuickPickItem>(question: PlanQuestion<T>): Promise<T> {
  const { title, placeHolder, keep, acts, parts } = question;
  const keeping: vscode.QuickPickItem = { label: `$(close) ${keep}` };
  const read = parts.flatMap(({ heading, lines }): vscode.QuickPickItem[] => [
    { label: heading, kind: vscode.QuickPickItemKind.Separator },
    ...lines,
  ]);
  const options = { title, placeHolder, matchOnDescription: true, matchOnDetail: true, ignoreFocusOut: true };
  for (;;) {
    const chosen = await vscode.window.showQuickPick([keeping, ...acts, ...read], options);
    if (!chosen || chosen === keeping) throw new Dismissed();
    const act = acts.find((each) => each === chosen);
    if (act) return act;
  }
}
