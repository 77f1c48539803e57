import * as vscode from "vscode";
import { reportError } from "../feedback/reportError.ts";
import type { Window } from "../window.ts";
import { commandTable } from "./commandTable.ts";

/** Registers every command. One that fails tells the person; its promise then resolves to undefined. */
export function registerCommands(window: Window): vscode.Disposable[] {
  return Object.entries(commandTable(window)).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (argument?: unknown, selected?: unknown) => {
      try {
        return await run(argument, selected);
      } catch (thrown) {
        reportError(thrown, window.log);
        return undefined;
      }
    }),
  );
}
