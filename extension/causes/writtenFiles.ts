import * as vscode from "vscode";
import type { Acts } from "./acts.ts";

/** Notices that something in the folder was written, by whomever, and counts it. */
export class WrittenFiles implements vscode.Disposable {
  readonly #watcher: vscode.FileSystemWatcher;
  #count = 0;

  constructor(acts: Acts) {
    this.#watcher = vscode.workspace.createFileSystemWatcher("**/*");
    const written = () => {
      this.#count++;
      acts.written();
    };
    this.#watcher.onDidCreate(written);
    this.#watcher.onDidChange(written);
    this.#watcher.onDidDelete(written);
  }

  /** How many changes were seen in this window. */
  get count(): number {
    return this.#count;
  }

  dispose(): void {
    this.#watcher.dispose();
  }
}
