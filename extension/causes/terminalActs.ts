import * as vscode from "vscode";
import { commandKind, isOwnCommand } from "../../agent/protocol/commandKind.ts";
import type { Acts, Begun } from "./acts.ts";
import { longCommandMs } from "./causeSettings.ts";
import type { WrittenFiles } from "./writtenFiles.ts";

/** A command that writes so many files is kept however short it is. */
const manyFiles = 100;

interface Running {
  /** Undefined while nobody can say whether it is worth keeping. */
  readonly begun: Begun | undefined;
  readonly sinceMs: number;
  readonly filesBefore: number;
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
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #started(execution: vscode.TerminalShellExecution): void {
    const line = execution.commandLine.value;
    if (!this.#acts.holds(execution.cwd) || isOwnCommand(line)) return;
    const kind = commandKind(line);
    // These are done before anybody has heard that they began.
    const late = kind === "git" || kind === "deletion";
    this.#running.set(execution, {
      begun: kind === null ? undefined : this.#acts.begin(kind, line, late),
      sinceMs: performance.now(),
      filesBefore: this.#files.count,
    });
  }

  #ended(execution: vscode.TerminalShellExecution, exitCode: number | undefined): void {
    const running = this.#running.get(execution);
    if (!running) return;
    this.#running.delete(execution);
    if (running.begun) void this.#acts.end(running.begun, exitCode);
    else if (this.#isWorthKeeping(running)) {
      void this.#acts.end(this.#acts.begin("terminal", execution.commandLine.value, true), exitCode);
    }
    this.#acts.written();
  }

  /** What ran in a terminal that is gone has ended unseen; which it was, nobody tells. */
  #closed(): void {
    if (vscode.window.terminals.length > 0) return;
    for (const { begun } of this.#running.values()) if (begun) void this.#acts.end(begun, undefined);
    this.#running.clear();
  }

  #isWorthKeeping({ sinceMs, filesBefore }: Running): boolean {
    const isLong = performance.now() - sinceMs >= longCommandMs();
    return isLong || this.#files.count - filesBefore >= manyFiles;
  }
}
