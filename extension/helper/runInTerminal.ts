import * as vscode from "vscode";
import { shellWords } from "../../agent/protocol/shellWords.ts";

/**
 * Runs a command in a terminal that shows it, takes what a person types, and stays open afterwards.
 * @returns its exit status; undefined when it could not be started, or its terminal was closed
 */
export async function runInTerminal(
  name: string,
  [program = "", ...args]: readonly string[],
): Promise<number | undefined> {
  const definition = { type: "process", command: shellWords([program, ...args]) };
  const scope = vscode.workspace.workspaceFolders?.[0] ?? vscode.TaskScope.Workspace;
  const process = new vscode.ProcessExecution(program, args, { cwd: "/" });
  const task = new vscode.Task(definition, scope, name, "Forkpoint", process);
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    echo: true,
    focus: true,
    clear: true,
  };
  const ended = Promise.withResolvers<number | undefined>();
  const disposables = [
    vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (isOurs(execution)) ended.resolve(exitCode);
    }),
    // A program that cannot be started has no process that could end.
    vscode.tasks.onDidEndTask(({ execution }) => {
      if (isOurs(execution)) setTimeout(() => ended.resolve(undefined), 0);
    }),
  ];
  let started: vscode.TaskExecution | undefined;
  const isOurs = (execution: vscode.TaskExecution) => execution === started || execution.task.name === name;
  try {
    started = await vscode.tasks.executeTask(task);
    return await ended.promise;
  } finally {
    for (const disposable of disposables) disposable.dispose();
  }
}
