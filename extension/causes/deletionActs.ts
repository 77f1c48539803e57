import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as vscode from "vscode";
import { count } from "../wording/counts.ts";
import type { Acts, Begun } from "./acts.ts";

/** So many files at once are a large deletion; one folder always is. */
const manyFiles = 20;
/** For how long a deletion waits for the snapshot before it. Milliseconds. */
const mostWaitMs = 1000;

/** Large deletions in the Explorer. Those in a terminal are commands. */
export class DeletionActs implements vscode.Disposable {
  readonly #acts: Acts;
  readonly #running = new Map<string, Begun>();
  readonly #disposables: readonly vscode.Disposable[];

  constructor(acts: Acts) {
    this.#acts = acts;
    this.#disposables = [
      vscode.workspace.onWillDeleteFiles((event) => {
        if (acts.wants("deletion")) event.waitUntil(this.#began(event.files));
      }),
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        const begun = this.#running.get(keyOf(files));
        if (!begun) return;
        this.#running.delete(keyOf(files));
        void acts.end(begun, undefined, "done");
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #began(files: readonly vscode.Uri[]): Promise<void> {
    const [first] = files;
    if (!first || !files.some((file) => this.#acts.holds(file))) return;
    if (files.length < manyFiles && !(await holdsFolder(files))) return;
    const what = files.length === 1 ? basename(first.path) : count(files.length, "file");
    const begun = this.#acts.begin("deletion", `delete ${what}`);
    this.#running.set(keyOf(files), begun);
    await Promise.race([begun, pause(mostWaitMs)]);
  }
}

async function holdsFolder(files: readonly vscode.Uri[]): Promise<boolean> {
  const types = await Promise.all(
    files.map((file) =>
      vscode.workspace.fs.stat(file).then(
        ({ type }) => type,
        () => vscode.FileType.Unknown,
      ),
    ),
  );
  return types.includes(vscode.FileType.Directory);
}

function keyOf(files: readonly vscode.Uri[]): string {
  return files.map(String).join("\n");
}
