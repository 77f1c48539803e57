import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { Dismissed } from "./nextStep.ts";

interface Question {
  readonly title: string;
  /** What the safe choice does; it stands first and is what Enter takes. */
  readonly keep: string;
  readonly act: string;
  /** What happens when one acts. */
  readonly consequence: string;
}

/**
 * Asks before something that cannot be undone. A list rather than a dialog, because there the safe
 * choice can be the one that Enter takes.
 * @throws Dismissed unless the person chose to act.
 */
export async function confirmDangerous({ title, keep, act, consequence }: Question): Promise<void> {
  const acting: vscode.QuickPickItem = { label: `$(trash) ${act}`, detail: consequence };
  const chosen = await vscode.window.showQuickPick([{ label: `$(close) ${keep}` }, acting], {
    title,
    placeHolder: consequence,
    ignoreFocusOut: true,
  });
  if (chosen !== acting) throw new Dismissed();
}

/**
 * Asks a person to type a name before something large goes away.
 * @throws Dismissed when they close the box.
 */
export async function confirmByTyping(title: string, prompt: string, name: string): Promise<void> {
  const typed = await vscode.window.showInputBox({
    title,
    prompt,
    placeHolder: name,
    ignoreFocusOut: true,
    validateInput: (value) =>
      value === "" || name.startsWith(value)
        ? null
        : l10n.t("Type “{name}”, or press Escape to keep it.", { name }),
  });
  if (typed !== name) throw new Dismissed();
}
