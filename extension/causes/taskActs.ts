import * as vscode from "vscode";
import type { ActCause } from "../../agent/protocol/acts.ts";
import { commandKind } from "../../agent/protocol/commandKind.ts";
import type { Acts, Begun } from "./acts.ts";

/** Tasks that come to an end by themselves: a build, an install, a test run. */
export class TaskActs implements vscode.Disposable {
  readonly #acts: Acts;
  readonly #running = new Map<vscode.TaskExecution, Begun>();
  readonly #disposables: readonly vscode.Disposable[];

  constructor(acts: Acts) {
    this.#acts = acts;
    this.#disposables = [
      // Not its process: that may have written something by the time one hears of it.
      vscode.tasks.onDidStartTask(({ execution }) => this.#started(execution)),
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => this.#ended(execution, exitCode)),
      vscode.tasks.onDidEndTask(({ execution }) => {
        // A task that has a process ends with that, right before or after this.
        setTimeout(() => this.#ended(execution, undefined), 0);
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #started(execution: vscode.TaskExecution): void {
    const { task } = execution;
    const folder = typeof task.scope === "object" ? task.scope.uri : undefined;
    if (task.isBackground || task.source === "Forkpoint" || !this.#acts.holds(folder)) return;
    const name = task.source === "Workspace" ? task.name : `${task.source}: ${task.name}`;
    this.#running.set(execution, this.#acts.begin(causeOf(task), name));
  }

  #ended(execution: vscode.TaskExecution, exitCode: number | undefined): void {
    const begun = this.#running.get(execution);
    if (!begun) return;
    this.#running.delete(execution);
    void this.#acts.end(begun, exitCode);
  }
}

function causeOf(task: vscode.Task): ActCause {
  if (task.group?.id === vscode.TaskGroup.Test.id) return "test";
  const { execution } = task;
  if (!(execution instanceof vscode.ShellExecution)) return "task";
  return commandKind(execution.commandLine ?? shellLine(execution)) ?? "task";
}

function shellLine({ command, args }: vscode.ShellExecution): string {
  const words = [command, ...(args ?? [])].filter((word) => word !== undefined);
  return words.map((word) => (typeof word === "string" ? word : word.value)).join(" ");
}
