import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { askOne } from "../feedback/ask.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { platformSupported, systemName, waysToLinux } from "./platform.ts";

/** Shows the ways from this system to one on which Forkpoint works. */
export async function showLinuxHelp(): Promise<void> {
  if (platformSupported(process.platform)) {
    throw new NextStep(
      l10n.t("This window is on Linux already, where Forkpoint works."),
      "forkpoint.getStarted",
    );
  }
  const ways = process.platform === "win32" ? waysToLinux.win32 : waysToLinux.other;
  const { extension } = await askOne(
    ways.map(({ label, extension }) => ({
      label,
      detail: l10n.t("Show the extension that opens folders there"),
      extension,
    })),
    {
      title: l10n.t("Forkpoint works on Linux, and this window runs on {platform}", {
        platform: systemName(process.platform),
      }),
      placeHolder: l10n.t("Open the folder on a Linux side through…"),
    },
  );
  await vscode.commands.executeCommand("workbench.extensions.search", `@id:${extension}`);
}
