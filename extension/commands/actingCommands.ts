import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { NextStep } from "../feedback/nextStep.ts";
import { actingCommands } from "./actingCommandIds.ts";
import type { CommandId } from "./commandTitles.ts";

/**
 * Sees to it that a command changes nothing of a folder that nobody trusts. The menus grey it out there; keys, links and
 * other extensions come here.
 * @throws NextStep
 */
export function requireTrust(command: CommandId): void {
  if (vscode.workspace.isTrusted || !actingCommands.has(command)) return;
  throw new NextStep(
    l10n.t(
      "You have not trusted this folder. Its snapshots can be looked at and compared; to change something, trust it first.",
    ),
    "forkpoint.manageTrust",
  );
}
