import * as vscode from "vscode";
import { commandKind, isOwnCommand } from "../../agent/protocol/commandKind.ts";
import type { Acts, Begun } from "./acts.ts";
import { longCommandMs } from "./causeSettings.ts";
import type { WrittenFiles } from "./writtenFiles.ts";

/** A command that writes so many files is kept however short it is. */
const manyFiles = 100;

interface Running {
  /** Undefined while nobody can say whether it is worth keeping. */
  begun: Begun | undefined;
  readonly filesBefore: number;
  readonly untilLong: NodeJS.Timeout | undefined;
}

/**
 * Commands in terminals, as far as the shell tells of them (shell integration): installs, tests and Git by their
 * words, any other when it took long or wrote many files.
 */
export class TerminalActs implements vscode.Disposable {
  readonly #acts: Acts;
  readonly #files: WrittenFiles;
  readonly #running = new Map<vscode.TerminalShellExecution, Running>();
  readonly #disposables: readonly vscode.Disposable[];

  constructor(acts: Acts, files: WrittenFiles) {
    this.#acts = acts;
    this.#files = files;
    this.#disposables = [
      vscode.window.onDidStartTerminalShellExecution(({ execution }) => this.#started(execution)),
      vscode.window.onDidEndTerminalShellExecution(({ execution, exitCode }) =>
        this.#ended(execution, exitCode),
      ),
      vscode.window.onDidCloseTerminal(() => this.#closed()),
    ];
  }

  dispose(): void {
    for (const { untilLong } of this.#running.values()) clearTimeout(untilLong);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #started(execution: vscode.TerminalShellExecution): void {
    const line = execution.commandLine.value;
    if (!this.#acts.holds(execution.cwd) || isOwnCommand(line)) return;
    const kind = commandKind(line);
    if (kind === null) this.#unknownStarted(execution, line);
    else {
      // These are done before anybody has heard that they began.
      const late = kind === "git" || kind === "deletion";
      const begun = this.#acts.begin(kind, line, late);
      this.#running.set(execution, { begun, filesBefore: this.#files.count, untilLong: undefined });
    }
  }

  /** Nothing is taken for it until it has run for long, or has written much. */
  #unknownStarted(execution: vscode.TerminalShellExecution, line: string): void {
    this.#acts.undecided(execution);
    const untilLong = setTimeout(() => {
      const running = this.#running.get(execution);
      if (running) running.begun = this.#decidedFor(execution, line);
    }, longCommandMs());
    this.#running.set(execution, { begun: undefined, filesBefore: this.#files.count, untilLong });
  }

  #ended(execution: vscode.TerminalShellExecution, exitCode: number | undefined): void {
    const running = this.#running.get(execution);
    if (!running) return;
    this.#running.delete(execution);
    clearTimeout(running.untilLong);
    let { begun } = running;
    if (!begun && this.#files.count - running.filesBefore >= manyFiles) {
      begun = this.#decidedFor(execution, execution.commandLine.value);
    }
    this.#acts.decided(execution);
    if (begun) void this.#acts.end(begun, exitCode);
    this.#acts.written();
  }

  #decidedFor(execution: vscode.TerminalShellExecution, line: string): Begun {
    const begun = this.#acts.begin("terminal", line, true);
    this.#acts.decided(execution);
    return begun;
  }

  /** What ran in a terminal that is gone has ended unseen; which it was, nobody tells. */
  #closed(): void {
    if (vscode.window.terminals.length > 0) return;
    for (const execution of [...this.#running.keys()]) this.#ended(execution, undefined);
  }
}
