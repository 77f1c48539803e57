import * as vscode from "vscode";
import { askOne } from "../feedback/ask.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { platformSupported, systemName, waysToLinux } from "./platform.ts";

/** Shows the ways from this system to one on which Forkpoint works. */
export async function showLinuxHelp(): Promise<void> {
  if (platformSupported(process.platform)) {
    throw new NextStep("This window is on Linux already, where Forkpoint works.", "forkpoint.getStarted");
  }
  const ways = process.platform === "win32" ? waysToLinux.win32 : waysToLinux.other;
  const { extension } = await askOne(
    ways.map(({ label, extension }) => ({
      label,
      detail: "Show the extension that opens folders there",
      extension,
    })),
    {
      title: `Forkpoint works on Linux, and this window runs on ${systemName(process.platform)}`,
      placeHolder: "Open the folder on a Linux side through…",
    },
  );
  await vscode.commands.executeCommand("workbench.extensions.search", `@id:${extension}`);
}
