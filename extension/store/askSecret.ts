import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Secret } from "../../agent/protocol/store.ts";
import { askText } from "../feedback/ask.ts";
import { Dismissed } from "../feedback/nextStep.ts";
import { askKeyFile } from "./keyFile.ts";

const leastCharacters = 8;

/** What opens a store: its passphrase or, by a button of the box, a key file. @throws Dismissed */
export async function askSecret(title: string, prompt = l10n.t("The store's passphrase")): Promise<Secret> {
  const answer = await passphraseOrKeyFile(title, prompt);
  return answer === "keyFile" ? askKeyFile(title) : { passphrase: answer.passphrase };
}

/** A new passphrase, typed twice. @throws Dismissed */
export async function askNewPassphrase(title: string): Promise<Secret> {
  const passphrase = await askText({
    title,
    prompt: l10n.t(
      "A new passphrase. Without it nothing in the store can be read any more, by anybody: keep it elsewhere, too.",
    ),
    password: true,
    validateInput: newPassphraseProblem,
  });
  await askText({
    title,
    prompt: l10n.t("The same again"),
    password: true,
    validateInput: (text) => (text === passphrase ? null : l10n.t("The two differ.")),
  });
  return { passphrase };
}

/** What is wrong with a new passphrase, or null. */
export function newPassphraseProblem(text: string): string | null {
  return Array.from(text).length >= leastCharacters
    ? null
    : l10n.t("Use at least {count} characters; several words that do not belong together are best.", {
        count: leastCharacters,
      });
}

async function passphraseOrKeyFile(
  title: string,
  prompt: string,
): Promise<{ passphrase: string } | "keyFile"> {
  const box = vscode.window.createInputBox();
  const useKeyFile = { iconPath: new vscode.ThemeIcon("key"), tooltip: l10n.t("Use a Key File Instead") };
  Object.assign(box, { title, prompt, password: true, ignoreFocusOut: true, buttons: [useKeyFile] });
  try {
    return await new Promise((resolve, reject) => {
      box.onDidTriggerButton(() => resolve("keyFile"));
      box.onDidChangeValue(() => {
        box.validationMessage = undefined;
      });
      box.onDidAccept(() => {
        if (box.value === "") box.validationMessage = l10n.t("Type the passphrase.");
        else resolve({ passphrase: box.value });
      });
      box.onDidHide(() => reject(new Dismissed()));
      box.show();
    });
  } finally {
    box.dispose();
  }
}
