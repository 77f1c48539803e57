import * as vscode from "vscode";
import { reportError } from "../feedback/reportError.ts";
import type { Window } from "../window.ts";
import { requireTrust } from "./actingCommands.ts";
import { commandTable } from "./commandTable.ts";
import type { CommandId } from "./commandTitles.ts";

/** Registers every command. One that fails tells the person; its promise then resolves to undefined. */
export function registerCommands(window: Window): vscode.Disposable[] {
  const table = commandTable(window);
  return (Object.keys(table) as CommandId[]).map((id) =>
    vscode.commands.registerCommand(id, async (argument?: unknown, selected?: unknown) => {
      try {
        requireTrust(id);
        return await table[id](argument, selected);
      } catch (thrown) {
        reportError(thrown, window.log);
        return undefined;
      }
    }),
  );
}
